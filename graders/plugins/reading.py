"""Reads what students hand in: a file that is no notebook, or has another name, is graded as far as it goes."""

import base64
import contextlib
import filecmp
import functools
import hashlib
import itertools
import json
import math
import os
import re
import shutil
import stat
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from traitlets import Integer

from graders.course import is_linked, notebook_in
from graders.plugins.kinds import as_text, conflict_in, other_kind_of_file
from graders.plugins.nearly_json import Allowance, Found, RefusedError, decoded, documents_in, in_letters_of_windows
from graders.plugins.stubs import are_elsewhere, does_nothing, functions_in, functions_written_in, is_unwritten
from graders.plugins.times import INVALID_TIMESTAMP, TIMESTAMP, mend_timestamp
from graders.source import PLACEHOLDER

UNREADABLE = "unreadable_notebook"  # the key in nbconvert's resources that says why
MENDED = "mended"  # the key in a notebook's metadata of sentences on a file that was read in spite of what it is
MAX_MEGABYTES = 50
_ONE_AT_A_TIME = threading.Lock()  # what is read takes memory, and reading it keeps all threads waiting anyway
NAMES = "names"  # the key in a cell's metadata of what it was called, by nbgrader, by its format and by Colab
_MOST_CELLS = 10_000
_MOST_LOOKED_AT, _MOST_BESIDE = 10**6, 10**7  # bytes of a file that may hold answers, and of all of them
_WRITTEN = {".py", ".txt", ".md", ".html", ".htm", ".rtf", ".qmd", ".rmd"}  # by people, answers perhaps
_MOST_IMPORTS = 500  # lines of a notebook
_ARCHIVE = re.compile(r"\.(zip|rar|7z|tar|tgz|txz|tbz2?|(tar|ipynb)\.[a-z0-9]+)$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")

CHECKPOINTS = ".ipynb_checkpoints"
_KEPT_BY_PROGRAMS = {"__MACOSX", "__pycache__", "node_modules", "site-packages"}  # beside what begins with a dot
_MOST_NESTED = 50  # folders of programs in those of a submission that are moved one by one
MOST_REPLACED = 5  # links and the like of a submission that are named one by one
COPIED = ".copied"  # the file that says which notebook is a copy of another one, by what is in it
OUR_FILES = {COPIED, TIMESTAMP, INVALID_TIMESTAMP}  # read and written here as files; a student may have folders

WAS_A_LINK, WAS_NO_FILE, WAS_TOO_MUCH = "This was a link to ", "This was no plain file\n", "This was too much\n"
_REPLACED = {
    WAS_A_LINK: "The link {} was left out: hand in files.",
    WAS_NO_FILE: "{} was left out: it is no plain file.",
    WAS_TOO_MUCH: "{} was left out: files are too many or too large, or folders too deep.",
}
MOST_BYTES, MOST_FILES, MOST_LEVELS, LONGEST_PATH = 256 * 10**6, 1000, 100, 2000  # of a submission beside its notebooks
MOST_READ, MOST_NOTEBOOKS = 20, 100  # of a submission: those that are looked into, and those that stay beside it
MOST_OF_NOTEBOOKS = 2 * MAX_MEGABYTES * 10**6  # bytes of all notebooks of a submission that are looked at


class TolerantExporter(NotebookExporter):
    """An exporter that reads an unreadable notebook as an empty one with a note, so that it gets its 0 and its line."""

    max_megabytes = Integer(MAX_MEGABYTES, help="Larger notebooks are not read.").tag(config=True)

    def from_file(self, file_stream: IO[str], resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        """Reads what was handed in: an open file, or the better one beside it; see nbconvert's Exporter."""
        if not getattr(self.parent, "_sanitizing", True):  # nbgrader comes back with a notebook of ours
            return super().from_file(file_stream, resources=resources, **kw)
        notebook, note = read_tolerantly(best_notebook(Path(file_stream.name)), self.max_megabytes)
        if note:
            resources = {**(resources or {}), UNREADABLE: note}
        return self.from_notebook_node(notebook, resources=resources, **kw)


def read_tolerantly(
    path: Path, max_megabytes: int = MAX_MEGABYTES, allowance: Allowance | None = None
) -> tuple[NotebookNode, str | None]:
    """The notebook in a file; an empty one, and a sentence that says why, if there is none that can be read.

    Of a cell there is its type, its text, what it is called and what is attached to it; everything else is dropped.
    """
    try:
        with _ONE_AT_A_TIME:
            found, mended = _raw_cells_in(path, max_megabytes, allowance or Allowance())
            cells = [_cell(cell, number) for number, cell in enumerate(found) if isinstance(cell, dict)]
            del found
        return NotebookNode(cells=cells, metadata=NotebookNode({MENDED: mended}), nbformat=4, nbformat_minor=5), None
    except Exception as error:
        note = f"The notebook could not be read, so nothing in it was graded: {_reason(error)}."
        return nbformat.v4.new_notebook(), note


_HAS_CELLS, _HAS_TEXT = {"cells", "worksheets"}, {"source", "input"}
_CUT = "The file is cut off before its end; what is complete before that was graded."
_SEVERAL = "The file holds {} notebooks, one after the other; the one with the most answers was graded."
_START = "Something stands before the notebook in the file; it was left out."
_REST = "The file goes on after the notebook; what follows was left out."
_IN_ANOTHER_ENCODING = (
    "The file is not in UTF-8, as Jupyter saves it; letters with accents may not be those that you wrote."
)


def outputs_handed_in(path: Path, max_megabytes: int = MAX_MEGABYTES) -> dict[str, list[list]]:
    """What the code cells of a notebook showed when it was handed in, by their text; several where a text is repeated.

    The outputs are what the file says, of whatever shape. Nothing is there for a notebook that cannot be read.
    """
    found: dict[str, list[list]] = {}
    with contextlib.suppress(Exception), _ONE_AT_A_TIME:
        for cell in _raw_cells_in(path, max_megabytes, Allowance())[0]:
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                outputs = cell.get("outputs")
                found.setdefault(text_of(text_in(cell)).strip(), []).append(
                    outputs if isinstance(outputs, list) else []
                )
    return found


def _raw_cells_in(path: Path, max_megabytes: int, allowance: Allowance) -> tuple[list, list[str]]:
    """The cells as they are in the file, of whatever shape, and sentences on how they were found."""
    if not path.is_file():  # whoever opens a pipe waits for ever
        raise FileNotFoundError("no plain file")
    size = path.stat().st_size / 1e6
    if size > max_megabytes:
        raise allowance.exceeded(f"it has {size:.0f} MB and the limit is {max_megabytes} MB")
    with path.open("rb") as file:
        written = file.read(int(max_megabytes * 1e6) + 1)
    if kind := other_kind_of_file(written):
        raise RefusedError(kind)
    texts, is_as_promised = decoded(written)
    try:
        found = documents_in(*texts, allowance=allowance)
    except json.JSONDecodeError:
        if not is_as_promised:
            written.decode(json.detect_encoding(written))  # says that it is no text
        raise
    cells, mended = _best_cells(found, allowance)
    if len(cells) > _MOST_CELLS:
        raise allowance.exceeded(f"it has {len(cells)} cells and the limit is {_MOST_CELLS} cells")
    return cells, mended if is_as_promised else [*mended, _IN_ANOTHER_ENCODING]


def _best_cells(found: Found, allowance: Allowance) -> tuple[list, list[str]]:
    """The cells of the document that has the most answers, the last of several; and what is to be said of it."""
    documents = [_unwrapped(one, allowance) for one in found.documents]
    has_cells = [isinstance(one, dict) and bool(one.keys() & _HAS_CELLS) for one in documents]
    if not any(has_cells):
        _cells_of(documents[0])  # says why not
    notebooks = [_cells_of(one) for one, has in zip(documents, has_cells, strict=True) if has]
    start = [_START] * (found.has_start or not has_cells[0])
    if found.is_cut:  # the text of the last cell may be missing, and without it a name says nothing
        whole = [cell for cell in notebooks[-1] if not isinstance(cell, dict) or cell.keys() & _HAS_TEXT]
        return whole, [_CUT, *start]
    best = min(reversed(notebooks), key=_unwritten_in)
    differ = any([_essence(cell) for cell in one] != [_essence(cell) for cell in best] for one in notebooks)
    rest = found.has_rest or not all(has_cells[has_cells.index(True) :])
    return best, [_SEVERAL.format(len(notebooks))] * differ + [_REST] * rest + start


def _unwrapped(document: Any, allowance: Allowance) -> Any:
    """What scripts and Jupyter's own interface put a notebook into: a list of one, a text, an answer with a content."""
    for _ in range(3):
        if isinstance(document, str):
            document = documents_in(document, allowance=allowance).documents[0]
        elif isinstance(document, list) and len(document) == 1:
            document = document[0]
        elif isinstance(document, dict) and not document.keys() & _HAS_CELLS and "content" in document:
            document = document["content"]
    return document


def _cells_of(document: Any) -> list:
    """The cells of a notebook, also of the format before 4."""
    if "cells" in document:
        cells = document["cells"]
        return list(cells.values()) if isinstance(cells, dict) else cells
    return [cell for sheet in document["worksheets"] for cell in sheet["cells"]]


def text_in(cell: dict) -> object:
    """The text of a cell as the file has it; of a notebook of the format before 4 the text of code is called input."""
    return cell.get("source", cell.get("input"))


def _essence(cell: object) -> object:
    return (cell.get("cell_type"), text_of(text_in(cell))) if isinstance(cell, dict) else None


def _unwritten_in(cells: list) -> int:
    texts = [text_of(text_in(cell)) for cell in cells if isinstance(cell, dict)]
    written = functions_written_in(*texts)
    return sum(is_unwritten(text) and not are_elsewhere(functions_in(text), written) for text in texts)


def _cell(cell: dict, number: int) -> NotebookNode:
    """What is needed of a cell, in the shape that it should have; its names are metadata, as others may have them."""
    kind = {"code": "code", "markdown": "markdown", "heading": "markdown"}.get(str(cell.get("cell_type")), "raw")
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    grade_id = nbgrader.get("grade_id")
    made = NotebookNode(cell_type=kind, id=f"cell-{number}", source=text_of(text_in(cell)))
    # Colab keeps the cell id in the metadata
    names = [name for name in (grade_id, cell.get("id"), metadata.get("id")) if isinstance(name, str)]
    made.metadata = NotebookNode({NAMES: names, "graded": grade_id is not None})
    made.metadata.is_answer = nbgrader.get("solution") is True
    if kind == "code":
        made.outputs, made.execution_count = [], None
    if pictures := _pictures(cell.get("attachments")):
        made.attachments = pictures
    return made


def text_of(source: object) -> str:
    """The text of a cell, with plain line ends; half characters, which no file could hold, are replaced."""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        source = ("" if any(line.endswith(("\n", "\r")) for line in lines[:-1]) else "\n").join(lines)
    text = source if isinstance(source, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    """The pictures that are attached to a cell, by name and kind; all in base 64, as pages have them."""
    if not isinstance(attachments, dict):
        return {}
    kept = {text_of(name): bundle for name, bundle in attachments.items() if isinstance(bundle, dict)}
    return {
        name: {
            text_of(kind): text
            for kind, data in bundle.items()
            if kind.startswith("image/") and (text := _in_base_64(data))
        }
        for name, bundle in kept.items()
    }


def _in_base_64(data: object) -> str:
    if isinstance(data, list):
        data = "".join(line for line in data if isinstance(line, str))
    data = text_of(data)
    return base64.b64encode(data.encode()).decode() if data.lstrip().startswith("<") else data


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        if not error.doc.strip():
            return "the file is empty"
        if error.doc.startswith(tuple(_REPLACED)):
            return "it was no file"
        if error.doc.lstrip().startswith("<") and not error.doc.startswith("<<<"):
            return "it is a web page: hand in the notebook itself"
        if line := conflict_in(error.doc):
            return f"it has the marks of a merge conflict in line {line}: decide there which side is right"
        return f"it is not JSON (line {error.lineno}, column {error.colno})"
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8: save it in Jupyter"
    if isinstance(error, RefusedError):
        return str(error)
    return f"it is not a Jupyter notebook ({type(error).__name__})"


# --- which of several notebooks ---------------------------------------------------------------------------------------


def best_notebook(notebook: Path) -> Path:
    """The notebook that is to be graded: another one in the folder, if it is the same assignment with more answers."""
    states = _states_of([notebook, *_others(notebook)])
    own = states.pop(notebook).state
    others = [(path, one.state) for path, one in states.items() if one.state and _is_same_assignment(own, one.state)]
    tasks = _tasks_of([own, *(state for _, state in others)])
    best, answers_left = notebook, own.left(tasks) if own else _MOST_CELLS
    for other, state in others:
        if state.left(tasks) < answers_left:
            best, answers_left = other, state.left(tasks)
    return best


def _others(notebook: Path) -> list[Path]:
    return [path for path in candidates_in(notebook.parent) if path != notebook]


def candidates_in(folder: Path) -> list[Path]:
    """The plain files that may be notebooks, whatever they are called and however deep they lie, the first twenty."""
    return _candidates_in(folder)[0]


def _candidates_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Those that are read, and those of a notebook's name that are not, since there are too many.

    First come those that nbgrader would find, that of the assignment's name before the others, then those whose name
    says what they are, as `.IPYNB` and `.ipynb.txt`. What begins with a dot is what programs keep; Jupyter's
    checkpoints count where there is nothing else. Each is read, so all that can be read have a size in all.
    """
    named, found = notebook_in(folder), []
    is_copied = _is_copy(named)  # it takes no other's place: what it is a copy of is looked at itself
    for path in itertools.islice(_files_in(folder), MOST_FILES):
        is_called_so, is_named = ".ipynb" in path.name.lower(), path == named
        if not (is_named and is_copied) and (path.suffix == ".ipynb" or is_called_so or _begins_as_json(path)):
            found.append((not is_named, path.parent != folder or path.suffix != ".ipynb", not is_called_so, path))
    checkpoints = folder / CHECKPOINTS
    is_empty = not found or (not is_copied and all(_is_copy(path) for *_, path in found))
    if is_empty and checkpoints.is_dir() and not checkpoints.is_symlink():
        found += [(True, True, False, path) for path in candidates_in(checkpoints)]
    left, kept, others = MOST_OF_NOTEBOOKS, [], []
    for number, (*_, is_called_otherwise, path) in enumerate(sorted(found)):
        size = 0 if _is_too_large(path) else path.stat().st_size  # which is not read
        if number < MOST_READ and size <= left:
            left -= size
            kept.append(path)
        elif not is_called_otherwise:
            others.append(path)
    return kept, others


def gradable_in(folder: Path) -> dict[Path, "_State | None"]:
    """Those of the candidates that nbgrader would take, whatever is in them, and those that can be read."""
    found = _states_of(candidates_in(folder)).items()
    return {path: one.state for path, one in found if one.state or (path.parent, path.suffix) == (folder, ".ipynb")}


def _files_in(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        for name in sorted(files):
            path = Path(place) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _begins_as_json(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open("rb") as file:
        return as_text(file.read(200)).lstrip("\ufeff \t\r\n").startswith("{")
    return False


@dataclass(frozen=True)
class _State:
    """What is in a notebook, as far as notebooks are compared: a number stands for each text.

    Attributes:
        texts: of its cells.
        names: of its cells.
        stubs: the functions that are to be written in each cell whose answer is still missing, by its name.
        blank: the names of cells that hold nothing.
        count: how many answers are missing, also where they have no names.
        graded: how many cells have the name of an assignment's.
        written: the functions and classes that are more than stubs, in whatever cell.
        missing: those of which there are stubs alone.
    """

    texts: frozenset[int]
    names: frozenset[int]
    stubs: dict[int, frozenset[str]]
    blank: frozenset[int]
    count: int
    graded: int
    written: frozenset[str]
    missing: frozenset[str]

    def left(self, tasks: dict[int, frozenset[str]]) -> int:
        """How many of some answers it lacks: cut off as it is, it may not even have their cells."""
        if not tasks.keys() & self.names:
            return self.count
        empty = (tasks.keys() & (self.stubs.keys() | self.blank)) | (tasks.keys() - self.names)
        return sum(not are_elsewhere(tasks[name], self.written) for name in empty)


def _tasks_of(states: Iterable[_State | None]) -> dict[int, frozenset[str]]:
    """The answers that some of several notebooks lack, by name, and the functions that each is to define."""
    tasks: dict[int, frozenset[str]] = {}
    for state in filter(None, states):
        for name, functions in state.stubs.items():
            tasks[name] = tasks.get(name, frozenset()) | functions
    return tasks


@dataclass(frozen=True)
class _Look:
    """What came of reading a file.

    Attributes:
        state: what is in it; None if no cells can be read.
        tokens: how many of the allowance are left.
        is_too_much: whether a limit was the reason.
    """

    state: _State | None
    tokens: int
    is_too_much: bool = False


def _states_of(paths: Iterable[Path]) -> dict[Path, _Look]:
    """What is in each file of a submission: all have one allowance, and where that is used up, what is JSON is read."""
    found, tokens = {}, Allowance().tokens
    for path in paths:
        found[path] = look = _look(path, tokens)
        tokens = max(0, look.tokens)
    return found


def _state(path: Path) -> _State | None:
    return _look(path, Allowance().tokens).state


def _look(path: Path, tokens: int) -> _Look:
    try:
        status = path.stat()
    except OSError:
        return _Look(None, tokens)
    return _look_at(path, tokens, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@functools.lru_cache(maxsize=1000)
def _look_at(path: Path, tokens: int, *_version: int) -> _Look:
    """Reads one version of a file: it is asked many times while a folder is prepared, graded and reported."""
    allowance = Allowance(tokens=tokens)
    notebook, note = read_tolerantly(path, MAX_MEGABYTES, allowance)
    state = None if note or not notebook.cells else _state_of(notebook.cells)
    return _Look(state, allowance.tokens, allowance.is_exceeded)


def _state_of(cells: list[NotebookNode]) -> _State:
    """What is in some cells; what was a stub until somebody emptied it, or made it `pass`, is still to be written."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    written = functions_written_in(*(one for one in code if not does_nothing(one)))
    names: set[int] = set()
    stubs, blank, count = {}, set(), 0
    for cell in cells:
        its_names = [hash(name) for name in cell.metadata[NAMES][:1]]
        names.update(its_names)
        is_blank = _says_nothing(cell)
        if is_blank:
            blank.update(its_names)
        if is_unwritten(cell.source) or cell.source.strip() == PLACEHOLDER or (is_blank and cell.metadata.is_answer):
            asked = functions_in(cell.source)
            count += not are_elsewhere(asked, written)
            stubs |= dict.fromkeys(its_names, asked)
    texts = frozenset(hash(cell.source.strip()) for cell in cells)
    graded = sum(cell.metadata.graded for cell in cells)
    missing = functions_in("\n".join(code)) - written
    return _State(texts, frozenset(names), stubs, frozenset(blank), count, graded, written, missing)


def _says_nothing(cell: NotebookNode) -> bool:
    return does_nothing(cell.source) if cell.cell_type == "code" else not cell.source.strip()


def texts_of(path: Path) -> frozenset[int] | None:
    """A number for the text of each cell in a file; None where it holds no notebook that can be read."""
    return state.texts if (state := _state(path)) else None


def _is_same_assignment(own: _State | None, other: _State) -> bool:
    """Whether two notebooks have half of their cells in common; one that cannot be read may be any."""
    return own is None or 2 * len(own.texts & other.texts) >= len(own.texts)


# --- a submission's folder --------------------------------------------------------------------------------------------


def cannot_be_made_ready(error: OSError) -> str:
    """The sentence on a submission whose folder nobody could put in order; it costs no other."""
    return f"What was handed in cannot be prepared: {error}."


def receive_submission(assignment: str, student: str, notebooks: list[str]) -> None:
    """Nbgrader's ``pre_convert_hook``: prepares a submission's folder, and adds the notebook that it made.

    nbgrader goes on where its hook fails. Links would still be there then, and be followed: nothing is left to grade.
    """
    folder = Path(notebooks[0]).parent if notebooks else None
    try:
        made = make_ready(folder, assignment) if folder and not is_linked(folder) else None
    except Exception:
        notebooks.clear()
        raise
    notebooks[:] = [path for path in notebooks if os.path.lexists(path)]  # without those that have another name now
    if made and str(made) not in notebooks:
        notebooks.append(str(made))


def make_ready(folder: Path, assignment: str) -> Path | None:
    """Puts a submission's folder into a state that is safe to copy and to grade.

    Links become small text files, because nbgrader would copy what they point to, be it another submission. Names
    that are not in UTF-8 become text, because the gradebook and pages take no others. A
    submission without ``<assignment>.ipynb`` gets a copy of its best candidate: nbgrader finds notebooks by their name
    alone and drops a submission without the right one. What was handed in stays beside it, and the copy is made anew
    where that has changed. What lies beside the chosen one in a folder within comes to where it is graded.

    Returns:
        The notebook, if it was made.
    """
    leave_out_too_much(folder)
    rename_to_text(folder)
    replace_links(folder)
    mend_timestamp(folder)
    notebook = folder / f"{assignment}.ipynb"
    is_own = notebook.is_file() and not _is_copy(notebook)
    found = {} if is_own else gradable_in(folder)
    found.pop(notebook, None)
    if not is_own and not found:
        return None
    best = best_notebook(notebook) if is_own else max(found, key=lambda path: _names_and_answers(found[path]))
    if not is_own:
        _copy_notebook(best, notebook)
    _bring_up(best, folder)
    return None if is_own else notebook


def _copy_notebook(best: Path, notebook: Path) -> None:
    """Puts a copy where nbgrader looks, and records that it is one; copied anew, the same would look like a new one."""
    if notebook.is_file() and _is_same_file(best, notebook):
        return
    notebook.unlink(missing_ok=True)
    if _is_too_large(best):
        notebook.hardlink_to(best)  # it will not be read, and a copy could fill the disk
    else:
        shutil.copy2(best, notebook)
    (notebook.parent / COPIED).write_bytes(_mark(notebook))


def _bring_up(notebook: Path, folder: Path) -> None:
    """Moves what lies beside a notebook in a folder within, as an unpacked archive has it, to where it is graded.

    A file in its way goes to `<assignment>.left_out`: the notebook saw the one beside it. When something was handed in
    is never told by what lies deeper.
    """
    if notebook.parent in (folder, folder / CHECKPOINTS):
        return
    for path in sorted(notebook.parent.iterdir()):
        target = folder / path.name
        is_none_of_its = path == notebook or path.name.startswith((".", "__MACOSX")) or ".ipynb" in path.name.lower()
        if is_none_of_its or path.name in OUR_FILES or target.is_dir():
            continue
        with contextlib.suppress(OSError):  # where it cannot be moved, the notebook is graded without it
            if target.exists():
                move_out(target, folder)
            path.rename(target)


def _is_copy(notebook: Path) -> bool:
    """Whether `make_ready` made a notebook, and nobody has changed it since."""
    record = notebook.parent / COPIED
    return record.is_file() and notebook.is_file() and record.read_bytes() == _mark(notebook)


def _mark(notebook: Path) -> bytes:
    """What tells a copy that nobody has changed or replaced: no time, of which archives keep seconds alone, or nothing.

    What is too large to be read is told by its size.
    """
    if _is_too_large(notebook):
        return str(notebook.stat().st_size).encode()
    with notebook.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode()


def leave_out_too_much(folder: Path) -> None:
    """Moves what nobody could copy to `<assignment>.left_out` beside a submission, and puts a text file in its place.

    A file with holes takes no space until it is copied, whatever its size, and a folder can be deeper than any path.
    What lies in the folder goes or stays as a whole, in the order of its names, but that what programs keep for
    themselves comes last, and goes first where it lies within. A hundred notebooks stay: nothing copies or reads one
    before it has looked at its size. A folder that is called as one, or as the time, loses the ending, or goes.
    """
    _leave_out_further_notebooks(folder)
    size, files = _extent(folder)
    nested = _kept_by_programs_in(folder) if size > MOST_BYTES or files > MOST_FILES else []
    for path in nested[:_MOST_NESTED]:  # of thousands, what holds them goes as a whole
        move_out(path, folder)
        path.write_text(WAS_TOO_MUCH, encoding="utf-8")
    left_bytes, left_files, is_full = MOST_BYTES, MOST_FILES, False
    for path in sorted(
        folder.iterdir(), key=lambda path: (path.name not in OUR_FILES, _is_kept_by_programs(path), path)
    ):
        is_folder = path.is_dir() and not path.is_symlink()
        if path.suffix == ".ipynb" and not is_folder:
            continue
        size, files = _extent(path)
        is_named_wrongly = is_folder and _is_name_of_a_file(path)
        plain = path.with_suffix("")
        can_be_plain = not (_is_name_of_a_file(plain) or os.path.lexists(plain))
        if path.suffix == ".ipynb" and 1 < files < math.inf and can_be_plain:
            path, is_named_wrongly = path.rename(plain), False  # as unpacking a.ipynb.zip makes it
        if not is_named_wrongly and size <= left_bytes and files <= left_files:
            left_bytes, left_files = left_bytes - size, left_files - files
            continue
        move_out(path, folder)
        if not is_full:  # of ten thousand small files the first is named
            text = WAS_NO_FILE if is_named_wrongly else WAS_TOO_MUCH
            path.write_text(text, encoding="utf-8")
        is_full = left_files == 0


def _leave_out_further_notebooks(folder: Path) -> None:
    """Moves notebooks beyond those of a whole course: nbgrader compares the name of each with those of all others."""
    found = [path for path in folder.glob("*.ipynb") if path.is_symlink() or not path.is_dir()]
    found.sort(key=lambda path: (path != notebook_in(folder), path.name.startswith("."), path))
    if further := found[MOST_NOTEBOOKS:]:
        target = _free_place(_place_beside(folder), "notebooks")
        target.mkdir()
        for path in further:
            path.rename(target / path.name)
        _free_place(folder, "the rest of the notebooks").write_text(WAS_TOO_MUCH, encoding="utf-8")


def _is_kept_by_programs(path: Path) -> bool:
    """Whether it is no work of a student's, though it may be large: repositories, environments, caches."""
    is_environment = (path / "pyvenv.cfg").is_file() or (path / "conda-meta").is_dir()
    return path.name.startswith(".") or path.name in _KEPT_BY_PROGRAMS or is_environment


def _kept_by_programs_in(folder: Path) -> list[Path]:
    """Folders that programs keep in what was unpacked into a folder, a few levels deep."""
    found: list[Path] = []
    for place, folders, _ in os.walk(folder):
        paths = [Path(place, name) for name in folders]
        kept = [path for path in paths if _is_kept_by_programs(path) and not path.is_symlink()]
        level = len(Path(place).relative_to(folder).parts)
        found += kept if level else []
        folders[:] = [] if level > 2 else [path.name for path in paths if path not in kept]
    return found


def _is_name_of_a_file(path: Path) -> bool:
    return path.suffix == ".ipynb" or path.name in OUR_FILES


def _extent(path: Path) -> tuple[float, float]:
    """The bytes and the number of what lies at a path, or infinities for what is beyond the limits anyway."""
    size, files, waiting = 0, 0, [(str(path), 0)]
    while waiting:
        place, level = waiting.pop()
        if files > MOST_FILES or level > MOST_LEVELS or len(os.fsencode(place)) > len(str(path.parent)) + LONGEST_PATH:
            return math.inf, math.inf
        status = os.lstat(place)
        size, files = size + status.st_size, files + 1
        if stat.S_ISDIR(status.st_mode):
            with contextlib.suppress(OSError), os.scandir(place) as entries:
                inside = [(entry.path, level + 1) for entry in itertools.islice(entries, MOST_FILES + 1)]
                waiting += inside
    return size, files


def move_out(path: Path, folder: Path) -> None:
    """Moves something of a submission to where nobody grades it."""
    path.rename(_free_place(_place_beside(folder), path.name))


def _place_beside(folder: Path) -> Path:
    target = folder.with_name(f"{folder.name}.left_out")
    target.mkdir(exist_ok=True)
    return target


def _free_place(folder: Path, name: str) -> Path:
    names = (f"{_start_of(name)}.{number}" if number else name for number in itertools.count())
    return next(place for name in names if not os.path.lexists(place := folder / name))


def rename_to_text(folder: Path) -> None:
    """Gives what has a name that is not in UTF-8, as in archives of other machines, the name that Windows reads."""
    for place, folders, files in os.walk(folder, topdown=False):
        for name in [*folders, *files]:
            text = in_letters_of_windows(name)
            if text != name:
                path = Path(place, name)
                path.rename(_free_place(path.parent, text if len(os.fsencode(text)) < 256 else _start_of(text)))


def _start_of(name: str) -> str:
    """As much of a name as leaves room for a number: names end at 255 bytes, and a letter may have four."""
    return os.fsencode(name)[:200].decode("utf-8", "ignore")


def replace_links(folder: Path) -> None:
    """Puts a text file that says where it pointed in the place of each link, and of all that is no plain file."""
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(place) / name
            if path.is_symlink():
                text = f"{WAS_A_LINK}{path.readlink()}\n"
            elif not path.is_file() and not path.is_dir():
                text = WAS_NO_FILE
            else:
                continue
            path.unlink()
            path.write_text(text, encoding="utf-8", errors="replace")


def _replaced_in(folder: Path) -> list[str]:
    """Sentences on the files that `replace_links` has put in the place of something else, on some of many."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 5000:
            start = path.read_bytes()[:40].decode(errors="replace")
            found += [
                sentence.format(_within(folder, path)) for was, sentence in _REPLACED.items() if start.startswith(was)
            ]
    more = len(found) - MOST_REPLACED
    return found[:MOST_REPLACED] + ([f"{more} more of what was handed in was left out, too."] if more > 0 else [])


def notes_on(folder: Path, notebook: Path) -> list[str]:
    """What is to be said of the files of a submission, in sentences."""
    notes = _replaced_in(folder)
    best = best_notebook(notebook)
    origin = best if best != notebook else _original(notebook)
    if origin:
        notes.append(f"The notebook was handed in as {_within(folder, origin)}; it is graded as {notebook.name}.")
    found = _states_of([notebook, *_others(notebook)])
    states = {other: one.state for other, one in found.items()}
    graded = states[best]
    same = {other: state for other, state in states.items() if state and graded and _is_same_assignment(graded, state)}
    tasks = _tasks_of(same.values())  # as those that one was chosen by
    for other, state in same.items():
        if state != graded:
            why = (
                "of several notebooks the one with the most answers is graded."
                if state.left(tasks) > graded.left(tasks)
                else f"{_within(folder, origin or best)} has as many answers, and comes first; keep one of them."
            )
            notes.append(f"{_within(folder, other)} was left out: {why}")
    stopped = [path for path, one in found.items() if one.is_too_much and path not in (best, origin)]
    if unread := [path for path in stopped if ".ipynb" in path.name.lower()] + _candidates_in(folder)[1]:
        which = _within(folder, unread[0]) + (f" and {len(unread) - 1} more" if unread[1:] else "")
        notes.append(f"Beside the notebook that is graded is too much to be read: {which}. Hand in one notebook.")
    notes += _answers_beside(folder, best, graded)
    if (folder / INVALID_TIMESTAMP).is_file():
        notes.append(
            "timestamp.txt holds no time that is certain, such as 2027-03-01 17:59:00 UTC, "
            "so when the notebook was handed in is not known."
        )
    return notes


def _answers_beside(folder: Path, notebook: Path, state: _State | None) -> list[str]:
    """Sentences on files beside a notebook with stubs that nobody grades, though the answers may be in them."""
    if not state or not state.missing:
        return []
    notes: list[str] = []
    kept_with, left = _kept_with(folder), _MOST_BESIDE
    code = functools.cache(lambda: _code_of(notebook))  # hardly ever asked for
    files = [path for path in itertools.islice(_files_in(folder), MOST_FILES) if not kept_with(path)]
    for path in sorted(files, key=lambda path: (path.suffix not in _WRITTEN, path.stat().st_size)):  # data comes last
        if path.suffix == ".ipynb" or path.name in OUR_FILES:
            continue
        name, is_archive, written = _within(folder, path), _ARCHIVE.search(path.name), ""
        if not is_archive and left > 0:
            with path.open("rb") as file:
                held = file.read(_MOST_LOOKED_AT)
            left, written = left - len(held), _TAG.sub("", as_text(held))
        if not (is_archive or state.missing & functions_written_in(written)) or _is_read(path, *code()):
            continue
        notes.append(
            f"{name} was not opened: if answers are in it, hand it in unpacked."
            if is_archive
            else f"{name} has answers that the notebook lacks, and is not graded: write them into the notebook."
        )
    more = len(notes) - MOST_REPLACED
    return notes[:MOST_REPLACED] + ([f"{more} more files like these were not graded."] if more > 0 else [])


def _code_of(notebook: Path) -> tuple[str, list[set[str]]]:
    """The code of a notebook, as far as it is looked at, and the words of each line that imports something."""
    cells = read_tolerantly(notebook)[0].cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")[:_MOST_LOOKED_AT]
    lines = re.findall(r"^ *(?:from|import|%run)\b(.*)", code, re.MULTILINE)
    return code, [set(re.findall(r"\w+", unicodedata.normalize("NFC", line))) for line in lines[:_MOST_IMPORTS]]


def _is_read(path: Path, code: str, imported: list[set[str]]) -> bool:
    """Whether code names a file beside it, or imports it; names that macOS packs are not composed."""
    composed = path.with_name(unicodedata.normalize("NFC", path.name))
    words = set(re.findall(r"\w+", composed.stem) or [""])
    return path.name in code or composed.name in code or any(words <= line for line in imported)


def _is_too_large(notebook: Path) -> bool:
    return notebook.stat().st_size > MAX_MEGABYTES * 10**6


def _original(notebook: Path) -> Path | None:
    """What was handed in, if `make_ready` made the notebook a copy of it."""
    return next((other for other in _others(notebook) if _is_same_file(other, notebook)), None)


def _is_same_file(one: Path, other: Path) -> bool:
    """Whether two notebooks are the same, byte by byte; those that are too large to be read are not compared."""
    return one.samefile(other) or (not _is_too_large(one) and filecmp.cmp(one, other, shallow=False))


def _within(folder: Path, path: Path) -> str:
    """The name of a file in a submission."""
    return str(path.relative_to(folder)).encode("utf-8", "replace").decode()


def _names_and_answers(state: _State | None) -> tuple[int, int]:
    """How many cells have the name of an assignment's, and how few answers are to be written."""
    return (state.graded, -state.count) if state else (-1, 0)


def read_files(folder: Path, max_bytes: int) -> tuple[dict[str, bytes], list[str]]:
    """The files of a submission that its notebook may read, and a sentence for each thing that is left out.

    Notebooks stay outside, because the one that is graded holds the hidden tests. So do links, and whatever is no file.
    What programs keep for themselves comes last, and has one sentence.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    total = 0
    kept_with = _kept_with(folder)
    for kept, path in sorted((kept_with(path), path) for path in folder.rglob("*")):  # which enters no link
        name = _within(folder, path)
        if path.is_symlink():
            notes.append(f"The link {name} was left out: hand in files.")
        elif len(name.encode()) > LONGEST_PATH or name != str(path.relative_to(folder)):
            notes.append(f"{name[:100]} was left out: no notebook could use its name.")
        elif path.is_dir() or path.suffix == ".ipynb":
            continue
        elif not path.is_file():
            notes.append(f"{name} was left out: it is no plain file.")
        elif total + path.stat().st_size > max_bytes:
            notes.append(f"{kept or name} was left out: the folder may hold {max_bytes // 2**20} MB.")
        else:
            total += path.stat().st_size
            files[name] = path.read_bytes()
    return files, list(dict.fromkeys(notes))


def _kept_with(folder: Path) -> Callable[[Path], str]:
    """Says what programs keep of which something in a folder is part, the outermost; empty if there is none."""

    @functools.cache  # each folder is looked at once, however many files are below it
    def kept_with(path: Path) -> str:
        if path == folder:
            return ""
        return kept_with(path.parent) or (_within(folder, path) if _is_kept_by_programs(path) else "")

    return kept_with
