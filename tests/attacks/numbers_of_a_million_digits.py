"""Puts numbers that no program reads in a reasonable time into the file. It must get its 0 and its line."""

from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand."""
    number = "9" * 1_000_000
    text = (
        f'{{"cells": [{{"cell_type": "code", "execution_count": {number}, "id": "parameters-dense", "metadata": '
        f'{{"nbgrader": {{"points": 1e999, "grade_id": "parameters-dense"}}}}, "outputs": [], "source": "pass"}}], '
        f'"metadata": {{"x": NaN, "y": -Infinity}}, "nbformat": 4, "nbformat_minor": 5}}'
    )
    (folder / "parameters.ipynb").write_text(text, encoding="utf-8")
    return False
