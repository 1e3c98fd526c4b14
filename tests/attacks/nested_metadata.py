"""Hides metadata nested 900 deep in an answer, which JSON still reads but copies may not. It must cost no one else."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> bool:
    """Writes the file by hand, for Python's own writer stops before."""
    import json

    text = json.dumps(notebook)
    deep = '{"a":' * 900 + "1" + "}" * 900
    first = text.index('"metadata": {') + len('"metadata": {')
    text = f'{text[:first]}"deep": {deep}, {text[first:]}'.replace(", }", "}")
    (folder / "parameters.ipynb").write_text(text, encoding="utf-8")
    return False
