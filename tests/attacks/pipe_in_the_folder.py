"""Hands in a named pipe, which whoever opens it waits on for ever. It must be left out, the answers be graded."""

import os
from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25
SAYS = r"(?i)plain file|left out|pipe"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes the pipe."""
    os.mkfifo(folder / "data.csv")
