"""Classes of students, graded by real nbgrader in temporary courses and shared by the tests of a session."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from graders.build import register
from graders.course import open_gradebook
from graders.libraries import ONE_THREAD
from graders.plugins.feedback import failures_of
from graders.plugins.notes import notes_of
from graders.proof.accidents import ACCIDENTS
from graders.proof.fixtures import Fixture, everyone, fill_in, reference_answers
from graders.proof.rehearsal import Outcome, rehearse
from graders.proof.sample_class import EXPECTED, assemble, fixtures_handed_in
from graders.proof.workers import warm_workers
from graders.source import RELEASED, Assignment, assignment_names, read_assignment

ROOT = Path(__file__).parent.parent
NAMES = assignment_names(ROOT)
ASSIGNMENTS = {name: read_assignment(ROOT / "source" / f"{name}.py") for name in NAMES}
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


@dataclass
class Course:
    """A temporary course with one assignment, and the submissions that were graded in it."""

    root: Path
    assignment: Assignment
    students: dict[str, Graded] = field(default_factory=dict)


def nbgrader(course: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return run(course, "nbgrader", *arguments, **environment)


def run(course: Path, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BIN / program, *arguments],
        cwd=course,
        env={**os.environ, **ONE_THREAD, **RELEASED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def make_course(root: Path, assignment: Assignment) -> Course:
    """A course with the repository's policy and one registered assignment."""
    name = assignment.name
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / name, root / "source" / name)
    shutil.copy(ROOT / "source" / f"{name}.py", root / "source")
    register(assignment, root)
    return Course(root, assignment)


def configure(course: Course, *lines: str) -> None:
    """Adds lines to the policy of a temporary course."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\n" + "\n".join(lines) + "\n")


def hand_in(course: Course, student: str, answers: dict[str, str], write: Writer | None = None) -> None:
    """Puts a submission into submitted/; `write` may save the notebook in some broken way."""
    name = course.assignment.name
    notebook = nbformat.read(course.root / "release" / name / f"{name}.ipynb", as_version=4)
    fill_in(notebook, reference_answers(course.assignment) | answers)
    folder = course.root / "submitted" / student / name
    folder.mkdir(parents=True)
    (write or (lambda notebook, path: nbformat.write(notebook, path)))(notebook, folder / f"{name}.ipynb")


def read_results(course: Course) -> None:
    name = course.assignment.name
    with open_gradebook(course.root) as gradebook:
        for submission in gradebook.assignment_submissions(name):
            student = submission.student.id
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            graded = course.root / "autograded" / student / name / f"{name}.ipynb"
            feedback = course.root / "feedback" / student / name / f"{name}.html"
            course.students[student] = Graded(
                points=sum(grade.auto_score or 0.0 for grade in grades),
                by_test={grade.cell.name: grade.auto_score for grade in grades if grade.cell.cell_type == "code"},
                failures=failures_of(nbformat.read(graded, as_version=4)) if graded.is_file() else {},
                notes=notes_of(graded),
                feedback=feedback.read_text(encoding="utf-8") if feedback.is_file() else "",
                waiting=sum(grade.max_score for grade in grades if grade.needs_manual_grade),
            )


def grade(course: Course, **environment: str) -> Course:
    """Runs ``course grade`` and ``nbgrader generate_feedback``."""
    name = course.assignment.name
    done = run(course.root, "course", "grade", name, **environment)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    done = nbgrader(course.root, "generate_feedback", name)
    assert done.returncode == 0, done.stderr[-3000:]
    read_results(course)
    return course


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full",
        action="store_true",
        help="the second ring of proof: every fixture through nbgrader, what trains over five seeds (hours)",
    )
    parser.addoption("--screenshots", action="store_true", help="make the pictures of docs/classroom.md again")


def pytest_configure(config: pytest.Config) -> None:
    """Lets test modules know the ring while they are imported."""
    global FULL
    FULL = config.getoption("full")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a test that asks for `name` and `seed` every assignment; with --full, those that train with five seeds."""
    if {"name", "seed"} <= set(metafunc.fixturenames):
        more = range(1, 5) if metafunc.config.getoption("full") else ()
        runs = [(name, 0) for name in NAMES]
        runs += [(name, seed) for name in NAMES if ASSIGNMENTS[name].trained_points for seed in more]
        metafunc.parametrize(("name", "seed"), runs)


def sample_class_of(root: Path, assignment: Assignment) -> Course:
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
    for script in (ROOT / "source").glob("*.py"):  # which assignment is the first of the course decides who is in it
        shutil.copy(script, root / "source")
    assemble(root, [assignment], full=False)
    graded = [
        (root / "autograded" / stamp.relative_to(root / "submitted")).is_file()
        and (root / "autograded" / stamp.relative_to(root / "submitted")).read_bytes() == stamp.read_bytes()
        for stamp in root.glob(f"submitted/*/{name}/timestamp.txt")
    ]
    if all(graded):
        read_results(course)
    else:
        grade(course)
    origins = {student: by_name[name] for student, by_name in fixtures_handed_in(root).items()}
    course.students = {
        origin: course.students[student] for student, origin in origins.items() if origin not in ACCIDENTS
    }
    return course


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory, pytestconfig) -> Callable[..., Course]:
    """A function that gives the class of an assignment, graded by nbgrader at the released budget, by name and seed.

    It is the sample class of `make grade`, with --full everyone; at another seed than 0 it is the reference and what is
    about training. Graded once a session.
    """

    @functools.cache
    def graded(name: str, seed: int) -> Course:
        assignment = ASSIGNMENTS[name]
        if not (seed or pytestconfig.getoption("full")):
            return sample_class_of(tmp_path_factory.mktemp(name), assignment)
        students = everyone(ROOT, assignment)
        if seed:
            students = [student for student in students if student.trained or student.name == "reference"]
        course = make_course(tmp_path_factory.mktemp(name), assignment)
        for student in students:
            hand_in(course, student.name, student.answers)
        return grade(course, COURSE_SEED=str(seed))

    return lambda name, seed=0: graded(name, seed)


def rehearse_all(name: str, students: list[Fixture]) -> dict[str, list[Outcome]]:
    """The outcomes of students in the tests that need no training, by their names."""
    with warm_workers() as pool:
        outcomes = pool.map(rehearse, [ASSIGNMENTS[name]] * len(students), [one.answers for one in students])
        return {student.name: found for student, found in zip(students, outcomes, strict=True)}


@pytest.fixture(scope="session")
def rehearsed() -> Callable[[str], dict[str, list[Outcome]]]:
    """A function that gives everyone's outcomes in the tests that need no training, rehearsed once a session."""
    return functools.cache(lambda name: rehearse_all(name, everyone(ROOT, ASSIGNMENTS[name])))


@pytest.fixture
def one_course(tmp_path) -> Callable[[str], Course]:
    """A function that makes an empty course for an assignment in this test's own folder."""
    return lambda name: make_course(tmp_path, ASSIGNMENTS[name])
