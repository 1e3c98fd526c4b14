"""Hands in links that lead to their own folder and to each other. Copying must not run in circles."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)link"
RIGHT = True
POINTS = 25


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes the links."""
    (folder / "again").symlink_to(".", target_is_directory=True)
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
