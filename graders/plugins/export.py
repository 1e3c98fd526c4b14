"""Grades for a learning platform: what Moodle's and Canvas's importers take, by ``nbgrader export``."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from nbgrader.api import Assignment, Gradebook, Student
from nbgrader.plugins import CsvExportPlugin, ExportPlugin
from traitlets import Enum, default

from graders.gradebook import find_record
from graders.text import for_csv, one_line


@dataclass(frozen=True)
class Result:
    """What one student has in one assignment.

    Attributes:
        points: by tests and by hand, less the penalty; None where what was handed in never got into the gradebook.
        penalty: points lost for handing in late.
        waiting: points that wait for a person, or for tests that could not be run.
    """

    points: float | None
    penalty: float = 0.0
    waiting: float = 0.0


class PlatformExporter(ExportPlugin):
    """What the exporters for learning platforms share: a row for each student, a column for each assignment.

    Penalties for handing in late are taken off. Assignments that nobody has handed in are left out, unless they are
    named. Where something is not graded yet it refuses, until it is told what to do.
    """

    waiting = Enum(
        ("refuse", "empty", "points"),
        "refuse",
        help="Where something is not graded yet: write nothing at all, an empty cell, or the points so far.",
    ).tag(config=True)
    absent = Enum(
        ("empty", "zero"), "empty", help="Where nothing was handed in: write an empty cell, or 0 points."
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Writes the file; see nbgrader's ExportPlugin."""
        assignments = self._chosen({one.name: one for one in gradebook.assignments}, self.assignment, "assignment")
        ungraded = {one.name: self._ungraded(gradebook, one.name) for one in assignments}
        everyone = {student: Student(id=student) for student in set().union(*ungraded.values())}
        everyone |= {student.id: student for student in gradebook.students}
        students = self._chosen(everyone, self.student, "student")
        students.sort(key=lambda student: student.id)
        assignments = [one for one in assignments if self.assignment or one.num_submissions or ungraded[one.name]]
        if not assignments:
            self._stop("nobody has handed in anything")
        results = {
            (student.id, assignment.name): Result(None)
            if student.id in ungraded[assignment.name]
            else result_of(gradebook, assignment.name, student.id)
            for student in students
            for assignment in assignments
        }
        self._mind_what_waits(results)
        for assignment in assignments:
            count = sum(results[student.id, assignment.name] is not None for student in students)
            points = number(assignment.max_score)
            self.log.info("%s: out of %s points, handed in by %d of %d", assignment.name, points, count, len(students))
        try:
            with Path(self.to).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(self.rows(students, assignments, results))
        except OSError as error:
            self._stop(f"cannot write {self.to}: {error.strerror}")
        self.log.info("Wrote %s: %d students, %d assignments", self.to, len(students), len(assignments))

    def rows(
        self,
        students: Sequence[Student],
        assignments: Sequence[Assignment],
        results: dict[tuple[str, str], Result | None],
    ) -> Iterable[list[str]]:
        """The rows of the file, its header first.

        Args:
            students: by id.
            assignments: in the gradebook's order.
            results: by student and assignment; None where nothing was handed in.
        """
        raise NotImplementedError

    def cell(self, result: Result | None) -> str:
        """Points as the file gives them: two decimals at most, or nothing."""
        if result is None:
            return "0" if self.absent == "zero" else ""
        if result.points is None or (result.waiting and self.waiting == "empty"):
            return ""
        return number(result.points)

    def identity(self, text: str | None) -> str:
        """What an importer finds a student by, as it is; made harmless, with a warning, where it is a formula."""
        written = for_csv(text)
        if text and written != text:
            self.log.warning("%r looks like a formula and is written as %r: the import will not find it", text, written)
        return written

    def _chosen(self, found: dict[str, Any], names: list, kind: str) -> list:
        for name in map(str, names):
            if name not in found:
                self._stop(f"no {kind} '{name}' in the gradebook: there are {', '.join(sorted(found)) or 'none'}")
        return [found[name] for name in dict.fromkeys(map(str, names))] if names else list(found.values())

    def _ungraded(self, gradebook: Gradebook, assignment: str) -> set[str]:
        """Who has handed in what never got into the gradebook."""
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return set()
        step = {"nbgrader_step": coursedir.submitted_directory, "assignment_id": assignment}
        pattern = coursedir.format_path(coursedir.submitted_directory, "(?P<student>[^/]+)", assignment, escape=True)
        places = Path(coursedir.root).glob(coursedir.directory_structure.format(student_id="*", **step))
        found = [re.fullmatch(pattern, str(place)) for place in places if any(place.glob("[!.]*.ipynb"))]
        graded = {submission.student.id for submission in gradebook.assignment_submissions(assignment)}
        return {match["student"] for match in found if match} - graded

    def _mind_what_waits(self, results: dict[tuple[str, str], Result | None]) -> None:
        by_hand: dict[str, list[str]] = {}
        ungraded: dict[str, list[str]] = {}
        for (student, assignment), result in results.items():
            if result and result.points is None:
                ungraded.setdefault(assignment, []).append(student)
            elif result and result.waiting:
                by_hand.setdefault(assignment, []).append(student)
        sentences = [f"{name} of {listed(who)}: answers wait to be graded by hand." for name, who in by_hand.items()]
        sentences += [f"{name} of {listed(who)}: handed in, and not graded yet." for name, who in ungraded.items()]
        if sentences and self.waiting == "refuse":
            option = f"--{type(self).__name__}.waiting"
            self._stop(
                f"Nothing was written, since not everything is graded. {' '.join(sentences)} Grade that first, "
                f"or add {option}=empty for empty cells there, or {option}=points for the points so far"
            )
        for sentence in sentences:
            self.log.warning(sentence)

    def _stop(self, sentence: str) -> NoReturn:
        self.log.error("%s.", sentence[:1].upper() + sentence[1:])
        raise SystemExit(1)


class MoodleExporter(PlatformExporter):
    """CSV for Moodle's *Grades > Import > CSV file* (https://docs.moodle.org/en/Grade_import).

    UTF-8, separated by commas, as many fields in each line as in the first. Students are found by one column that the
    instructor chooses in *Map from*: `Username` (nbgrader's student id), `Email address` or `ID number` (nbgrader's
    lms_user_id). An assignment has two columns: points, which are mapped to a grade item, and a sentence of feedback,
    which can be mapped to the feedback of the same item. An empty cell is "no grade".

    The importer gives a line whose identifier is empty to the student of the line before it
    (grade/import/csv/classes/load_data.php). So `Email address` and `ID number` are written where all have one.
    """

    @default("to")
    def _default_to(self) -> str:
        return "moodle.csv"

    def rows(
        self,
        students: Sequence[Student],
        assignments: Sequence[Assignment],
        results: dict[tuple[str, str], Result | None],
    ) -> Iterable[list[str]]:
        """The rows of the file, its header first; see PlatformExporter."""
        identities = {"Username": "id"}
        for title, field in (("Email address", "email"), ("ID number", "lms_user_id")):
            without = [student.id for student in students if not getattr(student, field)]
            if not without:
                identities[title] = field
            elif len(without) < len(students):
                self.log.warning("No column '%s', since these have none in the gradebook: %s", title, listed(without))
        yield [
            *identities,
            "First name",
            "Last name",
            *(title for one in assignments for title in (one.name, f"{one.name} (Feedback)")),
        ]
        for student in students:
            row = [self.identity(getattr(student, field)) for field in identities.values()]
            row += [for_csv(student.first_name), for_csv(student.last_name)]
            for assignment in assignments:
                result = results[student.id, assignment.name]
                row += [self.cell(result), self.feedback(result, assignment.max_score)]
            yield row

    def feedback(self, result: Result | None, max_score: float) -> str:
        """How the points came about, in a sentence; nothing beside an empty cell."""
        if result is None or result.points is None or not self.cell(result):
            return ""
        text = f"{number(result.points)} of {number(max_score)} points"
        if result.penalty:
            text += f"; {number(result.penalty)} were lost for handing in late"
        if result.waiting:
            text += f"; {number(result.waiting)} are still to be graded"
        return text + "."


class CanvasExporter(PlatformExporter):
    """CSV for Canvas's *Gradebook > Import*.

    The format is that of Canvas's importer (https://github.com/instructure/canvas-lms, lib/gradebook_importer.rb), in
    words at https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/calculating-final-grades. UTF-8, and the
    columns of Canvas's own export: Student, ID, SIS User ID, SIS Login ID, Section, then one for each assignment,
    and below them the row of points possible. Canvas finds a student by `ID` (its own number: nbgrader's lms_user_id),
    else by `SIS Login ID`, else by name; and an assignment by its title. It takes any further column for a new
    assignment, so there are none; comments cannot be imported. `Section` must be there, and is not read.
    """

    login = Enum(("id", "email"), "id", help="What is the login in Canvas: nbgrader's student id, or email.").tag(
        config=True
    )

    @default("to")
    def _default_to(self) -> str:
        return "canvas.csv"

    def rows(
        self,
        students: Sequence[Student],
        assignments: Sequence[Assignment],
        results: dict[tuple[str, str], Result | None],
    ) -> Iterable[list[str]]:
        """The rows of the file, its header first; see PlatformExporter."""
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(one.name for one in assignments)]
        yield ["    Points Possible", "", "", "", "", *(number(one.max_score) for one in assignments)]
        for student in students:
            names = [name for name in (student.last_name, student.first_name) if name]
            number_in_canvas = student.lms_user_id or ""
            yield [
                for_csv(", ".join(names) or student.id),
                # Anything else than a number would be read as one, and find someone else or no one.
                number_in_canvas if re.fullmatch(r"[0-9]+", number_in_canvas) else "",
                "",
                self.identity((student.email if self.login == "email" else None) or student.id),
                "",
                *(self.cell(results[student.id, one.name]) for one in assignments),
            ]


class _Field(str):
    """A text of a student's that is one cell wherever it is put into a line of a table."""

    def __format__(self, spec: str) -> str:
        text = for_csv(self)
        return '"{}"'.format(text.replace('"', '""')) if set(text) & set(',"') else text


class _Quoted:
    """A gradebook whose students have names that stay in their cells."""

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gradebook, name)

    @property
    def students(self) -> list[SimpleNamespace]:
        """Everyone, by what the table says of them."""
        fields = ("id", "first_name", "last_name", "email")
        return [
            SimpleNamespace(**{field: (text := getattr(student, field)) and _Field(text) for field in fields})
            for student in self._gradebook.students
        ]


class QuotedExporter(CsvExportPlugin):
    """nbgrader's own table, in which no name or id begins another column, another line or a formula."""

    def export(self, gradebook: Gradebook) -> None:
        """Writes the file; see nbgrader's CsvExportPlugin."""
        super().export(_Quoted(gradebook))


def result_of(gradebook: Gradebook, assignment: str, student: str) -> Result | None:
    """What a student has in an assignment; None if nothing of it is in the gradebook."""
    record = find_record(gradebook, assignment, student)
    return record and Result(record.total, record.penalty, record.waiting)


def number(value: float) -> str:
    """A number of points with two decimals at most, which is what both platforms keep."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def listed(names: Sequence[str]) -> str:
    """Names in a sentence; how many more there are beyond a few."""
    more = len(names) - 5
    return ", ".join(map(one_line, names[:5])) + (f" and {more} more" if more > 0 else "")
