"""The table of grades: what every student got, and what could not be graded and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from graders.course import Course, is_linked, notebook_in
from graders.gradebook import records_of
from graders.plugins.notes import notes_of
from graders.plugins.page import marks_on
from graders.plugins.reading import cannot_be_made_ready, gradable_in
from graders.plugins.times import TIMESTAMP
from graders.text import alike, for_table, is_student_id, one_line

NEVER_GRADED = "It was not graded; see nbgrader's log."
NOT_GRADED_YET = "Not graded yet."
EMPTY = "There is no notebook in the folder{}."
OLD_PAGE = "The feedback page is older than the marks: nbgrader generate_feedback {1} --student {0} --force"
NO_ID = "It cannot be graded under this name: rename the folder, with letters, digits and . _ - @ + alone."
LINKED = "What was handed in is a link, and no link is followed: put the folder itself into submitted/."
LONGEST_NAME, WIDE_CELL = 30, "51.5/54 +3*"  # in a table: a name may be longer, and is cut there
TWICE = "The names {} differ in capitals or accents alone: if they are one student, keep one folder."


@dataclass
class Grade:
    """One submission in the gradebook.

    Attributes:
        auto: points given by tests; None where nothing was graded.
        score: all points, by tests and by hand, less what was lost by handing in late.
        waiting: points that wait for a person.
        notes: sentences about what went wrong.
    """

    student: str
    assignment: str
    auto: float | None
    score: float = 0.0
    max_score: float = 0.0
    waiting: float = 0.0
    notes: list[str] = field(default_factory=list)


def read_grades(course: Course, names: list[str]) -> list[Grade]:
    """Every submission of the named assignments: those in the gradebook, and those that never got there.

    Raises:
        NotFoundError: before there is a gradebook.
    """
    grades = []
    with course.gradebook() as gradebook:
        for name in names:
            records = records_of(gradebook, name)
            for record in records.values():
                path = notebook_in(course.graded(record.student, name))
                auto, notes = (record.auto, notes_of(path)) if path.is_file() else (None, [NEVER_GRADED])
                if marks_on(course.feedback(record.student, name) / f"{name}.html") not in (None, record.marks):
                    notes = [*notes, OLD_PAGE.format(record.student, name)]
                if is_linked(course.submitted(record.student, name)):
                    notes = [*notes, LINKED]
                grades.append(Grade(record.student, name, auto, record.total, record.max_points, record.waiting, notes))
            for student, folder in course.submissions(name):
                if student not in records:
                    grades.append(Grade(student, name, None, notes=[_why_not(student, folder)]))
    _note_alike(grades)
    return grades


def _why_not(student: str, folder: Path) -> str:
    """Why nothing of a submission is in the gradebook."""
    if not is_student_id(student):
        return NO_ID
    if is_linked(folder):
        return LINKED
    try:
        return NOT_GRADED_YET if gradable_in(folder) else _empty(folder)
    except OSError as error:  # of one folder alone, as where it may not be read
        return cannot_be_made_ready(error)


def _empty(folder: Path) -> str:
    """That there is no notebook, and what there is instead."""
    there = sorted(path.name for path in folder.iterdir() if path.name != TIMESTAMP)
    more = ", ..." if len(there) > 5 else ""
    return EMPTY.format(f", only {', '.join(there[:5])}{more}" if there else "")


def _note_alike(grades: list[Grade]) -> None:
    """Adds a note to the submissions of students that may be one and the same."""
    for group in alike(grade.student for grade in grades):
        for grade in grades:
            if grade.student in group:
                grade.notes = [*grade.notes, TWICE.format(" and ".join(group))]


def tables_of(
    grades: list[Grade], names: list[str], expected: dict[str, dict[str, int]], width: int
) -> tuple[list[Table], int]:
    """Students by assignments, and how many grades differ from what is expected of a sample class.

    Args:
        grades: all of them.
        names: the assignments, in order.
        expected: points by student and assignment.
        width: of the terminal in characters: what does not fit beside each other becomes several tables.
    """
    by_student: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        by_student.setdefault(grade.student, {})[grade.assignment] = grade
    students = sorted(by_student, key=_reference_first)
    different = [one for one in grades if _is_different(one, expected)]
    rest = width - max([len("student"), *(min(len(student), LONGEST_NAME) for student in students)]) - 4
    tables = []
    for some in _beside_each_other(names, rest):
        table = Table(title=None if tables else "Grades")
        table.add_column("student", max_width=LONGEST_NAME)
        for name in some:
            table.add_column(name, justify="right", overflow="fold")
        for student in students:
            of = by_student[student]
            cells = [_cell(of[name], expected) if name in of else "[dim]-" for name in some]
            table.add_row(for_table(student), *cells)
        tables.append(table)
    tables[-1].caption = "+n: points that wait for a person; *: see the notes below"
    return tables, len(different)


def _beside_each_other(names: Sequence[str], width: int) -> list[list[str]]:
    """Names of columns, in as many groups as it takes for each to fit into a width; a column has a frame of 3."""
    groups: list[list[str]] = [[]]
    for name in names:
        if sum(max(len(one), len(WIDE_CELL)) + 3 for one in [*groups[-1], name]) > width and groups[-1]:
            groups.append([])
        groups[-1].append(name)
    return groups


def _is_different(grade: Grade, expected: dict[str, dict[str, int]]) -> bool:
    wanted = expected.get(grade.student, {}).get(grade.assignment)
    return wanted is not None and grade.auto != wanted


def _cell(grade: Grade, expected: dict[str, dict[str, int]]) -> str:
    text = "not graded" if grade.auto is None else f"{grade.score:g}/{grade.max_score:g}"
    text += f" [dim]+{grade.waiting:g}[/]" if grade.waiting else ""
    text += "*" if grade.notes else ""
    if _is_different(grade, expected):
        text = f"[bold red]{text} expected {expected[grade.student][grade.assignment]}"
    return text


def notes_in(grades: list[Grade]) -> list[str]:
    """What is to be said about submissions, a line each, in the order of the table."""
    return [
        one_line(f"{grade.student}, {grade.assignment}: {note}")
        for grade in sorted(grades, key=lambda grade: _reference_first(grade.student))
        for note in grade.notes
    ]


def _reference_first(student: str) -> tuple[bool, str]:
    return student not in ("reference", "untouched"), student
