"""Says that it has a version of the notebook format that no program knows. It must get its 0 and its line."""

import json
from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand, for nbformat would refuse."""
    notebook["nbformat"], notebook["nbformat_minor"] = 10**9, -1
    (folder / "parameters.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return False
