"""Restores a submission to the shape of the release before anything runs."""

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor

from graders.plugins.notes import CELL_ID, add_note
from graders.plugins.reading import UNREADABLE, notes_on
from graders.source import stub


class Normalise(NbGraderPreprocessor):
    """Puts the answers of a submission into a fresh copy of the source notebook.

    Cells are matched by grade id, else by cell id. Tags, flags, order and the text of locked cells are the source's
    own; the student's additional cells stay, as plain cells, after the cell they followed. Whatever had to be put
    right is noted in a sentence. Nothing that a student does to the structure of a notebook costs more than the
    points of the answers that are missing.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Replaces the notebook by a normalised one; see nbconvert's Preprocessor."""
        coursedir = self.parent.parent.coursedir  # preprocessor -> exporter -> converter
        names = resources["nbgrader"]
        folder = coursedir.format_path(coursedir.source_directory, ".", names["assignment"])
        source = nbformat.read(Path(folder) / f"{names['notebook']}.ipynb", as_version=4)
        submitted = Path(resources["metadata"]["path"])
        notes = notes_on(submitted, submitted / f"{names['notebook']}.ipynb")
        if UNREADABLE in resources:
            notes.append(resources[UNREADABLE])
        else:
            notes += [] if any(True for _ in nb.cells) else ["The notebook has no cells."]
        return normalised(nb, source, notes), resources


def normalised(submitted: NotebookNode, source: NotebookNode, notes: list[str]) -> NotebookNode:
    """The source notebook with a submission's answers and additional cells, and notes on what was put right."""
    result = copy.deepcopy(source)
    slots = {cell.id: cell for cell in result.cells}
    released = {cell.id: _released_text(cell) for cell in source.cells}
    found: dict[str, list[NotebookNode]] = {key: [] for key in slots}
    extras: dict[str | None, list[NotebookNode]] = {}
    order: list[str] = []
    after: str | None = None
    for cell in submitted.cells:
        key = _slot_of(cell, slots)
        if key is not None:
            found[key].append(cell)
            order.append(key)
            after = key
        elif cell.get("id") != CELL_ID:
            extras.setdefault(after, []).append(cell)

    notes = list(notes)
    if submitted.cells and not order:
        notes.append("The notebook has none of the cells of this assignment, so there was nothing to grade.")
    before: dict[str, list[NotebookNode]] = {}
    for key, slot in slots.items():
        copies = found[key]
        if _is_editable(slot):
            changed = [cell for cell in copies if _text(cell).strip() != released[key].strip()]
            slot.source = _text(changed[-1]) if changed else released[key]
            if changed and "attachments" in changed[-1] and slot.cell_type == "markdown":
                slot.attachments = changed[-1].attachments
            before[key] = changed[:-1]
            if order and not copies:
                notes.append(f"The answer cell {key} was missing.")
            elif len(changed) > 1:
                notes.append(f"The answer cell {key} was there {len(changed)} times; the last one was graded.")
        elif slot.cell_type == "code":
            if any(_text(cell).strip() != released[key].strip() for cell in copies):
                notes.append(f"The locked cell {key} had been changed; the original was used.")
            if order and not copies:
                notes.append(f"The locked cell {key} was missing; it was put back.")
        else:  # someone may have written an answer into a locked text: keep it to be read
            before[key] = [cell for cell in copies if _text(cell).strip() != released[key].strip()]
    positions = [list(slots).index(key) for key in dict.fromkeys(order)]
    if positions != sorted(positions):
        notes.append("The cells were in another order; the original order was used.")

    cells: list[NotebookNode] = list(map(_plain, extras.get(None, [])))
    for key, slot in slots.items():
        cells += map(_plain, before.get(key, []))
        cells.append(slot)
        cells += map(_plain, extras.get(key, []))
    for number, cell in enumerate(cell for cell in cells if "nbgrader" not in cell.metadata and cell.id not in slots):
        cell.id = f"added-{number + 1}"
    result.cells = cells
    for note in notes:
        add_note(result, note)
    return result


def _slot_of(cell: NotebookNode, slots: dict[str, NotebookNode]) -> str | None:
    metadata = cell.get("metadata", {})
    nbgrader = metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    for key in (grade_id, cell.get("id"), metadata.get("id")):  # Colab keeps the cell id in the metadata
        if isinstance(key, str) and key in slots:
            return key
    return None


def _is_editable(cell: NotebookNode) -> bool:
    return "nbgrader" not in cell.metadata or bool(cell.metadata.nbgrader.solution)


def _released_text(cell: NotebookNode) -> str:
    """What students got in place of this source cell."""
    if "nbgrader" not in cell.metadata:
        return cell.source
    if cell.metadata.nbgrader.solution:
        return stub(cell.source)
    if cell.metadata.nbgrader.grade:
        cell = copy.deepcopy(cell)
        ClearHiddenTests()._remove_hidden_test_region(cell)
    if cell.metadata.nbgrader.task:
        cell = copy.deepcopy(cell)
        ClearMarkScheme()._remove_mark_scheme_region(cell)
    return cell.source


def _text(cell: NotebookNode) -> str:
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(map(str, source))
    return text.encode("utf-8", "replace").decode("utf-8")  # half a character cannot be written to a file


def _plain(cell: NotebookNode) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(cell.get("cell_type"), nbformat.v4.new_raw_cell)(_text(cell))
