"""The shell that a notebook's cells run in: IPython's, whose outputs are recorded, without terminal, disk or desk."""

import base64
import builtins
import getpass
import io
import pdb
import sys
import traceback
import warnings
from typing import Any

from IPython.core import debugger
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from . import isolation, wire
from .allowance import EACH, LONGEST, MOST_LINES, Allowance, size_of

INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
NOTHING_INSTALLED = "Nothing is installed while this is graded."


class Overtime(BaseException):
    """A cell or a call that ran past its limit; no `except Exception` stops it."""


def text_of(value: Any) -> str:
    """What `str` gives for a small object, as sentences about wrong answers show it."""
    try:
        return str(value)[:200]
    except Exception:
        return ""


class Recorder:
    """The outputs of a cell, in order, as far as they are within the allowance of the notebook."""

    def __init__(self, allowance: Allowance) -> None:
        self.outputs: list[dict] = []
        self.allowance = allowance

    def write(self, stream: str, text: str) -> None:
        """Adds text of stdout or stderr."""
        last = self.outputs[-1] if self.outputs else None
        goes_on = bool(last) and last["output_type"] == "stream" and last["name"] == stream
        if not text or not (goes_on or self.allowance.take(EACH)):
            return
        if not goes_on:
            last = {"output_type": "stream", "name": stream, "text": []}
            self.outputs.append(last)
        last["text"].append(self.allowance.cut(text))

    def show(self, kind: str, data: dict, metadata: dict | None = None, count: int | None = None) -> None:
        """Adds a picture, a table, or the value of the last line."""
        kept = {}
        for mime, content in data.items():
            if isinstance(content, bytes):
                content = base64.b64encode(content).decode()
            if isinstance(content, str):
                kept[str(mime)] = content
        metadata = wire.alt_text(metadata)
        if not self.allowance.take(EACH + size_of(*kept.values(), *(about["alt"] for about in metadata.values()))):
            return
        output = {"output_type": kind, "data": kept, "metadata": metadata}
        self.outputs.append(output | ({"execution_count": count} if kind == "execute_result" else {}))

    def fail(self, ename: str, evalue: str, lines: list[str]) -> None:
        """Adds an error."""
        if not self.allowance.take(EACH):
            return
        ename = self.allowance.cut(ename[: LONGEST["ename"]])
        evalue = self.allowance.cut(evalue[: LONGEST["evalue"]])
        lines = [self.allowance.cut(line[: LONGEST["line"]]) for line in lines[:MOST_LINES] if self.allowance.left]
        self.outputs.append({"output_type": "error", "ename": ename, "evalue": evalue, "traceback": lines})

    def clear(self) -> None:
        """Drops what was recorded."""
        self.outputs.clear()
        self.allowance.clear()

    def result(self) -> list[dict]:
        """All outputs, with streams as one text each, and a line at the end if there were more."""
        outputs = [
            output | {"text": "".join(output["text"])} if "text" in output else output for output in self.outputs
        ]
        if self.allowance.dropped:
            outputs.append({"output_type": "stream", "name": "stdout", "text": wire.DROPPED})
        return outputs


NOWHERE = Recorder(Allowance(0, 0))  # until the first cell


class Stream(io.TextIOBase):
    """Standard output or error of the notebook."""

    def __init__(self, name: str, recorder: Recorder) -> None:
        self._stream, self._recorder = name, recorder

    def write(self, text: str) -> int:
        """Records the text."""
        self._recorder.write(self._stream, text if isinstance(text, str) else str(text))
        return len(text)

    def isatty(self) -> bool:
        """No terminal."""
        return False

    def fileno(self) -> int:
        """None either."""
        raise io.UnsupportedOperation("fileno")


class Publisher(DisplayPublisher):
    """Records what is displayed."""

    recorder = NOWHERE

    def publish(self, data: dict, metadata: dict | None = None, **_: Any) -> None:
        """Takes one display."""
        self.recorder.show("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        """Drops what was shown, as progress bars ask."""
        self.recorder.clear()


class Hook(DisplayHook):
    """Records the value of the last line."""

    recorder = NOWHERE

    def write_output_prompt(self) -> None:
        """No prompt: outputs carry their number."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Takes the value in all its formats."""
        self.recorder.show("execute_result", format_dict, md_dict, self.prompt_count)

    def finish_displayhook(self) -> None:
        """Nothing is left to print."""


class Shell(InteractiveShell):
    """IPython's shell, without what needs a terminal or a disk."""

    displayhook_class = Hook
    display_pub_class = Publisher
    recorder = NOWHERE

    def init_io(self) -> None:
        """Streams are set by `run_cell`."""

    def ask_exit(self) -> None:
        """``exit()`` and ``quit()`` leave nothing."""

    def showtraceback(self, exc_tuple: tuple | None = None, *args: Any, **kwargs: Any) -> None:
        """Records an error; the end of a cell that wanted to leave, or had to, is none."""
        if not issubclass((exc_tuple or sys.exc_info())[0] or Exception, (SystemExit, Overtime)):
            super().showtraceback(exc_tuple, *args, **kwargs)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.recorder.fail(etype.__name__, text_of(evalue), [str(line) for line in stb])

    def enable_gui(self, gui: str | None = None) -> None:
        """No windows."""


def start() -> Shell:
    """The shell of a notebook; plots appear in it as in Jupyter."""
    warnings.filterwarnings("ignore", "To exit: use")  # IPython's advice for terminals
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    sys.path.insert(0, isolation.WORK)
    builtins.input = getpass.getpass = no_input
    _replace_what_needs_a_desk(shell)
    if "matplotlib_inline" in sys.modules:
        shell.enable_matplotlib("inline")
    return shell


def no_input(*_: Any) -> str:
    """Stands for `input` and `getpass`."""
    raise EOFError(wire.NO_INPUT)


def _replace_what_needs_a_desk(shell: Shell) -> None:
    """Lets what installs, opens windows, extends a notebook or waits for a person do nothing: a cell goes on after it.

    Of the rest of such a cell none needs it: students' own machines have these things, and this one has not.
    """
    load = shell.extension_manager.load_extension

    def load_if_there(line: str) -> None:
        try:
            load(line.strip())
        except ImportError:
            print(f"There is no {line.strip()} where this is graded.")

    def plots(line: str) -> None:
        if "matplotlib" in sys.modules:
            shell.enable_matplotlib("inline")

    does = dict.fromkeys(INSTALLERS, lambda line: print(NOTHING_INSTALLED))
    does |= dict.fromkeys(("load_ext", "reload_ext"), load_if_there)
    does |= dict.fromkeys(("tensorflow_version", "tensorboard"), lambda line: None)
    for name, do in {**does, "matplotlib": plots}.items():
        shell.register_magic_function(do, "line", name)
    sys.breakpointhook = pdb.set_trace = debugger.set_trace = lambda *args, **kwargs: None


def run_cell(shell: Shell, source: str, allowance: Allowance) -> list[dict]:
    """Runs one cell in the shell.

    Returns:
        Its outputs, as in a notebook file. An interruption is none.
    """
    allowance.next_cell()
    recorder = Recorder(allowance)
    for place in (shell, shell.display_pub, shell.displayhook):
        place.recorder = recorder
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout", recorder), Stream("stderr", recorder)
    try:
        shell.run_cell(source, store_history=True)
    except (SystemExit, Overtime):
        pass
    except BaseException as error:
        lines = traceback.format_exception(error)
        recorder.fail(type(error).__name__, text_of(error), lines)
    finally:
        sys.stdout, sys.stderr = before
    return recorder.result()
