"""Makes its own answer cell a graded one worth all points, and turns off the tests. It must get 0."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
25
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Swaps the flags of answers and tests."""
    for cell in notebook.cells:
        flags = cell.metadata.get("nbgrader", {})
        if flags.get("solution"):
            flags.update(grade=True, points=25, locked=False)
        elif flags.get("grade"):
            flags.update(grade=False, solution=False, locked=False)
            flags.pop("points")
