"""What students hand in by accident: broken submissions, made from right ones, whose points and notes are known."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode


@dataclass(frozen=True)
class Accident:
    """A broken submission: how to break a right one, what it must get, and a word of the note that must say so.

    Attributes:
        points: the points it gets, given the assignment and its points by slug.
        note: a part of the sentence in the table and the feedback; None where nothing is to be said.
    """

    make: Callable[[NotebookNode, Path], None]
    points: Callable[[dict[str, int]], int]
    note: str | None


def _solutions(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def _save(notebook: NotebookNode, path: Path) -> None:
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _accident(points: Callable[[dict[str, int]], int], note: str | None) -> Callable:
    def register(make: Callable[[NotebookNode, Path], None]) -> Callable:
        ACCIDENTS[make.__name__.strip("_").replace("_", "-")] = Accident(make, points, note)
        return make

    return register


ACCIDENTS: dict[str, Accident] = {}


def _nothing(points: dict[str, int]) -> int:
    return 0


def _everything(points: dict[str, int]) -> int:
    return sum(points.values())


def _all_but_the_first(points: dict[str, int]) -> int:
    return sum(points.values()) - next(iter(points.values()))


def _only_the_first(points: dict[str, int]) -> int:
    return next(iter(points.values()))


@_accident(_nothing, "not JSON")
def _invalid_json(notebook: NotebookNode, path: Path) -> None:
    path.write_text(json.dumps(notebook).replace("[", "(", 1), encoding="utf-8")


@_accident(_everything, "cut off")
def _cut_off(notebook: NotebookNode, path: Path) -> None:
    path.write_text(json.dumps(notebook)[:-20], encoding="utf-8")


@_accident(_everything, "not in UTF-8")
def _saved_by_windows(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[0].source += "\n# für die Schüler"
    path.write_bytes(json.dumps(notebook, ensure_ascii=False).encode("cp1252", "replace"))


@_accident(_all_but_the_first, "U+00A0 (no-break space)")
def _pasted_from_a_page(notebook: NotebookNode, path: Path) -> None:
    first = _solutions(notebook)[0]
    first.source = first.source.replace(" ", "\u00a0")
    _save(notebook, path)


@_accident(_nothing, "the file is empty")
def _empty_file(notebook: NotebookNode, path: Path) -> None:
    path.write_bytes(b"")


@_accident(_nothing, "not text in UTF-8")
def _binary_file(notebook: NotebookNode, path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 50)


@_accident(_nothing, "not a Jupyter notebook")
def _other_json(notebook: NotebookNode, path: Path) -> None:
    path.write_text('["no", "notebook"]', encoding="utf-8")


@_accident(_nothing, "none of the cells of this assignment")
def _another_notebook(notebook: NotebookNode, path: Path) -> None:
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1", id="mine")])
    _save(other, path)


@_accident(_everything, "handed in as Untitled (1).ipynb")
def _renamed_notebook(notebook: NotebookNode, path: Path) -> None:
    _save(notebook, path.with_name("Untitled (1).ipynb"))


@_accident(_all_but_the_first, "was missing")
def _deleted_cells(notebook: NotebookNode, path: Path) -> None:
    gone = {_solutions(notebook)[0].id, _tests(notebook)[-1].id}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    _save(notebook, path)


@_accident(_everything, "was there 2 times")
def _duplicated_cells(notebook: NotebookNode, path: Path) -> None:
    solution, test = _solutions(notebook)[0], _tests(notebook)[0]
    draft = copy.deepcopy(solution)
    draft.source = "draft = 1  # an earlier attempt, left in a copy of the cell"
    notebook.cells.insert(notebook.cells.index(solution), draft)
    notebook.cells.insert(notebook.cells.index(test), copy.deepcopy(test))
    _save(notebook, path)


@_accident(_everything, "another order")
def _reordered_cells(notebook: NotebookNode, path: Path) -> None:
    notebook.cells = notebook.cells[:2] + notebook.cells[:1:-1]
    _save(notebook, path)


@_accident(_all_but_the_first, "had been changed")
def _edited_test_cells(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[0].source = "pass"
    _tests(notebook)[0].source = "assert True"
    _tests(notebook)[1].source = "assert False"
    _save(notebook, path)


@_accident(_everything, None)
def _edited_metadata(notebook: NotebookNode, path: Path) -> None:
    for cell in _tests(notebook):
        cell.metadata.nbgrader.points = 1000
        cell.metadata.tags = ["skip-execution"]
    for cell in _solutions(notebook):
        cell.metadata.nbgrader.grade = True
        cell.metadata.nbgrader.schema_version = 1
    _save(notebook, path)


@_accident(_everything, None)
def _other_kernel_name(notebook: NotebookNode, path: Path) -> None:
    notebook.metadata.kernelspec = {"name": "conda-env-euclid-py", "display_name": "Euclid", "language": "python"}
    _save(notebook, path)


@_accident(_everything, None)
def _without_metadata(notebook: NotebookNode, path: Path) -> None:
    for cell in notebook.cells:
        cell.metadata = {}
    _save(notebook, path)


@_accident(_all_but_the_first, None)
def _syntax_error(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[0].source = "def broken(:\n    return 1"
    _save(notebook, path)


@_accident(_everything, "was dropped")
def _huge_output(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[0].source += '\n\nprint("spam " * 4_000_000)\nfor i in range(20_000):\n    print(i)'
    _save(notebook, path)


@_accident(_all_but_the_first, "was stopped")
def _endless_loop(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[0].source = "while True:\n    pass"
    _save(notebook, path)


@_accident(_only_the_first, "could not be stopped")
def _loop_that_cannot_be_stopped(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[
        1
    ].source = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    _save(notebook, path)


@_accident(_only_the_first, "ended itself")
def _killed_kernel(notebook: NotebookNode, path: Path) -> None:
    _solutions(notebook)[1].source = "import os\n\nos._exit(1)"
    _save(notebook, path)


@_accident(_nothing, "limit is")
def _very_large_file(notebook: NotebookNode, path: Path) -> None:
    notebook.cells.append(nbformat.v4.new_markdown_cell("x" * 60_000_000, id="large"))
    _save(notebook, path)
