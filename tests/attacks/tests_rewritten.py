"""Rewrites the text of every test cell to one that passes. The release's tests must be put back."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"locked cells were not as they are released now"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Rewrites the tests."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "assert True"
