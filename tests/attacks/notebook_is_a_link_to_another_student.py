"""Hands in a link to the notebook of another student. It must not be graded as its own."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)link|no notebook"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Links to the first other student, who is there already."""
    others = sorted(path for path in folder.parent.parent.glob("*/parameters/parameters.ipynb"))
    other = others[0].parent.parent.name if others else "aaa-right"
    (folder / "parameters.ipynb").symlink_to(f"../../{other}/parameters/parameters.ipynb")
    return False
