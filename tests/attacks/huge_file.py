"""Hands in a file that says to have 2 GB and holds nothing. It must be left out, the answers be graded."""

from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25
SAYS = r"(?i)left out|too large|MB"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes a file with a hole."""
    with (folder / "data.npy").open("wb") as file:
        file.truncate(2 * 2**30)
