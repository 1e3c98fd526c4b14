"""Reads what students hand in: a file that is no notebook, or has another name, is graded as far as it goes."""

import codecs
import datetime
import email.utils
import filecmp
import json
import os
import re
import shutil
import stat
import zoneinfo
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from traitlets import Integer

UNREADABLE = "unreadable_notebook"  # the key in nbconvert's resources that says why
MAX_MEGABYTES = 50

INVALID_TIMESTAMP = "timestamp.invalid.txt"
# Zones of one meaning, and their hours ahead of UTC; IST, BST, PST and the like have several.
_HOURS = {"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3}
_ZONE = re.compile(r" ?(?<![A-Za-z])([A-Z]{2,5}([+-]\d{1,2}(:?\d\d)?)?|[A-Z][A-Za-z_]+/[A-Za-z_/]+)$")
_MAIL = re.compile(r"[A-Z][a-z]{2}, \d")
_AS_NBGRADER = re.compile(rb"\s*\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?( UTC)?\s*")

_REPLACED = {
    "This was a link": "The link {} was left out: hand in files.",
    "This was no plain file": "{} was left out.",
}


class TolerantExporter(NotebookExporter):
    """An exporter that reads an unreadable notebook as an empty one with a note, so that it gets its 0 and its line."""

    max_megabytes = Integer(MAX_MEGABYTES, help="Larger notebooks are not read.").tag(config=True)

    def from_file(self, file_stream: IO[str], resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        """Reads a notebook from an open file; see nbconvert's Exporter."""
        notebook, note = read_tolerantly(file_stream, self.max_megabytes)
        if note:
            resources = {**(resources or {}), UNREADABLE: note}
        return self.from_notebook_node(notebook, resources=resources, **kw)


def read_tolerantly(stream: IO[str], max_megabytes: int = MAX_MEGABYTES) -> tuple[NotebookNode, str | None]:
    """The notebook in an open file; an empty one, and a sentence that says why, if there is none that can be read."""
    megabytes = os.fstat(stream.fileno()).st_size / 1e6
    try:
        if megabytes > max_megabytes:
            raise ValueError(f"it has {megabytes:.0f} MB and the limit is {max_megabytes} MB")
        notebook = nbformat.read(stream, as_version=4)
        cells = list(notebook.cells)
        if len(cells) > 10_000:
            raise ValueError(f"it has {len(cells)} cells and the limit is 10000 cells")
    except Exception as error:
        note = f"The notebook could not be read, so nothing in it was graded: {_reason(error)}."
        return nbformat.v4.new_notebook(), note
    return notebook, None


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


def receive_submission(assignment: str, student: str, notebooks: list[str]) -> None:
    """Nbgrader's ``pre_convert_hook``: puts a submission's folder into a state that is safe to copy and to grade.

    Links become small text files, because nbgrader would copy what they point to, be it another submission. A
    submission without ``<assignment>.ipynb`` gets a copy of its best candidate: nbgrader finds notebooks by their name
    alone and drops a submission without the right one. What was handed in stays beside it.
    """
    paths = [Path(name) for name in notebooks]
    if not paths:
        return
    replace_links(paths[0].parent)
    mend_timestamp(paths[0].parent)
    if any(path.stem == assignment for path in paths):
        return
    best = max(sorted(paths), key=lambda path: _graded_cells(path))
    notebooks.append(str(shutil.copy(best, best.with_name(f"{assignment}.ipynb"))))


def replace_links(folder: Path) -> None:
    """Puts a text file that says where it pointed in the place of each link, and of all that is no plain file."""
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(place) / name
            if path.is_symlink():
                text = f"This was a link to {path.readlink()}\n"
            elif not path.is_file() and not path.is_dir():
                text = "This was no plain file\n"
            else:
                continue
            path.unlink()
            path.write_text(text, encoding="utf-8", errors="replace")


def _replaced_in(folder: Path) -> list[str]:
    """A sentence for each file that `replace_links` has put in the place of something else."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 5000:
            start = path.read_bytes()[:40].decode(errors="replace")
            name = str(path.relative_to(folder)).encode("utf-8", "replace").decode()
            found += [sentence.format(name) for was, sentence in _REPLACED.items() if start.startswith(was)]
    return found


def mend_timestamp(folder: Path) -> None:
    """Writes ``timestamp.txt`` as nbgrader reads it; moves it out of the way where what it says is not certain.

    nbgrader takes a zone that it does not know for UTC, the 1st of March for the 3rd of January, and stops where there
    is no time at all.
    """
    path = folder / "timestamp.txt"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return
        with path.open("rb") as file:
            written = file.read(1000)
    except OSError:
        return
    when = time_of(_decoded(written))
    if when is None:
        path.rename(path.with_name(INVALID_TIMESTAMP))
    elif not _AS_NBGRADER.fullmatch(written):
        path.write_text(f"{when.isoformat(' ')} UTC", encoding="utf-8")


def time_of(text: str) -> datetime.datetime | None:
    """The time that a text states, in UTC and without a zone; None where that is not certain.

    It must be the international form of a date and a time (or that of mails), with a zone whose offset is known;
    without a zone it is UTC, as nbgrader has it.
    """
    text = " ".join(text.split())
    zone = _ZONE.search(text)
    try:
        if zone:
            text, offset = text[: zone.start()], _offset(zone.group())
            if (when := _naive(text)).tzinfo:
                raise ValueError("two zones")
            when = when.replace(tzinfo=offset)
        elif _MAIL.match(text):
            when = email.utils.parsedate_to_datetime(text)
        else:
            when = _naive(text)
        return when.astimezone(datetime.UTC).replace(tzinfo=None) if when.tzinfo else when
    except (ValueError, OverflowError, KeyError, OSError):
        return None


def _naive(text: str) -> datetime.datetime:
    """A date and a time of day; with the offset that ISO 8601 has, if there is one."""
    if dashed := re.fullmatch(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)", text):  # as names of files have it
        text = "{} {}:{}:{}".format(*dashed.groups())
    if not re.match(r"\d{4}-?\d\d-?\d\d[T ]\d", text):
        raise ValueError("no time of day")
    return datetime.datetime.fromisoformat(re.sub(r" (?=[+-])", "", text))


def _offset(zone: str) -> datetime.tzinfo:
    if "/" in zone:
        return zoneinfo.ZoneInfo(zone.strip())
    name, sign, hours, minutes = re.fullmatch(r" ?([A-Z]+)(?:([+-])(\d{1,2})(?::?(\d\d))?)?", zone).groups()
    by_hand = datetime.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return datetime.timezone(datetime.timedelta(hours=_HOURS[name]) + (-by_hand if sign == "-" else by_hand))


def _decoded(written: bytes) -> str:
    """Text in UTF-8, or in UTF-16 where it begins with that mark, as some editors and shells write it."""
    encoding = "utf-16" if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return written.decode(encoding, "replace")


def notes_on(folder: Path, notebook: Path) -> list[str]:
    """What is to be said of the files of a submission, in sentences."""
    notes = _replaced_in(folder)
    name = original_name(notebook)
    if name:
        notes.append(f"The notebook was handed in as {name}; it is graded as {notebook.name}.")
    if (folder / INVALID_TIMESTAMP).is_file():
        notes.append(
            "timestamp.txt holds no time that is certain, such as 2027-03-01 17:59:00 UTC, "
            "so when the notebook was handed in is not known."
        )
    return notes


def original_name(notebook: Path) -> str | None:
    """The name under which a notebook was handed in, if `receive_submission` copied it."""
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


def read_files(folder: Path, max_bytes: int) -> tuple[dict[str, bytes], list[str]]:
    """The files of a submission that its notebook may read, and a sentence for each thing that is left out.

    Notebooks stay outside, because the one that is graded holds the hidden tests. So do links, and whatever is no file.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    total = 0
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            notes.append(f"The link {name} was left out: hand in files.")
        elif not name.isprintable() or len(name.encode("utf-8", "replace")) > 200 or "?" in name:
            notes.append("A file was left out whose name no notebook could use.")
        elif path.is_dir() or path.suffix == ".ipynb" or any(parent.is_symlink() for parent in path.parents):
            continue
        elif not path.is_file():
            notes.append(f"{name} was left out: it is no plain file.")
        elif total + path.stat().st_size > max_bytes:
            notes.append(f"The file {name} was left out: the folder may hold {max_bytes // 2**20} MB.")
        else:
            total += path.stat().st_size
            files[name] = path.read_bytes()
    return files, notes
