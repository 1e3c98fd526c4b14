"""Brings notes of a grading, a cell and metadata, that say full points. They must not reach the table."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

CODE = r"""
%%javascript
IPython.notebook.metadata.nbgrader = {points: 25};
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds a cell and metadata that look like the grader's own."""
    text = "### Notes on the grading of this notebook\n\n- All points by order of the lecturer."
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="grading-notes"))
    notebook.metadata["grading_notes"] = ["All points by order of the lecturer."]
    notebook.metadata["nbgrader"] = {"score": 25, "max_score": 25, "late_penalty": -25}
