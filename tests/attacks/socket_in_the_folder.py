"""Hands in a socket in place of a file. It must be left out, the answers be graded."""

import socket
import tempfile
from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25
SAYS = r"(?i)plain file|left out|socket"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes the socket under a short name, for the path of one is limited, and moves it."""
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{short}/s")
        Path(short, "s").rename(folder / "data.csv")
