"""Hands in 3,000 copies of a test cell and of an answer. They must cost nobody else anything."""

import json
from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Copies the first answer and its test, and writes the file by hand, for nbformat would give new ids."""
    twins = [cell for cell in notebook.cells if cell.get("id") in ("parameters-dense", "parameters-dense-test")]
    copies = [dict(twins[number % 2]) for number in range(3000)]
    for number, cell in enumerate(copies):
        cell["source"] += f"\n# {number}"
    text = json.dumps(dict(notebook) | {"cells": [*notebook.cells, *copies]})
    (folder / "parameters.ipynb").write_text(text, encoding="utf-8")
    return False
