"""Notes of a grading run: plain sentences that travel in the notebook, to the table and into the feedback."""

from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graders.text import for_markdown, one_line

KEY = "grading_notes"
CELL_ID = "grading-notes"
MOST = 50  # sentences of one kind: a notebook may have thousands of cells, files and links


def add_notes(notebook: NotebookNode, sentences: Iterable[str]) -> None:
    """Adds sentences to the notes: the first of them, and how many more there are."""
    different = list(dict.fromkeys(map(one_line, sentences)))
    for sentence in different[:MOST]:
        add_note(notebook, sentence)
    if len(different) > MOST:
        add_note(notebook, f"{len(different) - MOST} more sentences on this notebook are left out here.")


def add_note(notebook: NotebookNode, sentence: str) -> None:
    """Adds a sentence to the notes, and shows all of them in a first Markdown cell; a repeated one is kept once."""
    notes = notebook.metadata.setdefault(KEY, [])
    sentence = one_line(sentence)
    if sentence in notes:
        return
    notes.append(sentence)
    text = "### Notes on the grading of this notebook\n\n" + "\n".join(f"- {for_markdown(note)}" for note in notes)
    if notebook.cells and notebook.cells[0].get("id") == CELL_ID:
        notebook.cells[0].source = text
    else:
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id=CELL_ID))


def notes_of(path: Path) -> list[str]:
    """The notes in a graded notebook; none if it is not there."""
    if not path.is_file():
        return []
    try:
        return list(nbformat.read(path, as_version=4).metadata.get(KEY, []))
    except ValueError:  # a run that was killed while it wrote
        return ["The graded notebook cannot be read: run `course grade` again."]
