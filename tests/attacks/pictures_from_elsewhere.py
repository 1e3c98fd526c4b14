"""Shows pictures that are fetched from elsewhere, from whoever opens the page. They must not be; it is graded."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

RIGHT = True
POINTS = 25

CODE = r"""
from IPython.display import HTML, Image, Markdown, display

display(HTML("<img src=https://tracker.example/a.png><img srcset='https://tracker.example/a 1x'>"))
display(HTML("<p style='background: url(https://tracker.example)'><link rel=stylesheet href=//tracker.example>"))
display(HTML("<svg><image href='https://tracker.example/a'/></svg><video poster=//tracker.example></video>"))
display(Markdown("![a](https://tracker.example/a.png) ![b](/hub/logout)"))
display(Image(url="https://tracker.example/a.png"))
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Adds cells with more of them, and one whose picture is not there."""
    text = "![a](https://tracker.example/a.png) <img src=/hub/logout> ![b](attachment:gone.png)"
    notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    attached = {"dot.png": {"image/png' src='https://tracker.example": "AA=="}}
    notebook.cells.append(nbformat.v4.new_markdown_cell("![c](attachment:dot.png)", attachments=attached))
