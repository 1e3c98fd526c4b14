"""The page that a student gets back: points and what failed first, then each answer; what was given is folded."""

import html
import itertools
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_task
from traitlets import Unicode
from traitlets.config import Config

from graders.gradebook import Record, Score, record_of
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

    note = Unicode("", help="A sentence of the course's own below the total.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Fills the table and marks the cells; see nbconvert's Preprocessor."""
        where = resources["nbgrader"]
        failures = failures_of(nb)
        tasks: dict[str, tuple[str, list[NotebookNode]]] = {}
        with Gradebook(where["db_url"]) as gradebook:
            record = record_of(gradebook.find_submission(where["assignment"], where["student"]))
        for cell, heading in under_headings(nb.cells):
            if is_grade(cell) or is_task(cell):
                name = cell.metadata.nbgrader.grade_id
                _date_comment(cell, record.scores[name])
                title = heading.title if heading else where["notebook"]
                tasks.setdefault(task_of(name), (title, []))[1].append(cell)
        resources["page"] = {
            "rows": [_row(title, cells, record.scores, failures) for title, cells in tasks.values()],
            "total": f"{record.total:g} of {record.max_points - _unmarked(record):g} points",
            "marks": record.marks,
            "notes": [*_notes(record), *filter(None, [self.note])],
        }
        waiting = {name for name, score in record.scores.items() if score.waiting}
        nb.cells = list(shown(nb.cells, waiting))
        return nb, resources


OF_NBGRADER = ("timestamp.txt", "submission_secret.txt")  # without which nbgrader releases no page


class PageAlone(NbGraderPreprocessor):
    """Leaves of what a student handed in nothing beside the page, where nbgrader has copied it.

    A server would show an index.html of theirs in place of the page. What they handed in stays in `autograded/`.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Removes files; see nbconvert's Preprocessor."""
        coursedir = self.parent.parent.coursedir  # preprocessor -> exporter -> converter
        names = resources["nbgrader"]
        source = Path(coursedir.format_path(coursedir.source_directory, ".", names["assignment"]))
        pages = {f"{path.stem}.html" for path in source.glob("*.ipynb")}
        folder = Path(coursedir.format_path(coursedir.feedback_directory, names["student"], names["assignment"]))
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in {*OF_NBGRADER, *pages}:
                path.unlink()
        return nb, resources


def _row(title: str, cells: list[NotebookNode], scores: dict[str, Score], failures: dict[str, str]) -> Row:
    of_task = {name: scores[name] for name in (cell.metadata.nbgrader.grade_id for cell in cells)}
    lost = [name for name, score in of_task.items() if score.points < score.max_points and not score.waiting]
    most = sum(score.max_points for score in of_task.values())
    points, state = f"{sum(score.points for score in of_task.values()):g} of {most:g}", "lost" if lost else "full"
    if any(score.waiting for score in of_task.values()):
        points, state = f"not marked yet, {most:g} at most", "waiting"
    text = re.sub(r"^<p>(.*)</p>\s*$", r"\1", render("markdown", title, trusted=True).strip(), flags=re.DOTALL)
    sentence = next((failures[name] for name in lost if name in failures), "")
    comment = any(cell.metadata.nbgrader.get("comment") for cell in cells)
    return Row(text, (lost or list(of_task))[0], points, state, html.escape(sentence), comment)


def _unmarked(record: Record) -> float:
    """The points of what nobody has marked yet, in any version."""
    return sum(score.max_points for score in record.scores.values() if score.waiting and score.by_hand is None)


def _notes(record: Record) -> Iterator[str]:
    """What is to be said of the total, in sentences."""
    if unmarked := _unmarked(record):
        yield f"{unmarked:g} more points wait for a person."
    if again := record.waiting - unmarked:
        yield f"{again:g} points wait for a person again: the sum counts those of the earlier version."
    if record.penalty:
        yield f"{record.penalty:g} points were lost for handing in late."


def _date_comment(cell: NotebookNode, score: Score) -> None:
    """Says of a comment that it is on another answer than the one that is shown."""
    if score.waiting and score.by_hand is not None and cell.metadata.nbgrader.get("comment"):
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
