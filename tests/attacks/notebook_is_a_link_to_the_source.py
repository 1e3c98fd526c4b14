"""Hands in a link to the source notebook, which holds all answers. It must not be graded as the student's own."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)link|no notebook"


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Makes the link in place of the notebook."""
    (folder / "parameters.ipynb").symlink_to("../../../source/parameters/parameters.ipynb")
    return False
