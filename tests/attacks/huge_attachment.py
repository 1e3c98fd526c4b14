"""Attaches a picture of 40 MB to a text and another to an answer. It must not reach the feedback or the gradebook."""

from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> None:
    """Attaches the pictures."""
    for cell in [cell for cell in notebook.cells if cell.cell_type == "markdown"][:1]:
        cell.attachments = {"sky.png": {"image/png": "A" * 40_000_000}}
        cell.source += "\n\n![sky](attachment:sky.png)"
