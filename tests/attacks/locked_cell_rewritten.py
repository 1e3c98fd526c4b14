"""Hides an attack on the tests in the locked first cell, which imports the libraries. The original must be run."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)changed|original"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds a transformer that deletes asserts to the locked cell."""
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.source += (
        "\nimport ast\n\n\nclass Nothing(ast.NodeTransformer):\n    def visit_Module(self, node):\n"
        "        node.body = []\n        return node\n\n\nget_ipython().ast_transformers.append(Nothing())\n"
    )
