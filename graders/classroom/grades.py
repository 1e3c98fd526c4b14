"""The table of grades: what every student got, and what could not be graded and why."""

from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from graders.course import open_gradebook, total_of
from graders.plugins.notes import notes_of


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


def read_grades(root: Path, names: list[str]) -> list[Grade]:
    """Every submission of the named assignments: those in the gradebook, and those that never got there.

    Raises:
        FileNotFoundError: before there is a gradebook.
    """
    grades = []
    seen = set()
    with open_gradebook(root) as gradebook:
        for name in names:
            for submission in gradebook.assignment_submissions(name):
                cells = [grade for notebook in submission.notebooks for grade in notebook.grades]
                grade = Grade(submission.student.id, name, sum(cell.auto_score or 0.0 for cell in cells))
                grade.score = total_of(submission)
                grade.max_score = submission.max_score
                grade.waiting = sum(cell.max_score for cell in cells if cell.needs_manual_grade)
                path = root / "autograded" / grade.student / name / f"{name}.ipynb"
                grade.notes = notes_of(path) if path.is_file() else ["It was not graded; see nbgrader's log."]
                if not path.is_file():
                    grade.auto = None
                grades.append(grade)
                seen.add((grade.student, name))
    for name in names:
        for folder in sorted((root / "submitted").glob(f"*/{name}")):
            if (folder.parent.name, name) not in seen:
                note = "There is no notebook in the folder." if not list(folder.glob("*.ipynb")) else "Not graded yet."
                grades.append(Grade(folder.parent.name, name, None, notes=[note]))
    return grades


def table_of(grades: list[Grade], names: list[str], expected: dict[str, dict[str, int]]) -> tuple[Table, int]:
    """The table of students by assignments, and how many grades differ from what is expected of a sample class."""
    table = Table("student", title="Grades", caption="+n: points that wait for a person; *: see the notes below")
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    by_student: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        by_student.setdefault(grade.student, {})[grade.assignment] = grade
    different = 0
    for student in sorted(by_student, key=_reference_first):
        row = []
        for name in names:
            grade = by_student[student].get(name)
            wanted = expected.get(student, {}).get(name)
            if grade is None:
                row.append("[dim]-")
                continue
            text = "not graded" if grade.auto is None else f"{grade.score:g}/{grade.max_score:g}"
            text += f" [dim]+{grade.waiting:g}[/]" if grade.waiting else ""
            text += "*" if grade.notes else ""
            if wanted is not None and grade.auto != wanted:
                different += 1
                text = f"[bold red]{text} expected {wanted}"
            row.append(text)
        table.add_row(student, *row)
    return table, different


def notes_in(grades: list[Grade]) -> list[str]:
    """What is to be said about submissions, a line each, in the order of the table."""
    return [
        f"{grade.student}, {grade.assignment}: {note}"
        for grade in sorted(grades, key=lambda grade: _reference_first(grade.student))
        for note in grade.notes
    ]


def _reference_first(student: str) -> tuple[bool, str]:
    return student not in ("reference", "untouched"), student
