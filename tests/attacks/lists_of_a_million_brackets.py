"""Hands in 30 MB of empty lists, which take gigabytes when they are read. It must get its 0 and its line."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"MB of memory and the limit is"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand."""
    (folder / "parameters.ipynb").write_text('{"cells": [' + "[]," * 10**7 + "[]]}", encoding="utf-8")
    return False
