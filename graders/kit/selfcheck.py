"""Runs the public tests of your notebooks and says what is done.

    python selfcheck.py parameters     one notebook, by its name or its path
    python selfcheck.py                every notebook that you have started

Save the notebook first: what is checked is the file. Every cell runs from the first to the last, in a fresh kernel, in
the folder of the notebook. The file itself is only read. What ends with 0 is done, with 1 is not, and with 2 could not
be checked.
"""

import argparse
import asyncio
import codecs
import contextlib
import hashlib
import logging
import re
import subprocess
import sys
import time
import unicodedata
import warnings
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

try:
    import nbformat
    import psutil
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_core.utils import run_sync
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is not installed for {sys.executable}: see 'Install' in START.html.")

SLOT = "slot"
TIMEOUT = 600  # seconds of processor time that a cell may use, as when it is graded
CLOCK = 12  # so many times as long it may take by the clock: a computer may be busy, but does not sleep for ever
GRACE = 10  # so many seconds more of processor time it may use to end when it was interrupted
MORE = "If it must take so long, --timeout gives it more."
LOOK = 0.2  # seconds between two looks at the time
DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)", re.MULTILINE)
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colours, in which libraries write errors
KIT = Path(__file__).resolve().parent


class CannotCheck(Exception):
    """Why a notebook cannot be checked and what to do, in one sentence."""


@dataclass
class Run:
    """What became of the copies of one cell: the error of the last one that ran, if it stopped with one."""

    seconds: float = 0.0
    error: tuple[str, str] | None = None


@dataclass
class Line:
    """One line of the checklist.

    Attributes:
        state: ``done``, ``not yet`` or ``wrong``; of a written answer ``written`` or ``not yet``.
        points: what the tests that pass are worth.
        sentences: what the tests say, and what is odd about the cells.
    """

    state: str
    title: str
    points: int
    most: int
    seconds: float = 0.0
    sentences: list[str] = field(default_factory=list)


def digest(source: str) -> str:
    """A short fingerprint of the text of a cell, without what programs change by themselves."""
    return hashlib.sha256(squeezed(source).encode()).hexdigest()[:16]


def squeezed(text: str) -> str:
    """A text as it is compared when it is graded: editors change line ends and blanks, encodings change letters."""
    typed = unicodedata.normalize("NFC", re.sub(r"[^\x00-\x7f]", lambda found: as_typed(found[0]), text))
    plain_text = re.sub(r"[^\x00-\x7f?]+|\?+", "?", re.sub(r"\r\n?", "\n", typed))
    return "\n".join(line.rstrip() for line in plain_text.strip().split("\n"))


def as_typed(letter: str) -> str:
    """What a keyboard has in the place of a letter: pages and chats put other blanks and quotes."""
    kind = unicodedata.category(letter)
    if kind in ("Zs", "Cf"):
        return " " if kind == "Zs" else ""
    if kind in ("Pi", "Pf"):
        return "'" if letter in "‘’‚‛" else '"'
    return unicodedata.normalize("NFKC", letter) if "！" <= letter <= "～" else letter


def names_in(code: str) -> set[str]:
    """What code defines at its outermost level."""
    return {function or variable for function, variable in DEFINED.findall(code)}


def find(argument: str) -> Path:
    """The file that someone means by a name or a path.

    Raises:
        CannotCheck: where there is none.
    """
    path = Path(argument)
    if path.suffix == ".ipynb":
        if not path.is_file():
            raise CannotCheck(f"There is no file {path}.")
        return path
    folder = path if path.is_dir() and path.resolve().name in COURSE else KIT / argument
    name = folder.resolve().name
    if name not in COURSE:
        raise CannotCheck(f"There is no notebook '{argument}' in this kit: there are {', '.join(COURSE)}.")
    notebook = folder / f"{name}.ipynb"
    if not notebook.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        hint = f"rename '{others[0]}' to that" if others else "unpack the kit again"
        raise CannotCheck(f"{notebook} is not there: {hint}.")
    return notebook


def read(path: Path) -> nbformat.NotebookNode:
    """The cells in a file: their texts, and in the metadata of each which cell of the course it is.

    Raises:
        CannotCheck: if there is no notebook in it.
    """
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logging.getLogger("traitlets").setLevel(logging.CRITICAL)
            cells = nbformat.read(path, as_version=4).cells
        fresh = [
            make[cell.cell_type](cell.source, metadata={SLOT: _slot(cell)}) for cell in cells if cell.cell_type in make
        ]
        return nbformat.v4.new_notebook(cells=fresh)
    except OSError as error:
        raise CannotCheck(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:
        raise CannotCheck(
            f"{path} is no notebook that Jupyter can read: go back to a copy of it, or to the one in the kit."
        ) from None


def _slot(cell: nbformat.NotebookNode) -> str:
    metadata = cell.get("metadata", {})
    of_nbgrader = metadata.get("nbgrader")
    grade_id = of_nbgrader.get("grade_id") if isinstance(of_nbgrader, dict) else None
    return str(grade_id or metadata.get("id") or cell.get("id") or "")  # Colab keeps ids in the metadata


def slot_of(cell: nbformat.NotebookNode) -> str:
    """Which cell of the course a cell is; that of a student's own is nothing known."""
    return cell.metadata[SLOT]


def identify(path: Path, notebook: nbformat.NotebookNode) -> str:
    """The name in the course of a notebook, whatever its file is called; gives cells back the names that they lost.

    Raises:
        CannotCheck: if it is none of the course.
    """
    cells = [(slot_of(cell), digest(cell.source)) for cell in notebook.cells]

    def known(name: str) -> int:
        ours = released(COURSE[name])
        # Tests alone tell notebooks apart by their text: what is set up, and where to write, is the same in many.
        tests = {test["digest"] for task in COURSE[name]["tasks"] for test in task["tests"]}
        return sum(slot in ours or text in tests for slot, text in cells)

    best = max(COURSE, key=known)
    if not known(best):
        raise CannotCheck(f"{path} has none of the cells of this course: take the notebook of the kit.")
    restore_names(notebook, COURSE[best])
    return best


def kind_and_text(cell: nbformat.NotebookNode) -> tuple[str, str]:
    """What a cell is and the digest of what it says."""
    return cell.cell_type, digest(cell.source)


def released(course: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What the cells of a notebook that are known were when it was released, by slot; see kind_and_text."""
    code = dict(course["locked"])
    for task in course["tasks"]:
        code[task["id"]] = task["stub"]
        code |= {test["id"]: test["digest"] for test in task["tests"]}
    answers = {answer["id"]: ("markdown", answer["stub"]) for answer in course["answers"]}
    return {slot: ("code", text) for slot, text in code.items()} | answers


def restore_names(notebook: nbformat.NotebookNode, course: dict[str, Any]) -> None:
    """Finds cells whose names a program has dropped, as when they are graded.

    They are known by their text, or as answers by what they define, or by what they stand below.
    """
    ours = released(course)
    to_write = {slot["id"]: slot for slot in [*course["tasks"], *course["answers"]]}
    there = set(map(slot_of, notebook.cells))
    lost = [slot for slot in ours if slot not in there]

    def says(slot: str, cell: nbformat.NotebookNode, above: nbformat.NotebookNode | None) -> bool:
        return kind_and_text(cell) == ours[slot]

    def defines(slot: str, cell: nbformat.NotebookNode, above: nbformat.NotebookNode | None) -> bool:
        names = to_write.get(slot, {}).get("defines")
        return bool(names) and names_in(cell.source).issuperset(names)

    def stands_there(slot: str, cell: nbformat.NotebookNode, above: nbformat.NotebookNode | None) -> bool:
        return slot in to_write and above is not None and digest(above.source) == to_write[slot]["below"]

    for fits in (says, defines, stands_there):
        for above, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
            if slot_of(cell) in ours:
                continue
            alike = (slot for slot in lost if ours[slot][0] == cell.cell_type and fits(slot, cell, above))
            if slot := next(alike, None):
                cell.metadata[SLOT] = slot
                lost.remove(slot)


def copies_by_slot(notebook: nbformat.NotebookNode) -> dict[str, list[str]]:
    """The texts of the cells of the course, by slot; several where a cell was copied."""
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        found.setdefault(slot_of(cell), []).append(cell.source)
    return found


def code_in(copies: dict[str, list[str]]) -> str:
    """The text of all cells."""
    return "\n".join(text for texts in copies.values() for text in texts)


def is_started(path: Path) -> bool:
    """Whether there is an answer in a notebook, in its cell or elsewhere; what cannot be read counts as started."""
    try:
        notebook = read(path)
        course = COURSE[identify(path, notebook)]
    except CannotCheck:
        return True
    copies, written = copies_by_slot(notebook), names_written(notebook, course)
    slots = [*course["tasks"], *course["answers"]]
    return any(digest(source) != slot["stub"] for slot in slots for source in copies.get(slot["id"], [])) or any(
        written.intersection(task["defines"]) for task in course["tasks"]
    )


def names_written(notebook: nbformat.NotebookNode, course: dict[str, Any]) -> set[str]:
    """What is defined in code that is not as it was released."""
    ours = released(course)
    return {
        name
        for cell in notebook.cells
        if cell.cell_type == "code" and ours.get(slot_of(cell)) != kind_and_text(cell)
        for name in names_in(cell.source)
    }


class Client(NotebookClient):
    """Runs cells in the Python that runs this script, and keeps of their outputs the errors alone."""

    def create_kernel_manager(self) -> AsyncKernelManager:
        """The kernel of this Python, whatever kernels are registered under its name."""
        self.km = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        return self.km

    def output(self, outs: list, msg: dict, display_id: str, cell_index: int) -> Any:
        """Takes a message of the kernel; see NotebookClient."""
        return super().output(outs, msg, display_id, cell_index) if msg["msg_type"] == "error" else None


class Processor:
    """The processor time of a program and all that it has started, as far as it was seen. See psutil's Process."""

    def __init__(self, pid: int) -> None:
        self._first = psutil.Process(pid)
        self._seen: dict[psutil.Process, float] = {}

    def seconds(self) -> float:
        """What has been used by now, also by what has ended since."""
        with contextlib.suppress(psutil.Error):
            for process in [self._first, *self._first.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    self._seen[process] = times.user + times.system
        return sum(self._seen.values())


async def stop_at(client: Client, seconds: float, said: list[str]) -> None:
    """Interrupts a kernel whose cell takes too long, and ends it where the cell goes on after that; says each time why.

    A cell may use so many seconds of processor time, and `CLOCK` times as many by the clock.
    """
    processor = Processor(client.km.provisioner.pid)
    used, begin = processor.seconds(), time.monotonic()

    async def wait_for(most: float) -> str:
        while True:
            if processor.seconds() - used > most:
                return f"It used more than {seconds} s of processor time"
            if time.monotonic() - begin > CLOCK * most:
                return f"It ran longer than {CLOCK * seconds} s"
            await asyncio.sleep(LOOK)

    said.append(await wait_for(seconds))
    await client.km.interrupt_kernel()
    said.append(await wait_for(seconds + GRACE))
    await client.km.shutdown_kernel(now=True)


async def execute(client: Client, cell: nbformat.NotebookNode, number: int, seconds: float) -> str | None:
    """Runs a cell; gives the sentence that says why it was stopped, if it was.

    Raises:
        CellTimeoutError: with that sentence, if the kernel had to be ended.
        DeadKernelError: if the cell ended it.
    """
    said: list[str] = []
    limit = asyncio.ensure_future(stop_at(client, seconds, said))
    try:
        await client.async_execute_cell(cell, number)
    except DeadKernelError:
        if not said:
            raise
        raise CellTimeoutError(f"{said[0]} and could not be stopped.") from None
    finally:
        limit.cancel()
    return f"{said[0]} and was stopped." if said else None


def run(path: Path, notebook: nbformat.NotebookNode, timeout: int) -> Iterator[tuple[str, Run]]:
    """Runs every code cell of a notebook in a fresh kernel; gives what became of each, as soon as it has run."""
    client = Client(
        notebook,
        timeout=None,
        iopub_timeout=CLOCK * timeout,
        allow_errors=True,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.resolve().parent)}},
        log=logging.getLogger("selfcheck.quiet"),
    )
    client.log.setLevel(logging.CRITICAL + 1)
    dead: str | None = None
    with client.setup_kernel(stderr=subprocess.DEVNULL):  # where TensorFlow writes about the hardware
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            begin, error = time.monotonic(), None
            if dead:
                error = ("NotRun", dead)
            else:
                try:
                    stopped = run_sync(execute)(client, cell, number, timeout)
                    errors = [output for output in cell.outputs if output.output_type == "error"]
                    error = (errors[-1].ename, errors[-1].evalue) if errors else None
                    if stopped:
                        error = ("CellTimeoutError", f"{stopped} {MORE}")
                except DeadKernelError:
                    error = ("CellTimeoutError", "It ended the kernel.")
                    dead = f"It was not run: the kernel ended in the cell {slot_of(cell)} before it."
                except CellTimeoutError as ended:
                    error = ("CellTimeoutError", str(ended))
                    dead = f"It was not run: the cell {slot_of(cell)} before it could not be stopped."
            yield slot_of(cell), Run(time.monotonic() - begin, error)


def not_code(notebook: nbformat.NotebookNode, course: dict[str, Any]) -> dict[str, Run]:
    """The cells of the course that should run and are no longer code, as if they had stopped."""
    ours = released(course)
    kinds = {slot_of(cell): cell.cell_type for cell in notebook.cells if ours.get(slot_of(cell), ("",))[0] == "code"}
    code = {slot_of(cell) for cell in notebook.cells if cell.cell_type == "code"}
    return {
        slot: Run(error=("NotCode", f"{slot} is a {kind} cell, which is not run: make it a code cell (Esc, then Y)."))
        for slot, kind in kinds.items()
        if slot not in code
    }


def said_by_a_stub(ename: str, evalue: str, code: str) -> str | None:
    """The sentence of a stub in some code that an error tells; libraries raise the same error with others."""
    if ename != "NotImplementedError":
        return None
    lines = [line.strip().removeprefix("NotImplementedError: ") for line in ESCAPES.sub("", evalue).splitlines()]
    quoted = {line: line.replace("\\", "\\\\").replace('"', '\\"') for line in lines}
    return next((line for line in lines if f'raise NotImplementedError("{quoted[line]}")' in code), None)


def sentence_of(ename: str, evalue: str, code: str) -> str:
    """What a cell of a notebook, whose code this is, stopped with, in one sentence."""
    plain_text = " ".join(ESCAPES.sub("", evalue).split())
    message = re.sub(r"\((?:\d+\.py|<ipython-input[^>]*>), (line \d+)\)", r"(\1)", plain_text)
    if ename in ("AssertionError", "NotRun", "NotCode", "CellTimeoutError"):
        return message or "The test failed."
    if (said := said_by_a_stub(ename, evalue, code)) is not None:
        return f"Not written yet: {said}"
    if ename == "NameError":
        why = "no cell above defines it, or the one that does stopped with an error"
        return f"{message[:1].upper()}{message[1:]}: {why}."
    hint = " Use TensorFlow's functions on tensors, not NumPy's." if "Cannot convert a symbolic" in message else ""
    return f"It stopped with {ename}{': ' if message else ''}{message}{hint}"


def judge(
    task: dict[str, Any], copies: dict[str, list[str]], runs: dict[str, Run], written: Set[str] = frozenset()
) -> Line:
    """The line of a task whose cells have been run, in a notebook with such names; see names_written."""
    tests = task["tests"]
    line = Line("done", task["title"], 0, sum(test["points"] for test in tests))
    line.seconds = sum(runs[slot].seconds for slot in (task["id"], *(test["id"] for test in tests)) if slot in runs)
    answers = copies.get(task["id"], [])
    changed = [text for text in answers if digest(text) != task["stub"]]
    if not answers:
        line.sentences.append(missing_answer(task["id"]))
    elif not changed:
        line.sentences.append(f"Your answer is not in the cell {task['id']}: move it there.")
    elif len(answers) > 1:
        line.sentences.append(f"The cell {task['id']} is there {len(answers)} times: keep one, for only one is graded.")
    code = code_in(copies)
    own = runs.get(task["id"], Run()).error if changed else None  # a stub stops, even if the answer stands elsewhere
    if own:
        line.state = "wrong"
        line.sentences.append(f"Your cell: {sentence_of(*own, code)}")
    for number, test in enumerate(tests, start=1):
        name = "The test" if len(tests) == 1 else f"Test {number}"
        found = copies.get(test["id"], [])
        error = runs.get(test["id"], Run()).error
        if not found:
            sentence = f"{name} is missing: take the cell {test['id']} from the kit again."
        elif any(digest(text) != test["digest"] for text in found):
            sentence = f"{name} was changed: take the cell {test['id']} from the kit again."
        elif error:
            sentence = sentence_of(*error, code)
        else:
            line.points += test["points"]
            if len(found) > 1:
                line.sentences.append(f"The cell {test['id']} is there {len(found)} times: keep one.")
            continue
        if line.state == "done":
            line.state = "not yet" if error and said_by_a_stub(*error, code) is not None else "wrong"
        if not own and sentence not in line.sentences:
            line.sentences.append(sentence)
    if answers and not changed and line.state != "done" and written.isdisjoint(task["defines"]):
        return Line("not yet", line.title, 0, line.most, line.seconds)
    return line


def missing_answer(slot: str) -> str:
    """What to do where the cell for an answer is not there."""
    return f"The cell for your answer, {slot}, is missing: take it from the kit again, and put your answer into it."


def judge_answer(answer: dict[str, Any], copies: dict[str, list[str]]) -> Line:
    """The line of a question that a person grades."""
    texts = copies.get(answer["id"], [])
    written = any(text.strip() and digest(text) != answer["stub"] for text in texts)
    line = Line("written" if written else "not yet", answer["title"], 0, answer["points"])
    if not texts:
        line.sentences.append(missing_answer(answer["id"]))
    return line


def structure(path: Path, name: str, copies: dict[str, list[str]]) -> list[str]:
    """What is odd about a notebook as a whole, in sentences."""
    sentences = []
    if path.name != f"{name}.ipynb":
        sentences.append(f"This is the notebook {name}: call it {name}.ipynb before you hand it in.")
    for slot, expected in COURSE[name]["locked"].items():
        if slot not in copies:
            sentences.append(f"The cell {slot} is missing: take it from the kit again.")
        elif any(digest(text) != expected for text in copies[slot]):
            sentences.append(f"The cell {slot} was changed: when graded, the original is used.")
    return sentences


def environment(slot: str, run: Run, before_the_tasks: bool, code: str) -> str | None:
    """A sentence if a cell of the notebook itself stopped for a reason that is not the student's code."""
    ename, evalue = run.error or ("", "")
    if ename in ("ModuleNotFoundError", "ImportError"):
        return f"The cell {slot}: {evalue}. Is everything installed for this Python? See 'Install' in START.html."
    if ename == "FileNotFoundError":
        return f"The cell {slot}: {evalue}. Keep the notebook in its folder, beside its files."
    if before_the_tasks and run.error and said_by_a_stub(ename, evalue, code) is None:
        return f"The cell {slot}: {sentence_of(ename, evalue, code)}"
    return None


def check(path: Path, timeout: int) -> bool:
    """Checks one notebook and prints its checklist; gives whether everything in it is done.

    Raises:
        CannotCheck: if it cannot be read, or is none of the course.
    """
    notebook = read(path)
    name = identify(path, notebook)
    course, copies = COURSE[name], copies_by_slot(notebook)
    print(f"{course['title']}: {path}\n")
    for sentence in structure(path, name, copies):
        say(sentence)
    begin = time.monotonic()
    tasks, answers = [], [judge_answer(answer, copies) for answer in course["answers"]]
    for line in tasks_as_they_run(path, notebook, name, copies, timeout):
        tasks.append(line)
        show(line)
    for line in answers:
        show(line)
    done = sum(line.state == "done" for line in tasks)
    points, most = (sum(getattr(line, what) for line in tasks) for what in ("points", "most"))
    print(f"\n{done} of {len(tasks)} tasks done, {points} of {most} points by public tests, {duration(begin)}.")
    by_hand = [line for line in answers if line.state != "written"]
    if by_hand:
        print(f"Not answered yet: {', '.join(line.title for line in by_hand)}")
    print("Hidden tests try other inputs when your notebook is graded, so this is no promise of its points.\n")
    return done == len(tasks) and not by_hand


def tasks_as_they_run(
    path: Path, notebook: nbformat.NotebookNode, name: str, copies: dict[str, list[str]], timeout: int
) -> Iterator[Line]:
    """The line of each task, as soon as its last cell has run; prints what stops cells of the notebook itself."""
    tasks, locked = COURSE[name]["tasks"], COURSE[name]["locked"]
    waiting, runs = list(tasks), not_code(notebook, COURSE[name])
    written = names_written(notebook, COURSE[name])
    for slot in locked:
        if slot in runs:
            say(sentence_of(*runs[slot].error, ""))
    last = {slot: number for number, slot in enumerate(map(slot_of, notebook.cells))}
    done_at = {
        task["id"]: max(last.get(slot, -1) for slot in (task["id"], *(test["id"] for test in task["tests"])))
        for task in tasks
    }
    cells = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for number, (slot, outcome) in zip(cells, run(path, notebook, timeout), strict=True):
        runs[slot] = outcome
        first = len(waiting) == len(tasks)
        sentence = environment(slot, outcome, first, code_in(copies)) if slot in locked else None
        if sentence:
            say(sentence)
        while waiting and done_at[waiting[0]["id"]] <= number:
            yield judge(waiting.pop(0), copies, runs, written)
    for task in waiting:
        yield judge(task, copies, runs, written)


def show(line: Line) -> None:
    """Prints a line of the checklist."""
    points = f"{line.most} point" + ("s" if line.most != 1 else "")
    if line.state == "written":
        points += ", graded by hand"
    elif line.points or line.state != "not yet":
        points = f"{line.points} of {points}"
    seconds = f", {line.seconds:.0f} s" if line.seconds >= 1 else ""
    print(f"{line.state:8} {line.title} ({points}{seconds})", flush=True)
    for sentence in line.sentences:
        print(f"{'':8} {sentence}", flush=True)


def say(sentence: str) -> None:
    """Prints a sentence about a notebook as a whole."""
    print(f"note     {sentence}", flush=True)


def duration(begin: float) -> str:
    """The time since a moment, in words."""
    minutes, seconds = divmod(round(time.monotonic() - begin), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def plain(error: UnicodeError) -> tuple[str, int]:
    """Spells what a terminal cannot show: a Greek letter by its name, a superscript as a digit."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    spelt = []
    for character in error.object[error.start : error.end]:
        name = unicodedata.name(character, "")
        ascii_form = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        spelt.append(ascii_form or (name.rsplit(" ", 1)[-1].lower() if name.startswith("GREEK") else "?"))
    return "".join(spelt), error.end


def main(arguments: list[str] | None = None) -> int:
    """Checks the notebooks that are asked for; gives the exit code."""
    codecs.register_error("plain", plain)
    sys.stdout.reconfigure(errors="plain")
    warnings.filterwarnings("ignore", message=".*add_reader", category=RuntimeWarning)  # of Windows' event loop
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="python selfcheck.py [--timeout SECONDS] [NOTEBOOK ...]",
    )
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="a name such as parameters, or a path")
    limit = f"of processor time that a cell may use ({TIMEOUT}, as when it is graded)"
    parser.add_argument("--timeout", type=int, default=TIMEOUT, metavar="SECONDS", help=limit)
    options = parser.parse_args(arguments)
    asked = options.notebooks or [
        name for name in COURSE if (KIT / name / f"{name}.ipynb").is_file() and is_started(KIT / name / f"{name}.ipynb")
    ]
    if not asked:
        print("No notebook has been started yet: open one, write an answer, save it, and come back.")
        return 1
    code = 0
    for argument in asked:
        try:
            code = max(code, 0 if check(find(argument), options.timeout) else 1)
        except CannotCheck as error:
            print(error)
            code = 2
        except NoSuchKernel:
            print(f"ipykernel is not installed for {sys.executable}: see 'Install' in START.html.")
            return 2
        except KeyboardInterrupt:
            print("Stopped.")
            return 2
    return code


# The tasks of each notebook of the kit, in its order; `course kit` fills this in.
COURSE: dict[str, dict[str, Any]] = {}

if __name__ == "__main__":
    sys.exit(main())
