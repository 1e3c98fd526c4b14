"""Hands in a link to the notebook of another student. It must not be graded as its own."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)link|no notebook"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Links to the first other student who has answered already."""
    others = sorted(folder.parent.parent.glob("*/parameters/parameters.ipynb"))
    others = [path for path in others if not path.is_symlink() and b"(n_in + 1)" in path.read_bytes()]
    other = others[0].parent.parent.name if others else "aaa-right"
    (folder / "parameters.ipynb").symlink_to(f"../../{other}/parameters/parameters.ipynb")
    return False
