"""Hands in a file of 500 MB that takes no space. It must not be read, and get its 0 and its line."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"it has 500 MB and the limit is 50 MB"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Makes a sparse file."""
    with (folder / "parameters.ipynb").open("wb") as file:
        file.truncate(500 * 10**6)
    return False
