"""Runs a submission so that every test cell ends with an outcome: passed, failed, or not reached and why."""

import contextlib
import functools
import itertools
import json
import os
import re
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_locked
from traitlets import Bool, Float, Integer

from graders.plugins.notes import add_note, add_notes
from graders.plugins.reading import read_files
from graders.sealed.grader import GradedCell, Limits, Transcript
from graders.sealed.inside.allowance import EACH, LONGEST, MOST_LINES, Allowance, size_of
from graders.sealed.inside.wire import DROPPED, NO_INPUT
from graders.sealed.outputs import STOPPED
from graders.sealed.sandbox import NoSandboxError
from graders.sealed.service import grade

GRADED = "graded"  # the key in the metadata of a notebook that has been run to its end
# The file beside the graded submissions with the seconds of each run, a line each. They are not in the notebook, which
# is the same however often and by whichever command it is graded.
SECONDS = "grading_seconds.jsonl"
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_][\w.]{0,60})", re.MULTILINE)
_MOST = 32  # of what a notebook brings, that a note may name
_MOST_CODE, _LONGEST_NAME = 10**6, 100  # characters of code, and of a file's name, that are looked at
_NO_FILE = re.compile(r"No such file|not found")
OTHERWISE = "and the file is called {}: where it is graded, capitals count, and / stands between folders."
NO_NOTEBOOK = (
    "reads a notebook, and none is there while this one is graded: what it needs from another goes into this one, "
    "or into a .py file beside it."
)
_LONGEST = 500  # characters of an error that are looked at
_PASTED = re.compile(r"^invalid (?:non-printable )?character .*U\+([0-9A-F]{4,6}).*line (\d+)\)$")


class TolerantExecute(Execute):
    """nbgrader's Execute, which goes on where a kernel dies, hangs or floods, and where noise is no failure.

    - A kernel that dies or cannot be interrupted ends the run; points earned before it are kept.
    - Output beyond `max_output_bytes` a cell, or `max_notebook_output_bytes` in all, is dropped, with a line that says
      so.
    - In a test cell only an error costs points: what it writes to stderr is shown as ordinary output, and a value is
      no partial credit.
    """

    max_output_bytes = Integer(Limits.max_output_bytes, help="Output kept of one cell.").tag(config=True)
    max_notebook_output_bytes = Integer(Limits.max_notebook_output_bytes, help="Output kept of one notebook.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict, km: object = None) -> tuple[NotebookNode, dict]:
        """Runs the notebook; see nbconvert's ExecutePreprocessor."""
        self._stopped: str | None = None
        self._cell, self._dropped = -1, False
        self._allowance = Allowance(self.max_output_bytes, self.max_notebook_output_bytes)
        sentence = f"This cell ran longer than {self.timeout} s and was stopped."
        self.error_on_timeout = {"ename": "CellTimeoutError", "evalue": sentence, "traceback": [sentence]}
        nb, resources = super().preprocess(nb, resources, km)
        for cell in list(nb.cells):
            for output in cell.get("outputs", []):
                if output.output_type == "error" and output.ename == "CellTimeoutError":
                    add_note(nb, f"The cell {cell.id} ran longer than {self.timeout} s and was stopped.")
            if is_grade(cell):
                _calm(cell)
        explain(nb, _names_in(Path(resources["metadata"]["path"])))
        if self._stopped:
            add_note(nb, self._stopped)
        if self._dropped:
            add_note(nb, self._too_much())
        return nb, resources

    def start_new_kernel(self, **kwargs: object) -> None:
        """Starts the kernel; what it writes past its own streams (TensorFlow's start-up lines) goes nowhere."""
        super().start_new_kernel(stderr=subprocess.DEVNULL, **kwargs)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """Runs one cell, or records why it was not reached."""
        if cell.cell_type != "code":
            return cell, resources
        if self._stopped is None:
            try:
                return super().preprocess_cell(cell, resources, index)
            except DeadKernelError:
                self._stopped = f"The kernel died in the cell {cell.id}; no cell after it was run."
            except CellTimeoutError:
                self._stopped = (
                    f"The cell {cell.id} ran longer than {self.timeout} s and could not be stopped; "
                    "no cell after it was run."
                )
        cell.outputs = [*cell.get("outputs", []), _error("NotRun", self._stopped)]
        return cell, resources

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Takes a message of the kernel, unless the cell or the notebook has said enough."""
        content = msg["content"]
        if msg["msg_type"] == "error":  # costs points in a test cell, and so is never dropped
            content["traceback"] = [line[: LONGEST["line"]] for line in content["traceback"][:MOST_LINES]]
            content["evalue"] = content["evalue"][: LONGEST["evalue"]]
        elif msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            if cell_index != self._cell:
                self._cell = cell_index
                self._allowance.next_cell()
            said_so = self._allowance.dropped
            text = content.get("text", "")
            kept = self._allowance.cut(text) if "text" in content else ""
            if "text" not in content:
                self._allowance.take(EACH + size_of(*map(str, content.get("data", {}).values())))
            if said_so:
                return None
            if self._allowance.dropped:
                self._dropped = True
                header = {**msg.get("header", {}), "msg_type": "stream"}
                content = {"name": "stdout", "text": kept + DROPPED}
                msg = {**msg, "msg_type": "stream", "header": header, "content": content}
        return super().process_message(msg, cell, cell_index)

    def _too_much(self) -> str:
        cell, notebook = self.max_output_bytes // 1000, self.max_notebook_output_bytes // 10**6
        return f"Output beyond {cell} kB a cell, or {notebook} MB in all, was dropped."


class SealedExecute(TolerantExecute):
    """Runs the student's cells in a sandbox and the tests outside of it: `graders.sealed`.

    With `unsealed`, everything runs in one kernel with the instructor's rights, as in plain nbgrader, and the notebook
    says so.
    """

    unsealed = Bool(False, help="Run submissions without a sandbox, in plain kernels.").tag(config=True)
    memory_gigabytes = Float(Limits.memory_bytes / 2**30, help="Memory of one submission.").tag(config=True)
    disk_megabytes = Integer(Limits.disk_bytes // 2**20, help="Disk space of one submission.").tag(config=True)
    processes = Integer(Limits.processes, help="Processes of one submission at a time.").tag(config=True)
    notebook_seconds = Float(Limits.notebook_seconds, help="Processor time of one submission.").tag(config=True)
    idle_factor = Float(6.0, help="By the clock, a submission may sleep so many times the timeout.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict, km: object = None) -> tuple[NotebookNode, dict]:
        """Runs the notebook; see nbconvert's ExecutePreprocessor."""
        if self.unsealed:
            add_note(nb, "This notebook was graded without a sandbox.")
            begun = time.monotonic()
            nb, resources = super().preprocess(nb, resources, km)
            record_seconds(resources, time.monotonic() - begun)
            nb.metadata[GRADED] = True
            return nb, resources
        files, notes = read_files(Path(resources["metadata"]["path"]), self.limits.disk_bytes // 2)
        add_notes(nb, notes)
        try:
            transcript = grade(cells_of(nb), files, notebook_environment(), self.limits)
        except NoSandboxError as error:
            raise NbGraderException(f"{error} Or grade with --SealedExecute.unsealed=True.") from None
        if transcript.unfinished:
            raise NbGraderException(why_unfinished(transcript, cells_of(nb)))
        self.write(nb, transcript, files)
        record_seconds(resources, transcript.seconds)
        nb.metadata[GRADED] = True
        return nb, resources

    @property
    def limits(self) -> Limits:
        """What one submission may use, as configured."""
        return Limits(
            cell_seconds=self.timeout,
            notebook_seconds=self.notebook_seconds,
            idle_seconds=self.idle_factor * self.timeout,
            memory_bytes=int(self.memory_gigabytes * 2**30),
            disk_bytes=self.disk_megabytes * 2**20,
            processes=self.processes,
            max_output_bytes=self.max_output_bytes,
            max_notebook_output_bytes=self.max_notebook_output_bytes,
        )

    def write(self, nb: NotebookNode, transcript: Transcript, files: Iterable[str] = ()) -> None:
        """Puts outputs and notes of a run into the notebook, beside which there were some files."""
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        stopped: str | None = None
        notes: list[str] = []
        was_tested = False
        for number, (cell, outputs) in enumerate(zip(cells, transcript.outputs, strict=True), start=1):
            cell.execution_count = number
            was_tested = was_tested or is_grade(cell)
            if outputs is None:
                stopped = stopped or (
                    f"The notebook was stopped in the cell {cell.id}: {transcript.ended}; no cell after it was run."
                )
                cell.outputs, cell.execution_count = [_error("NotRun", stopped)], None
                continue
            cell.outputs = [NotebookNode(output) for output in outputs]
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
                if output.output_type == "error" and output.ename == "CellTimeoutError":
                    which = "A cell that was added" if _may_tell(cell, was_tested) else f"The cell {cell.id}"
                    notes.append(f"{which} {STOPPED.format(self.timeout)}")
                if output.output_type == "stream" and output.text.endswith(DROPPED):
                    notes.append(self._too_much())
        add_notes(nb, notes)
        explain(nb, files)
        if stopped:
            add_note(nb, stopped)


def cells_of(nb: NotebookNode) -> list[GradedCell]:
    """The code cells of a notebook, and who is to run each."""
    return [
        GradedCell(cell.id, "test" if is_grade(cell) else "locked" if is_locked(cell) else "free", cell.source)
        for cell in nb.cells
        if cell.cell_type == "code"
    ]


def why_unfinished(transcript: Transcript, cells: Sequence[GradedCell]) -> str:
    """The sentence of a run that says nothing about the submission."""
    cell = next((cell.id for cell, outputs in zip(cells, transcript.outputs, strict=True) if outputs is None), "last")
    return (
        f"The notebook was stopped in the cell {cell}: {transcript.ended}. "
        "So it is not graded, nothing is recorded, and the next run tries again."
    )


def record_seconds(resources: dict, seconds: float) -> None:
    """Adds a line to the file of grading times; grading goes on where it cannot be written."""
    names = resources.get("nbgrader", {})
    record = {"student": names.get("student"), "assignment": names.get("assignment"), "seconds": round(seconds, 2)}
    with contextlib.suppress(OSError), (Path(resources["metadata"]["path"]).parents[1] / SECONDS).open("a") as file:
        file.write(json.dumps(record) + "\n")


def notebook_environment() -> dict[str, str]:
    """The variables of the instructor's environment that notebooks read: the course's own."""
    return {name: value for name, value in os.environ.items() if name in ("COURSE_BUDGET", "COURSE_SEED")}


def explain(nb: NotebookNode, files: Iterable[str] = ()) -> None:
    """Adds a note for each cell that stopped for what a student cannot see, or has and we have not, or calls otherwise.

    A note tells next to nothing that was not in the notebook when it was handed in, since after a hidden test a cell
    may know what that has asked: there is one at most of each cell, and none of a student's own cells.

    Args:
        nb: as it was run.
        files: beside it, by relative path; those that it names may be named.
    """
    add_notes(nb, list(_explained(nb, files)))


def _explained(nb: NotebookNode, files: Iterable[str]) -> Iterator[str]:
    own = [cell for cell in nb.cells if cell.cell_type == "code" and not is_locked(cell)]
    imported = _imported_by(own)
    named = functools.cache(lambda: _named_by(own, files))  # hardly ever asked for
    was_tested = False
    for cell in nb.cells:
        was_tested = was_tested or is_grade(cell)
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if not _may_tell(cell, was_tested):
            said = (_what_stopped(cell, one.ename, one.evalue[:_LONGEST], imported, named) for one in errors)
            yield from itertools.islice(filter(None, said), 1)


def _may_tell(cell: NotebookNode, was_tested: bool) -> bool:
    """Whether what is said of a cell could tell what a test has asked: there may be thousands of a student's own."""
    return was_tested and "nbgrader" not in cell.metadata


def _what_stopped(
    cell: NotebookNode, ename: str, evalue: str, imported: Sequence[str], named: Callable[[], Sequence[str]]
) -> str | None:
    who = f"What the test {cell.id} calls" if is_grade(cell) else f"The cell {cell.id}"
    if missing := ename == "ModuleNotFoundError" and re.match(r"No module named '([\w.]+)'", evalue):
        if any(f"{name}.".startswith(f"{missing[1]}.") for name in imported):
            module = missing[1].replace(".", "/")
            if there := _called_otherwise([f"{module}.py", f"{module}/__init__.py"], named()):
                return f"{who} imports {missing[1]}, {OTHERWISE.format(there)}"
            return (
                f"{who} imports {missing[1]}, which is neither installed where it is graded nor handed in "
                "beside the notebook."
            )
    elif _NO_FILE.search(evalue):
        if there := _called_otherwise(_asked_for(evalue), named()):
            return f"{who} asks for a file by another name, {OTHERWISE.format(there)}"
        return f"{who} {NO_NOTEBOOK}" if re.search(r"\.ipynb(?!_)", evalue) else None
    elif pasted := not is_grade(cell) and ename == "SyntaxError" and _PASTED.search(evalue):
        letters = [letter for letter in dict.fromkeys(cell.source) if not (letter.isascii() or letter.isidentifier())]
        for letter in (letter for letter in letters[:_MOST] if f"{ord(letter):04X}" == pasted[1]):
            lines = [str(number) for number, line in enumerate(cell.source.split("\n"), start=1) if letter in line]
            place = f" in line {pasted[2]}" if pasted[2] in lines[:_MOST] else ""
            name = unicodedata.name(letter, "without a name").lower()
            return (
                f"The cell {cell.id} has{place} the character U+{pasted[1]} ({name}), at which Python stops: "
                "it came with pasted text, or from another keyboard; type it again."
            )
    elif ename == "StdinNotImplementedError" or (ename, evalue) == ("EOFError", NO_INPUT):
        return None if is_grade(cell) else f"The cell {cell.id} was stopped: {NO_INPUT}."
    return None


def _asked_for(evalue: str) -> list[str]:
    """What may be the name of the file in the text of an error that misses one."""
    quoted = re.split(r"['\"`]", evalue)
    names = quoted if quoted[1:] else re.split(r"[\s;=]+", evalue)
    return names + [f"{name}.py" for name in names if evalue.startswith("File `")]  # of %run


def _called_otherwise(asked: Iterable[str], files: Iterable[str]) -> str | None:
    """The file that is meant by a name that is not its own, though it is to Windows."""
    names = {_plain(name) for name in asked}
    alike = {_folded(name) for name in names}
    return next((file for file in files if _folded(file) in alike and _plain(file) not in names), None)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).removeprefix("./")


def _folded(name: str) -> str:
    """What is the same of two names where capitals do not count, and folders are parted by either slash."""
    return _plain(re.sub(r"\\+", "/", name)).casefold()


def _named_by(cells: Iterable[NotebookNode], files: Iterable[str]) -> list[str]:
    """The first files that cells name, however they write it; a module by its name alone."""
    code = _folded("\n".join(cell.source for cell in cells)[:_MOST_CODE])
    found = (one for one in sorted(files) if len(one) <= _LONGEST_NAME and _folded(PurePosixPath(one).stem) in code)
    return list(itertools.islice(found, _MOST))


def _names_in(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _imported_by(cells: Iterable[NotebookNode]) -> list[str]:
    """The first modules that cells import, as they are written."""
    written = (name for cell in cells for name in _IMPORTED.findall(unicodedata.normalize("NFC", cell.source)))
    return list(itertools.islice(dict.fromkeys(written), _MOST))


def _calm(cell: NotebookNode) -> None:
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            output.name = "stdout"
        elif output.output_type == "execute_result":
            output.output_type = "display_data"
            output.pop("execution_count", None)


def _error(ename: str, evalue: str) -> NotebookNode:
    return NotebookNode(output_type="error", ename=ename, evalue=evalue, traceback=[evalue])
