"""How fast grading is: the same class by plain ``nbgrader autograde`` and by ``course grade``, side by side.

python tests/bench.py [assignment ...] [--students N]: submissions a minute, processor seconds, peak memory, the ratio.
Where otter-grader is installed, its ``otter run`` grades the same cells of those notebooks in which nothing trains.
"""

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from helpers import ASSIGNMENTS, BIN, COURSE, NAMES, GradedCourse, hand_in, make_course, read_results
from rich.console import Console
from rich.table import Table

from graders.proof.fixtures import everyone
from graders.source import RELEASED


@dataclass
class Run:
    """One way of grading a class: seconds, processor seconds, peak memory of all its processes [bytes], points."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    points: dict[str, float]


TICK = os.sysconf("SC_CLK_TCK")


def tree_of(root: int) -> dict[tuple[int, str], float]:
    """The processor seconds of a process and its descendants so far, by number and start."""
    found: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    children: dict[int, list[int]] = {}
    for number, fields in found.items():
        children.setdefault(int(fields[1]), []).append(number)
    family, waiting = {}, [root]
    while waiting:
        number = waiting.pop()
        waiting += children.get(number, [])
        if number in found:
            family[number, found[number][19]] = (int(found[number][11]) + int(found[number][12])) / TICK
    return family


def memory_of(numbers: Iterable[int]) -> int:
    """Proportional memory of processes; shared pages count once."""
    total = 0
    for number in numbers:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            total += 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total


def measure(course: GradedCourse, command: list[str], points: Callable[[GradedCourse], dict[str, float]]) -> Run:
    """Runs one command in a course.

    Processor time is read off each process five times a second, since the kernel adds it up for nobody where a sandbox
    is killed: what a process uses after it was last seen is lost.
    """
    started = time.monotonic()
    environment = {**os.environ, **RELEASED, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    process = subprocess.Popen(
        command, cwd=course.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak, cpu, done = 0, {}, threading.Event()

    def watch() -> None:
        nonlocal peak
        for number in itertools.count():
            family = tree_of(process.pid)
            cpu.update(family)
            if number % 5 == 0:  # memory takes longer to read
                peak = max(peak, memory_of(number for number, _ in family))
            if done.wait(0.2):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return Run(time.monotonic() - started, sum(cpu.values()), peak, points(course))


def points_in_gradebook(course: GradedCourse) -> dict[str, float]:
    """The points of each student, as nbgrader has recorded them."""
    read_results(course)
    return {student: graded.points for student, graded in course.students.items()}


def for_otter(course: GradedCourse) -> list[str]:
    """Hands the class in to otter-grader: test cells become test files; gives the command that grades it."""
    cells = course.assignment.cells
    tests, work = course.root / "tests", course.root / "otter"
    tests.mkdir()
    work.mkdir()
    for cell in cells:
        if cell.kind == "test":
            lines = [
                "from otter.test_files import test_case",
                f"OK_FORMAT, name, points = False, {cell.grade_id!r}, {cell.points}",
                f"@test_case(points={cell.points})",
                "def test(env):",
                f"    exec(compile({cell.source!r}, 'test', 'exec'), env)",
            ]
            (tests / f"{cell.grade_id}.py").write_text("\n".join(lines), encoding="utf-8")
    for folder in sorted((course.root / "submitted").iterdir()):
        notebook = nbformat.read(next(folder.glob("*/*.ipynb")), as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
                cell.source = f"grader.check({cell.metadata.nbgrader.grade_id!r})"
        start = "import otter\ngrader = otter.Notebook(tests_dir='tests')"
        notebook.cells.insert(0, nbformat.v4.new_code_cell(start))
        nbformat.write(notebook, work / f"{folder.name}.ipynb")
        (work / f"{folder.name}.ipynb.out").mkdir()
    otter = str(shutil.which("otter"))
    subprocess.run([otter, "generate", "-t", "tests"], cwd=course.root, check=True, stdout=subprocess.DEVNULL)
    grade = f"for file in otter/*.ipynb; do {otter} run --no-logo -o $file.out $file || exit; done"
    return ["bash", "-c", grade]


def points_by_otter(course: GradedCourse) -> dict[str, float]:
    """The points of each student, as otter-grader has written them down."""
    found = {}
    for path in (course.root / "otter").glob("*.out/results.json"):
        results = json.loads(path.read_text(encoding="utf-8"))["tests"]
        found[path.parent.name.removesuffix(".ipynb.out")] = sum(result.get("score") or 0.0 for result in results)
    return found


def class_of(name: str, students: int, plain: bool) -> GradedCourse:
    """A course with a class: the first fixtures of an assignment, again and again."""
    course = make_course(Path(tempfile.mkdtemp(prefix=f"bench-{name}-")), ASSIGNMENTS[name])
    fixtures = everyone(COURSE, ASSIGNMENTS[name])
    for number in range(students):
        hand_in(course, f"student-{number:03d}", fixtures[number % len(fixtures)].answers)
    if plain:
        (course.root / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 300\n")
    return course


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--students", type=int, default=0, help="20 where nothing trains, else 4")
    options = parser.parse_args()
    columns = ("assignment", "students", "", "per minute", "CPU s each", "peak GB", "times faster")
    table = Table(*columns, title=f"Grading on {os.cpu_count()} cores")
    for name in options.names:
        students = options.students or (4 if ASSIGNMENTS[name].trained_points else 20)
        commands = {"nbgrader autograde": ["nbgrader", "autograde", name], "course grade": ["course", "grade", name]}
        runs = {
            way: measure(class_of(name, students, plain=way == "nbgrader autograde"), command, points_in_gradebook)
            for way, command in commands.items()
        }
        if shutil.which("otter") and not ASSIGNMENTS[name].trained_points:
            course = class_of(name, students, plain=True)
            runs["otter run"] = measure(course, for_otter(course), points_by_otter)
        plain = runs["nbgrader autograde"]
        for way, run in runs.items():
            table.add_row(
                name,
                str(students),
                way,
                f"{60 * students / run.seconds:.1f}",
                f"{run.cpu_seconds / students:.1f}",
                f"{run.peak_bytes / 2**30:.2f}",
                f"{plain.seconds / run.seconds:.1f}",
            )
            if run.points != plain.points:
                different = sum(run.points.get(student) != points for student, points in plain.points.items())
                table.add_row(name, "", f"[bold red]other points for {different}", "", "", "", "")
    Console(width=None if sys.stdout.isatty() else 120).print(table)


if __name__ == "__main__":
    main()
