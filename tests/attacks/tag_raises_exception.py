"""Tags every test cell as one that is expected to raise. Its failures must count all the same."""

from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> None:
    """Tags the test cells, the way each version of the format has it."""
    for cell in notebook.cells:
        cell.metadata.tags = ["raises-exception", "remove_cell", "hide-input"]
        cell.metadata.allow_errors = True
    notebook.metadata["execute"] = {"allow_errors": True}
