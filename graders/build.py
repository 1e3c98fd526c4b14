"""Builds source notebooks, releases and executed solutions from the percent scripts: byte-identical each time."""

import filecmp
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment, GenerateSolution
from nbgrader.coursedir import CourseDirectory

from graders.course import Course, notebook_in
from graders.errors import CourseError
from graders.plugins.release import hide
from graders.source import RELEASED, Assignment, to_notebook, without_markers


class BuildError(CourseError):
    """Why a build stopped, in one line."""


class _LastError(logging.Handler):
    """Keeps the exception that nbgrader logged, for a message of one line."""

    line = ""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().strip()
        if record.levelno >= logging.ERROR and message.startswith("Traceback"):
            self.line = message.splitlines()[-1]


def _convert(converter_class: type, course: Course, name: str) -> None:
    config = course.config()
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = name
    log = logging.getLogger(f"course.build.{name}")
    log.propagate = False
    last = _LastError()
    log.handlers = [last]
    converter = converter_class(coursedir=coursedir, config=config, log=log)
    converter.force = True
    try:
        converter.start()
    except Exception as error:
        raise BuildError(f"{name}: nbgrader could not make it: {last.line or error}") from error


def write_source(assignment: Assignment, course: Course) -> Path:
    """Writes source/<a>/<a>.ipynb."""
    path = notebook_in(course.source(assignment.name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(to_notebook(assignment)) + "\n", encoding="utf-8")
    return path


def register(assignment: Assignment, course: Course) -> None:
    """Writes the source notebook and the release, and saves the cells in the course's gradebook.

    Raises:
        BuildError: if nbgrader refuses, such as to add cells to a notebook that somebody has handed in. Then source and
            release are what they were.
    """
    notebook, release = notebook_in(course.source(assignment.name)), course.release(assignment.name)
    with course.alone(), tempfile.TemporaryDirectory() as safe:
        before = notebook.read_bytes() if notebook.is_file() else None
        if release.is_dir():  # nbgrader takes it away before it makes one
            shutil.copytree(release, Path(safe) / "release")
        write_source(assignment, course)
        try:
            _convert(GenerateAssignment, course, assignment.name)
        except BuildError:
            if before is not None:
                notebook.write_bytes(before)
            if (Path(safe) / "release").is_dir():
                shutil.copytree(Path(safe) / "release", release, dirs_exist_ok=True)
            raise


def _content(cell: nbformat.NotebookNode) -> tuple:
    """What of a cell comes from the source."""
    return cell.id, cell.cell_type, cell.source, cell.get("attachments")


def solution_is_current(assignment: Assignment, course: Course) -> bool:
    """Whether solutions/<a>/<a>.ipynb holds today's cells, executed without an error, with today's modules."""
    path = notebook_in(course.solution(assignment.name))
    if not path.is_file():
        return False
    modules = course.source(assignment.name).glob("*.py")
    if any(not _same(module, path.with_name(module.name)) for module in modules):
        return False
    expected = to_notebook(assignment)
    for cell in expected.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = without_markers(cell.source)
        hide(cell)
    existing = nbformat.read(path, as_version=4)
    return [_content(cell) for cell in existing.cells] == [_content(cell) for cell in expected.cells] and not any(
        (cell.execution_count is None and cell.source.strip())
        or any(out.output_type == "error" for out in cell.outputs)
        for cell in existing.cells
        if cell.cell_type == "code"
    )


def build(course: Course, assignments: list[Assignment], say: Callable[[str], None], execute_all: bool = False) -> None:
    """Builds everything that is derived from the sources, and registers the releases in the gradebook.

    Args:
        course: where they are built.
        assignments: what to build.
        say: called with a line for each step.
        execute_all: execute the reference notebooks again, even where they are current.

    Raises:
        BuildError: if nbgrader refuses, or a reference stops with an error.
    """
    for assignment in assignments:
        register(assignment, course)
        say(f"release/{assignment.name}: {assignment.auto_points} points by tests, {assignment.manual_points} by hand")
        if execute_all or not solution_is_current(assignment, course):
            say(f"solutions/{assignment.name}: executing the reference")
            os.environ.update(RELEASED)  # solutions show the released budget, whatever this shell trains with
            _convert(GenerateSolution, course, assignment.name)
            if not solution_is_current(assignment, course):
                raise BuildError(f"{assignment.name}: a cell of the reference stops with an error; see solutions/")


def drift(course: Course, assignments: list[Assignment]) -> list[str]:
    """What a fresh build of sources and releases would change, a line each; solutions are compared by their cells."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        fresh = Course(Path(folder))
        course.copy_policy(fresh)
        for assignment in assignments:
            name = assignment.name
            if course.source(name).is_dir():
                shutil.copytree(course.source(name), fresh.source(name))
            register(assignment, fresh)
            for kind in (Course.source, Course.release):
                differing = _differing(kind(course, name), kind(fresh, name))
                found += [str((kind(course, name) / file).relative_to(course.root)) for file in differing]
            if not solution_is_current(assignment, course):
                found.append(str(notebook_in(course.solution(name)).relative_to(course.root)))
    return found


def _differing(one: Path, other: Path) -> list[str]:
    files = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    return sorted(
        str(file) for file in files if ".ipynb_checkpoints" not in file.parts and not _same(one / file, other / file)
    )


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
