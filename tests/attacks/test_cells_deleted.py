"""Deletes every test cell and every trace of the assignment but one answer. What is deleted must count as failed."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)missing|put back"

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Keeps one cell."""
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") == "parameters-dense"]
