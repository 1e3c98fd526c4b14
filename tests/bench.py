"""How fast grading is: the same class by plain ``nbgrader autograde`` and by ``course grade``, side by side.

python tests/bench.py [assignment ...] [--students N]: submissions a minute, processor seconds, peak memory, the ratio.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from conftest import ASSIGNMENTS, BIN, NAMES, ROOT, Course, hand_in, make_course, read_results
from rich.console import Console
from rich.table import Table

from graders.source import RELEASED
from graders.submissions import everyone


@dataclass
class Run:
    """One way of grading a class: seconds, processor seconds, peak memory of all its processes [bytes], points."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    points: dict[str, float]


def memory_of_tree(root: int) -> int:
    """Proportional memory of a process and its descendants; shared pages count once."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(path.read_text().rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
        except OSError:
            continue
    total, waiting = 0, [root]
    while waiting:
        number = waiting.pop()
        waiting += parents.get(number, [])
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            total += 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total


def measure(course: Course, *command: str) -> Run:
    """Runs one command in a course."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    environment = {**os.environ, **RELEASED, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    process = subprocess.Popen(
        command, cwd=course.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.5):
            peak = max(peak, memory_of_tree(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    read_results(course)
    return Run(seconds, cpu, peak, {student: graded.points for student, graded in course.students.items()})


def class_of(name: str, students: int, plain: bool) -> Course:
    """A course with a class: the first fixtures of an assignment, again and again."""
    course = make_course(Path(tempfile.mkdtemp(prefix=f"bench-{name}-")), ASSIGNMENTS[name])
    fixtures = everyone(ROOT, ASSIGNMENTS[name])
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
        runs = {
            "nbgrader autograde": measure(class_of(name, students, True), str(BIN / "nbgrader"), "autograde", name),
            "course grade": measure(class_of(name, students, False), str(BIN / "course"), "grade", name),
        }
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
        if plain.points != runs["course grade"].points:
            table.add_row(name, "", "[bold red]the two ways gave different points", "", "", "", "")
    Console(width=None if sys.stdout.isatty() else 120).print(table)


if __name__ == "__main__":
    main()
