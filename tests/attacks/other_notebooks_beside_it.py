"""Hands in more notebooks beside the right one, among them a broken one. They must not be graded, nor cost anything."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

RIGHT = True
POINTS = 25


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the notebooks."""
    nbformat.write(notebook, folder / "parameters-copy.ipynb")
    nbformat.write(notebook, folder / "Parameters.ipynb")
    (folder / "vae.ipynb").write_text("{", encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    nbformat.write(notebook, folder / ".ipynb_checkpoints" / "parameters-checkpoint.ipynb")
