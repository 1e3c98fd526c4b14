"""Hands in answers with half of a surrogate pair in them, which UTF-8 cannot write. It must cost no one else."""

import json
from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the escape, for a file cannot hold the character."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source += "\n# \ud800"
    (folder / "parameters.ipynb").write_text(json.dumps(notebook, ensure_ascii=True), encoding="utf-8")
    return False
