"""The shell that a notebook's cells run in: IPython's, whose outputs are recorded, without terminal, disk or desk."""

import base64
import builtins
import codecs
import contextlib
import functools
import getpass
import io
import os
import pdb
import select
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
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
NONE_HERE = "There is no {} where this is graded."
MOST_IN_A_PIPE = 2**16


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
    """Standard output or error of the notebook, which says of itself what that of a kernel does."""

    encoding, errors = "UTF-8", "strict"

    def __init__(self, name: str, recorder: Recorder) -> None:
        self.name, self._recorder = name, recorder

    def write(self, text: str) -> int:
        """Records the text."""
        self._recorder.write(self.name, text if isinstance(text, str) else str(text))
        return len(text)

    def isatty(self) -> bool:
        """No terminal."""
        return False

    def fileno(self) -> int:
        """An open file, as programs and libraries ask for one: /dev/null, and in a kernel its terminal."""
        return 2 if self.name == "stderr" else 1


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


class NoKernel:
    """Stands for the kernel: whatever notebooks ask of it, such as to restart, does nothing."""

    def __getattr__(self, name: str) -> "NoKernel":
        """Any part of it; none that Python itself or a library looks for."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> None:
        """Does nothing."""


class Shell(InteractiveShell):
    """IPython's shell, without what needs a terminal or a disk."""

    displayhook_class = Hook
    display_pub_class = Publisher
    recorder = NOWHERE
    kernel = NoKernel()

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

    def system(self, cmd: str) -> None:
        """Runs a program, as in ``!ls``, that finds no terminal: one that asks meets the end of its input.

        What it leaves running in the background is not waited for.
        """
        command = self.var_expand(cmd, depth=1)
        if command.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")  # as IPython says
        pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, shell=True, start_new_session=True, **pipe) as running:
            try:
                _show(running)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
                raise
        self.user_ns["_exit_code"] = running.returncode

    def enable_gui(self, gui: str | None = None) -> None:
        """No windows."""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Goes on where there is no such magic: kernels and extensions have some that this shell has not."""
        if self.find_line_magic(magic_name) is None:
            return print(NONE_HERE.format(f"%{magic_name}"))
        return super().run_line_magic(magic_name, line, _stack_depth + 1)  # this frame is one more

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Runs the cell where there is no such magic: most time it, draw its profile or format it."""
        if self.find_cell_magic(magic_name) is None:
            print(NONE_HERE.format(f"%%{magic_name}"))
            self.run_cell(cell)
            return None
        return super().run_cell_magic(magic_name, line, cell)


def _show(running: subprocess.Popen) -> None:
    """Writes what a program says until it has ended."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        ended = running.poll() is not None  # asked before looking: what it has said until then is there
        if select.select([running.stdout], [], [], 0 if ended else 0.1)[0]:
            said = os.read(running.stdout.fileno(), MOST_IN_A_PIPE)
            sys.stdout.write(decoder.decode(said, final=not said))
            if not said or (ended and len(said) < MOST_IN_A_PIPE):
                return
        elif ended:
            return


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
    os.environ.update(PAGER="cat", GIT_PAGER="cat", DEBIAN_FRONTEND="noninteractive")  # programs that would wait
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
            print(NONE_HERE.format(line.strip()))

    def plots(line: str) -> None:
        if "matplotlib" in sys.modules:
            shell.enable_matplotlib("inline")

    does = dict.fromkeys(INSTALLERS, lambda line: print(NOTHING_INSTALLED))
    does |= dict.fromkeys(("load_ext", "reload_ext"), load_if_there)
    does |= dict.fromkeys(("tensorflow_version", "tensorboard", "edit"), lambda line: None)
    for name, do in {**does, "matplotlib": plots}.items():
        shell.register_magic_function(do, "line", name)
    sys.breakpointhook = pdb.set_trace = debugger.set_trace = lambda *args, **kwargs: None
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib
        from matplotlib import pyplot as plt

        plt.switch_backend, matplotlib.use = map(_without_windows, (plt.switch_backend, matplotlib.use))


def _without_windows(choose: Callable[..., None]) -> Callable[..., None]:
    """A function that chooses how figures are drawn: on paper as asked, else in the notebook."""
    from matplotlib.backends import BackendFilter, backend_registry

    on_paper = backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE)

    def drawable(backend: Any) -> Any:
        return "inline" if isinstance(backend, str) and backend.lower() not in on_paper else backend

    @functools.wraps(choose)
    def chosen(*args: Any, **kwargs: Any) -> None:
        choose(*map(drawable, args), **{name: drawable(value) for name, value in kwargs.items()})

    return chosen


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
