"""What tests share: the assignments, and classes of students graded by real nbgrader in temporary courses."""

import contextlib
import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from graders.build import register
from graders.course import Course, notebook_in
from graders.gradebook import records_of
from graders.libraries import ONE_THREAD
from graders.plugins.feedback import failures_of
from graders.plugins.notes import notes_of
from graders.proof.accidents import ACCIDENTS
from graders.proof.fixtures import Fixture, fill_in, reference_answers
from graders.proof.rehearsal import Judged, judge
from graders.proof.sample_class import EXPECTED, assemble, fixtures_handed_in
from graders.proof.workers import warm_workers
from graders.source import PARTS, RELEASED, Assignment, read_assignment

ROOT = Path(__file__).parent.parent
COURSE = Course(ROOT)
NAMES = COURSE.assignments
ASSIGNMENTS = {name: read_assignment(COURSE.script(name)) for name in NAMES}
LIGHT = "parameters"  # the quickest assignment, for what needs to be shown on one alone
BIN = Path(sys.executable).parent
FULL = False  # whether this is the second ring: --full

os.environ.pop("COURSE_GRADEBOOK", None)  # no test writes into the gradebook of a class

Writer = Callable[[nbformat.NotebookNode, Path], None]


@dataclass
class Graded:
    """What became of one submission."""

    points: float
    by_test: dict[str, float]
    failures: dict[str, str]
    notes: list[str]
    feedback: str
    waiting: float


@dataclass(frozen=True)
class GradedCourse(Course):
    """A temporary course with one assignment, and the submissions that were graded in it."""

    assignment: Assignment
    students: dict[str, Graded] = field(default_factory=dict)


def run(course: Path, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BIN / program, *arguments],
        cwd=course,
        env={**os.environ, **ONE_THREAD, **RELEASED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def must(course: Path, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs a command that has to work."""
    done = run(course, program, *arguments, **environment)
    assert done.returncode == 0, f"{program} {' '.join(arguments)}: {done.stdout[-3000:]} {done.stderr[-3000:]}"
    return done


def copy_script(name: str, root: Path) -> None:
    """Puts the script of an assignment into a course, with the parts that it may include."""
    (root / "source").mkdir(exist_ok=True)
    shutil.copy(COURSE.script(name), root / "source")
    shutil.copytree(ROOT / PARTS, root / PARTS, dirs_exist_ok=True)


def make_course(root: Path, assignment: Assignment) -> GradedCourse:
    """A course with the repository's policy and one registered assignment."""
    name = assignment.name
    course = GradedCourse(root, assignment)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(COURSE.source(name), course.source(name))
    copy_script(name, root)
    register(assignment, course)
    return course


def course_beside_exchange(folder: Path, assignment: Assignment) -> GradedCourse:
    """A course with one assignment in `course/`, and an empty exchange that all may write to in `exchange/`."""
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    (folder / "course").mkdir()
    return make_course(folder / "course", assignment)


def configure(course: GradedCourse, *lines: str) -> None:
    """Adds lines to the policy of a temporary course."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\n" + "\n".join(lines) + "\n")


def hand_in(course: GradedCourse, student: str, answers: dict[str, str], write: Writer | None = None) -> None:
    """Puts a submission into submitted/; `write` may save the notebook in some broken way."""
    name = course.assignment.name
    notebook = nbformat.read(notebook_in(course.release(name)), as_version=4)
    fill_in(notebook, reference_answers(course.assignment) | answers)
    folder = course.submitted(student, name)
    folder.mkdir(parents=True)
    (write or nbformat.write)(notebook, notebook_in(folder))


def read_results(course: GradedCourse) -> None:
    name = course.assignment.name
    with course.gradebook() as gradebook:
        records = records_of(gradebook, name)
    tests = {cell.grade_id for cell in course.assignment.of_kind("test")}
    course.students.clear()
    for student, record in records.items():
        graded = notebook_in(course.graded(student, name))
        feedback = course.feedback(student, name) / f"{name}.html"
        course.students[student] = Graded(
            points=record.auto,
            by_test={test: score.auto for test, score in record.scores.items() if test in tests},
            failures=failures_of(nbformat.read(graded, as_version=4)) if graded.is_file() else {},
            notes=notes_of(graded),
            feedback=feedback.read_text(encoding="utf-8") if feedback.is_file() else "",
            waiting=record.waiting,
        )


def grade(course: GradedCourse, **environment: str) -> GradedCourse:
    """Runs ``course grade`` and ``nbgrader generate_feedback``."""
    name = course.assignment.name
    must(course.root, "course", "grade", name, **environment)
    must(course.root, "nbgrader", "generate_feedback", name)
    read_results(course)
    return course


@contextlib.contextmanager
def busy_machine(niceness: int = 5) -> Iterator[None]:
    """Four processes a core that do nothing but compute."""
    code = f"import os\nos.nice({niceness})\nwhile True:\n    pass"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def sample_class_of(root: Path, assignment: Assignment) -> GradedCourse:
    """What `make grade` has graded of an assignment, in a copy; what is missing there or not current is graded now."""
    name = assignment.name
    for kind in ("graders", "tests"):
        (root / kind).symlink_to(ROOT / kind)
    if (ROOT / "gradebook.db").is_file():
        shutil.copy(ROOT / "gradebook.db", root)
    for kind in ("submitted", "autograded", "feedback"):
        for folder in (ROOT / kind).glob(f"*/{name}"):
            shutil.copytree(folder, root / folder.relative_to(ROOT))
    if (ROOT / EXPECTED).is_file():
        shutil.copy(ROOT / EXPECTED, root / EXPECTED)
    course = make_course(root, assignment)
    for other in NAMES:  # which assignment is the first of the course decides who is in it
        copy_script(other, root)
    assemble(course, [assignment], full=False)
    stamps = [(folder / "timestamp.txt", course.graded(student, name)) for student, folder in course.submissions(name)]
    if all(
        (graded / stamp.name).is_file() and filecmp.cmp(stamp, graded / stamp.name, False) for stamp, graded in stamps
    ):
        read_results(course)
    else:
        grade(course)
    origins = {student: by_name[name] for student, by_name in fixtures_handed_in(course).items()}
    by_fixture = {origins[student]: graded for student, graded in course.students.items()}
    course.students.clear()
    course.students.update({name: graded for name, graded in by_fixture.items() if name not in ACCIDENTS})
    return course


def rehearse_all(name: str, students: list[Fixture], seeds: Sequence[int] = ()) -> dict[str, Judged]:
    """What the tests that need no training make of students, by their names."""
    with warm_workers() as pool:
        found = judge(pool, ASSIGNMENTS[name], students, seeds=seeds)
        return {judged.fixture.name: judged for judged in found}
