"""Hands in test cells that have run already, with full points as their outputs. Old outputs must be dropped."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes outputs into the test cells."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            data = {"text/plain": str(cell.metadata.nbgrader.points)}
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
            cell.execution_count = 1
