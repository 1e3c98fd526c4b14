"""Hands in a link to /etc/passwd beside right answers. The link must not be followed, the answers be graded."""

from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25
SAYS = r"(?i)link"

CODE = r"""
import os

for name in ("data.txt", "more/data.txt"):
    try:
        print(open(name).read()[:200])
    except OSError as error:
        print(error)
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes the links."""
    (folder / "data.txt").symlink_to("/etc/passwd")
    (folder / "more").mkdir()
    (folder / "more" / "data.txt").symlink_to("/proc/self/environ")
    (folder / "nowhere.txt").symlink_to("/nonexistent/file")
