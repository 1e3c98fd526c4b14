"""A class of students made from the fixtures, whose points are known before anyone grades them."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat

from graders.course import POLICY, Course, notebook_in
from graders.errors import InTheWayError
from graders.proof.accidents import ACCIDENTS
from graders.proof.fixtures import fill_in, fixtures, reference_answers
from graders.proof.turns import by_turns
from graders.source import Assignment

EXPECTED = Path("submitted") / ".expected.json"  # no place of a student
TURNS = 7
HERE = Path(__file__).parent  # the commit is that of the graders: a copy of the course has the same class
JUDGES = ("graders/checks", "graders/sealed", "graders/plugins")  # whose change has everyone graded again


def expected_points(course: Course) -> dict[str, dict[str, int]]:
    """The points that the sample class must get, by student and assignment; empty for a class of strangers."""
    return _recorded(course)["points"]


def fixtures_handed_in(course: Course) -> dict[str, dict[str, str]]:
    """The fixture behind each submission of the sample class, by student and assignment."""
    return _recorded(course)["fixtures"]


def _recorded(course: Course) -> dict[str, dict]:
    path = course.root / EXPECTED
    record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {"points": {}, "fixtures": {}, "digests": {}} | record


def assemble(course: Course, assignments: list[Assignment], full: bool) -> int:
    """Writes submitted/ for a sample class; a submission that is already there and current is left alone.

    nbgrader grades a submission again when its timestamp is newer than that of the graded one, so a changed
    submission, source or check gets a new timestamp.

    Args:
        course: where they hand in.
        assignments: what the students hand in.
        full: every fixture whose points are known, and every accident, in place of about six students.

    Returns:
        The number of submissions.

    Raises:
        InTheWayError: if a real class has handed in here.
    """
    if any((course.root / "submitted").glob("*/*/")) and not (course.root / EXPECTED).is_file():
        raise InTheWayError("submitted/ holds a real class: make the sample class in another checkout")
    scripts = [path for room in JUDGES for path in sorted((course.root / room).rglob("*.py"))]
    judges = _digest(*scripts, course.root / POLICY)
    before = _recorded(course)["digests"]
    points: dict[str, dict[str, int]] = {}
    origins: dict[str, dict[str, str]] = {}
    digests: dict[str, str] = {}
    for assignment in assignments:
        name = assignment.name
        for submission in class_of(course, assignment, full):
            student, key = submission.student, f"{submission.student}/{name}"
            notebook = nbformat.read(notebook_in(course.release(name)), as_version=4)
            if submission.answers is not None:
                fill_in(notebook, submission.answers)
            source, text = _digest(notebook_in(course.source(name))), nbformat.writes(notebook)
            digests[key] = _digest_text(judges, source, text, str(submission.accident))
            points.setdefault(student, {})[name] = submission.points
            origins.setdefault(student, {})[name] = submission.fixture
            folder = course.submitted(student, name)
            if before.get(key) != digests[key] or not folder.is_dir():
                _hand_in(folder, notebook, submission.accident)
    record = {"points": points, "fixtures": origins, "digests": digests}
    (course.root / EXPECTED).parent.mkdir(exist_ok=True)
    (course.root / EXPECTED).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return len(digests)


def _hand_in(folder: Path, notebook: nbformat.NotebookNode, accident: str | None) -> None:
    """Writes a submission in place of the one that is there, with the time of now."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.ipynb"):
        old.unlink()
    if accident:
        ACCIDENTS[accident].make(notebook, notebook_in(folder))
    else:
        nbformat.write(notebook, notebook_in(folder))
    now = datetime.datetime.now(datetime.UTC)
    (folder / "timestamp.txt").write_text(f"{now:%Y-%m-%d %H:%M:%S.%f} UTC")


@dataclass(frozen=True)
class Submission:
    """What one student hands in: answers over the release (None leaves it untouched), or an accident."""

    student: str
    fixture: str
    points: int
    answers: dict[str, str] | None
    accident: str | None = None


def class_of(course: Course, assignment: Assignment, full: bool) -> list[Submission]:
    """Reference, untouched, right and wrong ones; accidents for the first assignment of the course alone."""
    reference = reference_answers(assignment)
    found = fixtures(course, assignment)
    right = [fixture for fixture in found if fixture.is_right]
    wrong = [fixture for fixture in found if not (fixture.is_right or fixture.may_fail)]  # whose points are known
    if not full:
        trained = [fixture for fixture in wrong if fixture.is_about_training]
        right, wrong = ([], trained) if trained else (right[:1], wrong[:: max(1, len(wrong) // 2)][:2])
        if trained:  # each costs a training: one in seven assignments hands in another than the reference
            wrong = trained[:1] if assignment.name in by_turns(course.assignments, HERE, TURNS) else []
    students = [
        Submission("reference", "reference", assignment.auto_points, reference),
        Submission("untouched", "untouched", 0, None),
    ]
    for kind, some in (("right", right), ("wrong", wrong)):
        students += [
            Submission(f"{kind}-{number:02d}", fixture.name, fixture.points(assignment), reference | fixture.answers)
            for number, fixture in enumerate(some, start=1)
        ]
    if assignment.name == course.assignments[0]:
        points = points_by_slug(assignment)
        names = list(ACCIDENTS) if full else ["invalid-json"]
        students += [Submission(name, name, ACCIDENTS[name].points(points), reference, name) for name in names]
    return students


def points_by_slug(assignment: Assignment) -> dict[str, int]:
    """The points that tests give for each task, in order."""
    points: dict[str, int] = {}
    for cell in assignment.of_kind("test"):
        points[cell.slug] = points.get(cell.slug, 0) + cell.points
    return points


def _digest(*paths: Path) -> str:
    return _digest_text(*(path.read_text(encoding="utf-8") for path in paths))


def _digest_text(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
