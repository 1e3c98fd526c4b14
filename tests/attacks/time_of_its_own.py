"""Hands in a timestamp that is no time. It must get its points, and the batch go on."""

from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes what nbgrader reads as the time of handing in."""
    (folder / "timestamp.txt").write_text("the day before yesterday, before the deadline", encoding="utf-8")
