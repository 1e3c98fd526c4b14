"""Adds a hundred thousand cells to the answers. It must not keep the class waiting for long, or take its memory."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds the cells."""
    cell = nbformat.v4.new_code_cell("pass")
    notebook.cells += [NotebookNode(cell | {"id": f"more-{number}"}) for number in range(100_000)]
