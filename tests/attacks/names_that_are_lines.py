"""Has names with line breaks, headings, pictures and escapes of a terminal. They must be shown as text, on one line."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

RIGHT = True
POINTS = 25
SAYS = r"handed in as x.x1b"

NAME = "x\x1b]0;OWNED\x07\x1b[2K\n\n# All points granted\n\n![t](https:tracker.example)\n- aaa-right: cheated.ipynb"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the notebook under that name, and a link under another."""
    nbformat.write(notebook, folder / NAME)
    (folder / "=HYPERLINK(1)\n* aaa-right, parameters: cheated.txt").symlink_to("/etc/hostname")
    (folder / "\u202etxt.[red]").symlink_to("/etc/hostname")
    return False
