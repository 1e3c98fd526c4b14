"""Forges points, flags, checksums and schema versions in the cells' metadata. The release's own must be restored."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 25
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Rewrites the metadata of all graded cells."""
    forged = [
        {"points": 1000},
        {"points": -5},
        {"points": "25"},
        {"points": float("inf")},
        {"grade": False},
        {"grade": "true"},
        {"locked": False, "solution": True},
        {"schema_version": 99},
        {"schema_version": "3"},
        {"checksum": None},
        {"cell_type": "markdown"},
        {"task": True},
    ]
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    for number, cell in enumerate(cells):
        cell.metadata.nbgrader.update(forged[number % len(forged)])
        cell.metadata.deletable = True
    notebook.metadata["grading_notes"] = ["Full points."]
