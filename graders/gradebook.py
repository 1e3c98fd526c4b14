"""One reading of nbgrader's gradebook: a record of each submission, with all that is ever asked of it."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from sqlalchemy.exc import OperationalError

from graders.errors import InTheWayError

LOCKED = (
    "the gradebook is locked: another program writes to it, such as nbgrader, the formgrader, or a backup. "
    "End it and run this again, or use PostgreSQL (docs/running-a-class.md)"
)


@dataclass(frozen=True)
class Score:
    """What a test or a question has given.

    Attributes:
        max_points: what it is worth.
        points: what counts: those given by hand, else by its test, and extra credit.
        auto: points by its test; None where no test has given any.
        by_hand: points that a person has given; None where there are none.
        waiting: whether it waits for a person.
    """

    max_points: float
    points: float
    auto: float | None
    by_hand: float | None
    waiting: bool


@dataclass(frozen=True)
class Record:
    """One submission in a gradebook.

    Attributes:
        max_points: what the assignment is worth.
        scores: by grade id, in the order of the gradebook.
        penalties: points lost for handing in late, by notebook.
        comments: what is written for the student, by grade id.
    """

    student: str
    assignment: str
    max_points: float
    scores: dict[str, Score]
    penalties: dict[str, float]
    comments: dict[str, str]

    @property
    def marks(self) -> str:
        """A digest of what a page shows of this record: a page with another one is older, or newer."""
        shown = sorted(self.scores.items()), sorted(self.penalties.items()), sorted(self.comments.items())
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]

    @property
    def auto(self) -> float:
        """The points by tests."""
        return sum(score.auto or 0.0 for score in self.scores.values())

    @property
    def penalty(self) -> float:
        """Points lost for handing in late."""
        return sum(self.penalties.values())

    @property
    def total(self) -> float:
        """All points, by tests and by hand, less the penalty, as nbgrader exports them."""
        return max(0.0, sum(score.points for score in self.scores.values()) - self.penalty)

    @property
    def waiting(self) -> float:
        """The points that wait for a person."""
        return sum(score.max_points for score in self.scores.values() if score.waiting)


def record_of(submission: SubmittedAssignment) -> Record:
    """The record of a submission that nbgrader has found."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return Record(
        submission.student.id,
        submission.assignment.name,
        submission.max_score,
        {
            one.cell.name: Score(
                one.max_score, one.score or 0.0, one.auto_score, one.manual_score, bool(one.needs_manual_grade)
            )
            for one in grades
        },
        {notebook.name: notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks},
        {one.name: one.comment for notebook in submission.notebooks for one in notebook.comments if one.comment},
    )


def records_of(gradebook: Gradebook, assignment: str) -> dict[str, Record]:
    """The record of everyone who has handed in an assignment, by student."""
    return {one.student.id: record_of(one) for one in gradebook.assignment_submissions(assignment)}


def find_record(gradebook: Gradebook, assignment: str, student: str) -> Record | None:
    """The record of one submission; None if nothing of it is in the gradebook."""
    try:
        return record_of(gradebook.find_submission(assignment, student))
    except MissingEntry:
        return None


def worth_of(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """What each test and question of an assignment is worth, by grade id; nothing if it is not registered."""
    try:
        notebooks = gradebook.find_assignment(assignment).notebooks
    except MissingEntry:
        return {}
    return {cell.name: cell.max_score for one in notebooks for cell in (*one.grade_cells, *one.task_cells)}


def names_of(gradebook: Gradebook) -> dict[str, str]:
    """First and last name of every student, by id; empty where the gradebook does not know them."""
    return {
        student.id: " ".join(part for part in (student.first_name, student.last_name) if part)
        for student in gradebook.students
    }


@contextlib.contextmanager
def locked_said() -> Iterator[None]:
    """Says where SQLite has waited in vain for another program.

    Raises:
        InTheWayError: if the gradebook is locked.
    """
    try:
        yield
    except OperationalError as error:
        if gradebook_is_locked(str(error)):
            raise InTheWayError(LOCKED) from None
        raise


def gradebook_is_locked(log: str) -> bool:
    """Whether an error, or nbgrader's log of it, is that of a gradebook to which another program writes."""
    return "database is locked" in log
