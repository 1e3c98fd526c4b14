"""Hands in JSON that is nested a hundred thousand deep. Reading it must fail for this submission alone."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)could not be read|nothing in it was graded|no notebook"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand."""
    deep = "[" * 100_000 + "]" * 100_000
    text = f'{{"cells": [], "metadata": {{"deep": {deep}}}, "nbformat": 4, "nbformat_minor": 5}}'
    (folder / "parameters.ipynb").write_text(text, encoding="utf-8")
    return False
