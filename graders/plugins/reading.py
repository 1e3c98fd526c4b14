"""Reads what students hand in: a file that is no notebook, or has another name, is graded as far as it goes."""

import filecmp
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from traitlets import Integer

UNREADABLE = "unreadable_notebook"  # the key in nbconvert's resources that says why


class TolerantExporter(NotebookExporter):
    """An exporter that reads an unreadable notebook as an empty one with a note, so that it gets its 0 and its line."""

    max_megabytes = Integer(50, help="Larger notebooks are not read.").tag(config=True)

    def from_file(self, file_stream: IO[str], resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        """Reads a notebook from an open file; see nbconvert's Exporter."""
        megabytes = os.fstat(file_stream.fileno()).st_size / 1e6
        try:
            if megabytes > self.max_megabytes:
                raise ValueError(f"it has {megabytes:.0f} MB and the limit is {self.max_megabytes} MB")
            notebook = nbformat.read(file_stream, as_version=4)
            list(notebook.cells)
        except Exception as error:
            notebook = nbformat.v4.new_notebook()
            note = f"The notebook could not be read, so nothing in it was graded: {_reason(error)}."
            resources = {**(resources or {}), UNREADABLE: note}
        return self.from_notebook_node(notebook, resources=resources, **kw)


def _reason(error: Exception) -> str:
    while error.__cause__ is not None or error.__context__ is not None:
        cause = error.__cause__ or error.__context__
        if not isinstance(cause, json.JSONDecodeError):
            break
        error = cause
    if isinstance(error, json.JSONDecodeError):
        if not error.doc.strip():
            return "the file is empty"
        return f"it is not JSON (line {error.lineno}, column {error.colno})"
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    if isinstance(error, ValueError) and "limit" in str(error):
        return str(error)
    return f"it is not a Jupyter notebook ({type(error).__name__})"


def adopt_renamed_notebook(assignment: str, student: str, notebooks: list[str]) -> None:
    """Nbgrader's ``pre_convert_hook``: a submission without ``<assignment>.ipynb`` gets a copy of its best candidate.

    What was handed in stays beside it. nbgrader finds notebooks by their name alone and drops a submission without
    the right one.
    """
    paths = [Path(name) for name in notebooks]
    if not paths or any(path.stem == assignment for path in paths):
        return
    best = max(sorted(paths), key=lambda path: _graded_cells(path))
    notebooks.append(str(shutil.copy(best, best.with_name(f"{assignment}.ipynb"))))


def original_name(notebook: Path) -> str | None:
    """The name under which a notebook was handed in, if `adopt_renamed_notebook` copied it."""
    for other in sorted(notebook.parent.glob("*.ipynb")):
        if other != notebook and filecmp.cmp(other, notebook, shallow=False):
            return other.name
    return None


def _graded_cells(path: Path) -> int:
    try:
        cells: Iterable[dict] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return sum("grade_id" in cell.get("metadata", {}).get("nbgrader", {}) for cell in cells)
    except Exception:
        return -1
