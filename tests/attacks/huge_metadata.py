"""Carries 45 MB of metadata in the notebook and its cells, just under the limit. It must be dropped."""

from pathlib import Path

from nbformat import NotebookNode


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds widget states, which are kept at times, and made-up keys."""
    state = {f"model-{number}": {"state": {"value": "x" * 1000}} for number in range(20_000)}
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2, "version_minor": 0}
    }
    for cell in notebook.cells[:5]:
        cell.metadata["mine"] = "y" * 4_000_000
