"""Hands in files whose names break paths, shells and tables. They must cost nothing, and reach no other folder."""

import os
from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the files."""
    names = ["..\\..\\..\\x.txt", "-rf", "~", "a\nb.txt", "$(touch x)", "'; drop table grade; --", "=1+1.csv"]
    names += ["\x1b[2J", "n" * 255, "...", "%2e%2e%2fx", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}.html", " "]
    for name in names:
        (folder / name).write_text("x", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).write_text("x", encoding="utf-8")
    deep = folder
    for _ in range(60):
        deep = deep / "deeper-and-deeper"
    deep.mkdir(parents=True)
