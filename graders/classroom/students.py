"""The class list: read as spreadsheet programs save it, into the gradebook once every line is clear."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from graders.course import Course
from graders.errors import NotFoundError, UnclearError
from graders.text import alike, is_student_id, one_line

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id")  # of nbgrader's gradebook
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)  # a long number, as Excel writes it


@dataclass(frozen=True)
class ClassList:
    """What a file says.

    Attributes:
        students: the other columns, by id; None where a cell is empty.
        ignored: columns that the gradebook does not have.
        is_utf_8: else letters with accents are a guess.
    """

    students: dict[str, dict[str, str | None]]
    ignored: list[str]
    is_utf_8: bool


def import_students(course: Course, path: Path) -> ClassList:
    """Adds the students of a file to the gradebook, or changes what it says of them.

    Raises:
        NotFoundError: where there is no such file, or no gradebook yet.
        UnclearError: if a line does not say who is meant; then nobody is added.
    """
    found = read_class_list(path)
    with course.gradebook() as gradebook:
        for group in alike({*found.students, *(one.id for one in gradebook.students)}):
            if not found.students.keys().isdisjoint(group):
                raise UnclearError(f"{' and '.join(group)} differ in capitals or accents alone: one is there already")
        for student, columns in found.students.items():
            gradebook.update_or_create_student(student, **columns)
    return found


def read_class_list(path: Path) -> ClassList:
    """Reads a file with a line for each student, and a first line that names the columns.

    Commas, semicolons or tabs stand between columns, and it is in UTF-8, UTF-16 or the letters of Windows.

    Raises:
        NotFoundError: where there is no such file.
        UnclearError: if a line does not say who is meant.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}")
    text, is_utf_8 = _decoded(path.read_bytes())
    lines = io.StringIO(text, newline="").readlines()  # not at what else is a line's end for Python
    if lines and re.fullmatch(r'"?sep=."?\s*', lines[0]):  # for Excel alone
        lines[0] = "\n"
    reader = csv.reader(lines, delimiter=_delimiter_in(lines), strict=True, skipinitialspace=True)
    head: list[str] = []
    students: dict[str, dict[str, str | None]] = {}
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if not any(cells):
                continue
            if not head:
                head = _head([cell.casefold() for cell in cells])
                continue
            student, columns = _student(head, cells, f"line {reader.line_num}")
            if student in students:
                raise UnclearError(f"line {reader.line_num}: {one_line(student)} is there already")
            students[student] = columns
    except csv.Error as error:
        raise UnclearError(f"line {reader.line_num}: {error}") from None
    if not students:
        raise UnclearError(
            f"{path} names nobody: its first line is {','.join(COLUMNS)}, and each further one a student's"
        )
    for group in alike(students):
        raise UnclearError(f"{' and '.join(group)} differ in capitals or accents alone: a folder can be only one's")
    return ClassList(students, [column for column in head if column and column not in COLUMNS], is_utf_8)


def _decoded(written: bytes) -> tuple[str, bool]:
    if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # Excel's "Unicode text"
        return written.decode("utf-16", "replace"), True
    try:
        return written.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return written.decode("cp1252", "replace"), False


def _delimiter_in(lines: list[str]) -> str:
    """What stands most often in the line that names the columns."""
    head = next((line for line in lines if line.strip()), "")
    return max(",;\t", key=head.count)


def _head(columns: list[str]) -> list[str]:
    if "id" not in columns:
        raise UnclearError(f"the first line names no column id: it should be {','.join(COLUMNS)}, or some of these")
    if twice := next((column for column in COLUMNS if columns.count(column) > 1), None):
        raise UnclearError(f"two columns are called {twice}")
    return columns


def _student(head: list[str], cells: list[str], where: str) -> tuple[str, dict[str, str | None]]:
    if any(cells[len(head) :]):
        raise UnclearError(f"{where} has more cells than columns: put what holds a comma or semicolon into quotes")
    columns = {
        column: cell or None
        for column, cell in zip(head, [*cells, *[""] * len(head)], strict=False)
        if column in COLUMNS
    }
    for column in ("id", "lms_user_id"):
        if _ROUNDED.fullmatch(columns.get(column) or ""):
            raise UnclearError(f"{where}: {columns[column]} is rounded: make the column {column} one of text")
    student = columns.pop("id")
    if not student:
        raise UnclearError(f"{where} has no id")
    if not is_student_id(student):
        raise UnclearError(f"{where}: {one_line(student)} can be no id: letters, digits and . _ - @ + can be in one")
    return student, columns
