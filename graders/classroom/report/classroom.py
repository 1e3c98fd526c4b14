"""What a class has made of an assignment: the gradebook and the graded notebooks, read into plain data."""

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from graders.classroom.grades import read_grades
from graders.course import Course, notebook_in
from graders.gradebook import Record, names_of, records_of, worth_of
from graders.plugins.execute import GRADED, SECONDS
from graders.plugins.feedback import failures_of
from graders.plugins.normalise import MISSING
from graders.source import Assignment, Cell, stub


@dataclass(frozen=True)
class Task:
    """What students solve: one solution cell with its tests, or one written answer.

    Attributes:
        slug: its name in the source.
        points: what each of its graded cells is worth, by grade id.
        by_hand: a person gives the points.
        dropped: the gradebook counts it, and the source has it no more.
    """

    slug: str
    points: dict[str, float]
    by_hand: bool = False
    dropped: bool = False

    @property
    def worth(self) -> float:
        """All of its points."""
        return sum(self.points.values())


@dataclass
class Entry:
    """One submission.

    Attributes:
        name: first and last name, where the gradebook knows them.
        graded: its grading has come to an end.
        scores: points by grade id; None where they wait for a person or the cell was not there.
        total: all points, by tests and by hand, less `penalty` for being late.
        waiting: points that wait for a person.
        notes: what went wrong, in sentences.
        failures: the sentence of each failed test, by grade id.
        answers: code that differs from what was released, by cell.
        seconds: of its run; None where that is not recorded.
    """

    student: str
    name: str = ""
    graded: bool = False
    scores: dict[str, float | None] = field(default_factory=dict)
    total: float = 0.0
    penalty: float = 0.0
    waiting: float = 0.0
    notes: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None

    def points(self, task: Task) -> float | None:
        """The points in a task; None as long as one of its cells has none."""
        scores = [self.scores.get(cell) for cell in task.points]
        return None if None in scores else sum(scores)


@dataclass
class Classroom:
    """An assignment and everyone's part in it.

    Attributes:
        absent: who is known to the course and has handed in nothing for this assignment.
        unregistered: tests and answers in the source that the gradebook does not know.
    """

    assignment: str
    tasks: list[Task]
    entries: list[Entry]
    absent: list[Entry]
    unregistered: list[str]

    @property
    def graded(self) -> list[Entry]:
        """The submissions that have points."""
        return [entry for entry in self.entries if entry.graded]

    @property
    def not_graded(self) -> list[Entry]:
        """The submissions without points."""
        return [entry for entry in self.entries if not entry.graded]

    @property
    def answered(self) -> list[Entry]:
        """Those among them with at least one answer: an unreadable or empty notebook says nothing about the tasks."""
        return [entry for entry in self.graded if entry.answers or any(entry.scores.values())]

    @property
    def max_points(self) -> float:
        """The points of the assignment, those by hand among them."""
        return sum(task.worth for task in self.tasks)


def read_classroom(course: Course, assignment: Assignment) -> Classroom:
    """Everything that the report says of a class, from the gradebook that is configured and from autograded/.

    Raises:
        NotFoundError: before there is a gradebook.
    """
    name = assignment.name
    seconds = recorded_seconds(course.root / "autograded" / SECONDS)
    stubs = {cell.slug: stub(cell.source) for cell in assignment.of_kind("solution")}
    with course.gradebook() as gradebook:
        people, records, cells = names_of(gradebook), records_of(gradebook, name), worth_of(gradebook, name)
    for record in records.values():  # a test that the source has dropped may be known by its points alone
        cells = {test: score.max_points for test, score in record.scores.items()} | cells
    entries = []
    for grade in read_grades(course, [name]):
        entry = Entry(grade.student, people.get(grade.student, ""), grade.auto is not None, notes=list(grade.notes))
        entry.seconds = seconds.get((entry.student, name))
        if entry.student in records:
            _add_points(entry, records[entry.student])
        if entry.graded:
            _read_notebook(entry, notebook_in(course.graded(entry.student, name)), stubs)
        entries.append(entry)
    folders = {folder.name for folder in (course.root / "submitted").glob("*") if folder.is_dir()}
    absent = sorted((people.keys() | folders) - {entry.student for entry in entries})
    return Classroom(
        name,
        _tasks(assignment, cells),
        sorted(entries, key=lambda entry: entry.student),
        [Entry(student, people.get(student, "")) for student in absent],
        [cell.grade_id for cell in _graded_cells(assignment) if cells and cell.grade_id not in cells],
    )


def _add_points(entry: Entry, record: Record) -> None:
    """Adds what the gradebook says of a submission."""
    entry.penalty, entry.total, entry.waiting = record.penalty, record.total, record.waiting
    entry.scores = {test: None if score.waiting else score.points for test, score in record.scores.items()}


def _graded_cells(assignment: Assignment) -> list[Cell]:
    return [cell for cell in assignment.cells if cell.points]


def _tasks(assignment: Assignment, registered: dict[str, float]) -> list[Task]:
    """The tasks in the order of the source, then what the gradebook alone still counts."""
    left = dict(registered)
    tasks: dict[str, Task] = {}
    for cell in _graded_cells(assignment):
        if registered and cell.grade_id not in left:
            continue
        task = tasks.setdefault(cell.slug, Task(cell.slug, {}, by_hand=cell.kind == "answer"))
        task.points[cell.grade_id] = left.pop(cell.grade_id, cell.points)
    return [*tasks.values(), *(Task(name, {name: points}, dropped=True) for name, points in sorted(left.items()))]


def _read_notebook(entry: Entry, path: Path, stubs: dict[str, str]) -> None:
    """Adds what the graded notebook says: sentences of failed tests, and answers."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        entry.graded = False  # a note says so already
        return
    if not notebook["metadata"].get(GRADED):
        entry.graded = False
        entry.notes.append("Its grading was stopped before its end: run `course grade` again.")
        return
    entry.failures = failures_of(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        marks = cell["metadata"].get("nbgrader", {})
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        is_answer = marks.get("solution") or not marks
        if is_answer and source.strip() not in (stubs.get(cell["id"], "").strip(), MISSING):
            entry.answers[cell["id"]] = source


def recorded_seconds(path: Path) -> dict[tuple[str, str], float]:
    """Seconds of the last run of each submission, by student and assignment; a line that cannot be read is left out."""
    seconds = {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    for line in lines:
        try:
            record = json.loads(line)
            seconds[record["student"], record["assignment"]] = float(record["seconds"])
        except (ValueError, KeyError, TypeError):
            continue
    return seconds


# --- without names ----------------------------------------------------------------------------------------------------

# The notes that quote the name of a file, which students choose.
_FILE_NAMES = [
    (re.compile(r"(handed in as ).+(; it is graded as)", re.DOTALL), r"\1another file\2"),
    (re.compile(r"^.+( was left out)", re.DOTALL), r"A file\1"),
]


def anonymised(classroom: Classroom, rng: random.Random) -> Classroom:
    """The class with numbers in place of names, in an order drawn anew, and no names in notes and sentences.

    File names in notes are left out. Ids and names that are known are replaced in whatever students may have written.
    """
    people = [*classroom.entries, *classroom.absent]
    numbers = list(range(1, len(people) + 1))
    rng.shuffle(numbers)
    digits = len(str(len(people)))
    names = dict(zip((person.student for person in people), (f"student {n:0{digits}}" for n in numbers), strict=True))
    hide = _hider(word for person in people for word in (person.student, person.name, *person.name.split()))

    def without_names(entry: Entry) -> Entry:
        return replace(
            entry,
            student=names[entry.student],
            name="",
            notes=[hide(_without_file_names(note)) for note in entry.notes],
            failures={cell: hide(sentence) for cell, sentence in entry.failures.items()},
        )

    def in_order(entries: list[Entry]) -> list[Entry]:
        return sorted(map(without_names, entries), key=lambda entry: entry.student)

    return replace(classroom, entries=in_order(classroom.entries), absent=in_order(classroom.absent))


def _without_file_names(note: str) -> str:
    for pattern, replacement in _FILE_NAMES:
        note = pattern.sub(replacement, note)
    return note


def _hider(words: Iterable[str]) -> Callable[[str], str]:
    """A function that replaces names: short ones where they stand alone, longer ones also within other words."""
    alternatives = [
        re.escape(word) if len(word) > 5 else rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
        for word in sorted(set(words), key=len, reverse=True)
        if word
    ]
    pattern = re.compile("|".join(alternatives) or r"(?!)", re.IGNORECASE)
    return lambda text: pattern.sub("[student]", text)
