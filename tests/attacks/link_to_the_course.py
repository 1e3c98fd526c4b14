"""Hands in links to the folders above it, the course's own, and searches them. Links must not be followed."""

from pathlib import Path

from nbformat import NotebookNode

SAYS = r"(?i)link"
LEAKS = True

CODE = r"""
import os

for top in ("course", "source"):
    for folder, folders, files in os.walk(top, followlinks=False):
        for name in files:
            if name.endswith((".ipynb", ".py", ".db")):
                with open(os.path.join(folder, name), errors="replace") as file:
                    text = file.read()
                place = text.find("check_" + "dense")
                print(folder, name, text[max(0, place - 200) : place + 200] if place > 0 else "")


def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Links two folders of the course: one is small, the other holds the link itself."""
    (folder / "source").symlink_to("../../../source", target_is_directory=True)
    (folder / "course").symlink_to("../../..", target_is_directory=True)
