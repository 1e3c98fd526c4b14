"""The page that a student gets back: points and what failed first, then each answer; what was given is folded."""

import html
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_task
from traitlets.config import Config

from graders.gradebook import record_of
from graders.headings import parts_of, under_headings
from graders.plugins.feedback import failures_of
from graders.plugins.notes import CELL_ID
from graders.plugins.rendering import render
from graders.source import task_of

_MARKS_OF_A_PAGE = re.compile(r'<meta name="marks" content="(\w+)">')
TEMPLATES = Path(__file__).parent / "templates"
EARLIER = "On an earlier version: "
_MARKS = ("kind", "opens", "closes", "waits")  # of a cell's metadata; a notebook that was handed in may have such, too


class PageExporter(HTMLExporter):
    """nbconvert's HTMLExporter, whose choice of formats reaches those that know it alone: others complain of it."""

    @property
    def default_config(self) -> Config:
        """What holds unless a configuration says otherwise; see nbconvert's Exporter."""
        config = super().default_config
        config.DataTypeFilter.merge(config.pop("NbConvertBase"))
        return config


@dataclass(frozen=True)
class Row:
    """A task in the table of points.

    Attributes:
        title: its heading, as HTML.
        anchor: the cell to look at: the first test that failed, else the first of the task.
        points: what it has given, in words.
        state: "full", "lost", or "waiting" for a person.
        sentence: of the first test that failed; empty where none did.
        has_comment: whether a person has written something.
    """

    title: str
    anchor: str
    points: str
    state: str
    sentence: str
    has_comment: bool


class FeedbackPage(NbGraderPreprocessor):
    """Gives the page's template its table, ``resources["page"]``, and says of each cell how it is shown.

    Each cell gets a ``kind`` in its metadata: note, heading, given, answer, test or question. Of a run of given cells
    the first ``opens`` a fold, and the last ``closes`` it; what ``waits`` is for a person to mark.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Fills the table and marks the cells; see nbconvert's Preprocessor."""
        where = resources["nbgrader"]
        failures = failures_of(nb)
        tasks: dict[str, tuple[str, list[NotebookNode], list[Grade]]] = {}
        with Gradebook(where["db_url"]) as gradebook:
            found = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"])
            grades = {grade.cell.name: grade for grade in found.grades}
            for cell, heading in under_headings(nb.cells):
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                if is_grade(cell) or is_task(cell):
                    _date_comment(cell, grades[name])
                    title = heading.title if heading else where["notebook"]
                    _, cells, of_task = tasks.setdefault(task_of(name), (title, [], []))
                    cells.append(cell)
                    of_task.append(grades[name])
            penalty = found.late_submission_penalty or 0.0
            resources["page"] = {
                "rows": [_row(*task, failures) for task in tasks.values()],
                "total": _total(list(grades.values()), penalty),
                "marks": record_of(found.assignment).marks,
                "notes": list(_notes(list(grades.values()), penalty)),
            }
            waiting = {name for name, grade in grades.items() if grade.needs_manual_grade}
        nb.cells = list(shown(nb.cells, waiting))
        return nb, resources


def _row(title: str, cells: list[NotebookNode], grades: list[Grade], failures: dict[str, str]) -> Row:
    lost = [grade for grade in grades if grade.score < grade.max_score and not grade.needs_manual_grade]
    first = (lost or grades)[0]
    most = sum(grade.max_score for grade in grades)
    points, state = f"{sum(grade.score for grade in grades):g} of {most:g}", "lost" if lost else "full"
    if any(grade.needs_manual_grade for grade in grades):
        points, state = f"not marked yet, {most:g} at most", "waiting"
    text = re.sub(r"^<p>(.*)</p>\s*$", r"\1", render("markdown", title, trusted=True).strip(), flags=re.DOTALL)
    sentence = next((failures[grade.cell.name] for grade in lost if grade.cell.name in failures), "")
    comment = any(cell.metadata.nbgrader.get("comment") for cell in cells)
    return Row(text, first.cell.name, points, state, html.escape(sentence), comment)


def _unmarked(grades: Iterable[Grade]) -> float:
    return sum(grade.max_score for grade in grades if grade.needs_manual_grade and grade.manual_score is None)


def _total(grades: list[Grade], penalty: float) -> str:
    """The points so far, of those that have been judged."""
    most = sum(grade.max_score for grade in grades) - _unmarked(grades)
    return f"{max(0.0, sum(grade.score for grade in grades) - penalty):g} of {most:g} points"


def _notes(grades: list[Grade], penalty: float) -> Iterator[str]:
    """What is to be said of the total, in sentences."""
    if unmarked := _unmarked(grades):
        yield f"{unmarked:g} more points wait for a person."
    changed = [grade for grade in grades if grade.needs_manual_grade and grade.manual_score is not None]
    if changed:
        most = sum(grade.max_score for grade in changed)
        yield f"{most:g} points wait for a person again: the sum counts those of the earlier version."
    if penalty:
        yield f"{penalty:g} points were lost for handing in late."


def _date_comment(cell: NotebookNode, grade: Grade) -> None:
    """Says of a comment that it is on another answer than the one that is shown."""
    if grade.needs_manual_grade and grade.manual_score is not None and cell.metadata.nbgrader.get("comment"):
        cell.metadata.nbgrader.comment = EARLIER + cell.metadata.nbgrader.comment


def marks_on(page: Path) -> str | None:
    """The digest of the record that a page shows; None where there is no page, or one of nbgrader's own."""
    if not page.is_file():
        return None
    with page.open(encoding="utf-8", errors="replace") as file:
        found = _MARKS_OF_A_PAGE.search(file.read(1000))
    return found and found.group(1)


# --- how each cell is shown -------------------------------------------------------------------------------------------


def shown(cells: Iterable[NotebookNode], waiting: Collection[str] = ()) -> Iterator[NotebookNode]:
    """The cells with their kinds, headings apart from the prose below them, and each run of given cells folded.

    Args:
        cells: of a graded notebook.
        waiting: the grade ids of what a person has still to mark.
    """
    apart = (part for cell in cells for part in _apart(cell, waiting))
    for kind, run in itertools.groupby(apart, lambda cell: cell.metadata.kind):
        cells = list(run)
        if kind == "given":
            cells[0].metadata.opens = cells[-1].metadata.closes = True
        yield from cells


def _kind(cell: NotebookNode) -> str:
    if is_task(cell):
        return "question"
    if is_grade(cell):
        return "test"
    if is_locked(cell):
        return "given"
    return "note" if cell.get("id") == CELL_ID else "answer"


def _apart(cell: NotebookNode, waiting: Collection[str]) -> Iterator[NotebookNode]:
    """A cell with its kind; of the course's own prose each heading as a cell, and what stands below it."""
    for mark in _MARKS:
        cell.metadata.pop(mark, None)
    kind = _kind(cell)
    if kind != "given" or cell.cell_type != "markdown":
        cell.metadata.kind = kind
        if kind == "question":
            cell.metadata.waits = cell.metadata.nbgrader.grade_id in waiting
        yield cell
        return
    for number, (is_heading, text) in enumerate(parts_of(cell.source)):
        part = nbformat.from_dict({**cell, "source": text, "id": f"{cell.id}-{number}"})
        part.metadata = NotebookNode(cell.metadata, kind="heading" if is_heading else "given")
        yield part
