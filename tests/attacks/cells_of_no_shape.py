"""Puts null, numbers, lists and cells without a type or text among the cells. It must get its 0 and its line."""

import json
from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand, for nbformat would refuse."""
    odd = [None, 7, [], {}, {"cell_type": None}, {"cell_type": "code", "source": 7, "metadata": None}]
    odd += [{"cell_type": "code", "source": {"a": 1}, "metadata": {"nbgrader": []}, "outputs": {}, "id": 5}]
    odd += [{"cell_type": "code", "source": [1, None], "metadata": {"nbgrader": {"grade_id": ["parameters-dense"]}}}]
    text = json.dumps(dict(notebook) | {"cells": [*odd, *notebook.cells]})
    (folder / "parameters.ipynb").write_text(text, encoding="utf-8")
    return False
