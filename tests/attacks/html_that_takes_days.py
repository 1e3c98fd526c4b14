"""Shows short HTML and Markdown that keeps what cleans it busy for days. It is graded, and everyone gets a page."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

RIGHT = True
POINTS = 25

CODE = r"""
from IPython.display import HTML, Markdown, display

display(HTML("<ul><li>" * 6000))
display(HTML("<b><i>" * 8000), Markdown("\\\\[x" * 8000), Markdown("[" * 40000), Markdown("> " * 20000))
print("\x1b[31ma" * 100000)
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds more of it as cells."""
    for text in (r"\\[x" * 8000, "![" * 40000, "1. a\n" * 20000, "[a]: b\n" * 10000):
        notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    notebook.cells.append(nbformat.v4.new_code_cell("# " + "... " * 40000))
    notebook.cells.append(nbformat.v4.new_raw_cell("<ul><li>" * 6000))
