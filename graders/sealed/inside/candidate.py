"""The candidate: runs a student's cells in IPython, as a kernel does, and answers what the examiner asks.

It holds no hidden test and no secret. Whatever a student does to this process, only what it answers counts.
"""

import builtins
import getpass
import inspect
import io
import itertools
import os
import pdb
import signal
import socket
import sys
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

from . import isolation, wire
from .allowance import EACH, LONGEST, MOST_LINES, Allowance, size_of

LONGEST_LIST = 100_000
NO_INPUT = "it asks for keyboard input, and nobody types while it is graded"


class Overtime(BaseException):
    """A cell or a call that ran past its limit; no `except Exception` stops it."""


OVERTIME = {"error": "Overtime", "text": ""}  # the answer that was interrupted
OVER = {"output_type": "error", "ename": "Overtime"}  # the output of a cell that was


def main(request: dict, opened: list[int]) -> None:
    """Serves one examiner until it hangs up."""
    allowance = Allowance(request["max_output_bytes"], request["max_notebook_output_bytes"])
    Candidate(socket.socket(fileno=opened[0]), allowance).serve()


class Candidate:
    """One student's notebook: the shell its cells run in, and the objects that the examiner holds handles on."""

    def __init__(self, channel: socket.socket, allowance: Allowance) -> None:
        self.channel = channel
        self.allowance = allowance
        self.objects: dict[int, Any] = {}
        self.generators: dict[int, Any] = {}
        self.numbers = itertools.count(1)
        self.given = Given({})
        self.shell: Any = None
        self.answering = self.interrupted = False

    def serve(self) -> None:
        """Answers requests in turn. The warm parent's signal ends one that takes too long, again and again."""
        signal.signal(signal.SIGXCPU, self.interrupt)
        while True:
            try:
                message, buffers = wire.receive(self.channel)
            except wire.Silence:
                return
            self.interrupted = False
            try:
                reply, parts = self.answer(message, buffers)
            except Overtime:  # it came while the answer was being put together
                self.answering, reply, parts = False, OVERTIME, []
            try:
                wire.send(self.channel, reply, parts)
            except wire.Silence:
                return

    def interrupt(self, number: int, frame: types.FrameType | None) -> None:
        """Ends what is being answered, once what is being said to the examiner has been said."""
        self.interrupted = True
        if self.answering:
            raise Overtime

    def answer(self, message: dict, buffers: list[bytearray]) -> tuple[dict, list]:
        """The reply to one request: a value, or an error by its name and text."""
        encoder = wire.Encoder(self.keep)
        before = self.answering
        try:
            self.answering = True
            result = getattr(self, f"do_{message['do']}")(message, wire.Decoder(buffers, self.find, tensors=True))
            return {"value": encoder.encode(result)}, encoder.buffers
        except Overtime:
            return OVERTIME, []
        except BaseException as error:
            try:
                text = str(error)[:2000]
            except Exception:
                text = ""
            return {"error": type(error).__name__[:100], "text": text, "library": _is_of_library(error)}, []
        finally:
            self.answering = before

    # --- requests -----------------------------------------------------------------------------------------------------

    def do_begin(self, message: dict, decoder: wire.Decoder) -> None:
        """Writes the files of the submission into the work folder, and starts the shell."""
        for name, content in decoder.decode(message["files"]).items():
            path = Path(isolation.WORK) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        os.environ.update(message["environment"])
        self.shell = start_shell()
        self.given = Given(self.shell.user_ns)

    def do_run(self, message: dict, decoder: wire.Decoder) -> list:
        """Runs one cell; gives its outputs."""
        outputs = run_cell(self.shell, message["source"], self.allowance)
        self.given.note(message.get("given", {}))
        return outputs + [OVER] * self.interrupted

    def do_name(self, message: dict, decoder: wire.Decoder) -> Any:
        """What a name stands for in the notebook; one that locked cells define, as they have defined it."""
        name = message["name"]
        namespace = self.given.again() if name in self.given.names else self.shell.user_ns
        if name not in namespace:
            raise NameError(f"name '{name}' is not defined")
        return namespace[name]

    def do_forget(self, message: dict, decoder: wire.Decoder) -> None:
        """Lets go of the objects behind all handles."""
        self.objects.clear()
        self.generators.clear()
        self.given.forget()

    def do_call(self, message: dict, decoder: wire.Decoder) -> Any:
        """Calls an object."""
        arguments, named = decoder.decode(message["args"]), decoder.decode(message["kwargs"])
        return self.objects[message["on"]](*arguments, **named)

    def do_attribute(self, message: dict, decoder: wire.Decoder) -> Any:
        """An attribute of an object."""
        return getattr(self.objects[message["on"]], message["name"])

    def do_item(self, message: dict, decoder: wire.Decoder) -> Any:
        """An item of an object."""
        return self.objects[message["on"]][decoder.decode(message["key"])]

    def do_length(self, message: dict, decoder: wire.Decoder) -> int:
        """The length of an object."""
        return len(self.objects[message["on"]])

    def do_items(self, message: dict, decoder: wire.Decoder) -> list:
        """All items of an object that can be iterated."""
        items = list(itertools.islice(self.objects[message["on"]], LONGEST_LIST + 1))
        if len(items) > LONGEST_LIST:
            raise ValueError(f"more than {LONGEST_LIST} items")
        return items

    def do_array(self, message: dict, decoder: wire.Decoder) -> Any:
        """An object as an array."""
        import numpy as np

        return np.array(self.objects[message["on"]])

    def do_signature(self, message: dict, decoder: wire.Decoder) -> Any:
        """The parameters of a function: name, kind, and the text of the default if there is one."""
        parameters = inspect.signature(self.objects[message["on"]]).parameters.values()
        return [
            (p.name, int(p.kind), None if p.default is inspect.Parameter.empty else repr(p.default)[:60])
            for p in parameters
        ]

    def do_beside(self, message: dict, decoder: wire.Decoder) -> Any:
        """Calls a function of the examiner's, which comes as text, here beside the student's objects."""
        namespace: dict[str, Any] = {"__name__": "beside"}
        exec(compile(message["source"], "<beside>", "exec"), namespace)
        return namespace[message["name"]](*decoder.decode(message["args"]))

    # --- handles ------------------------------------------------------------------------------------------------------

    def keep(self, value: Any) -> dict:
        """Keeps an object, and describes it for the examiner."""
        if isinstance(value, types.ModuleType):
            return {"is": "module", "name": value.__name__}
        number = next(self.numbers)
        self.objects[number] = value
        kind = type(value)
        can = [
            ability
            for ability, method in (("array", "__array__"), ("length", "__len__"), ("items", "__iter__"))
            if hasattr(kind, method)
        ]
        can += ["item"] if hasattr(kind, "__getitem__") else []
        can += ["call"] if callable(value) else []
        name = getattr(value, "__name__", None)
        return {
            "is": "handle",
            "on": number,
            "type": kind.__name__,
            "can": can,
            "name": name if isinstance(name, str) else None,
            "text": _text(value),
        }

    def find(self, description: dict) -> Any:
        """The object behind a handle, or a function of the examiner's library by its name."""
        if description["is"] == "handle":
            return self.objects[description["on"]]
        if description["is"] == "library":
            found = __import__(description["module"], fromlist=["_"])
            for part in description["name"].split("."):
                found = getattr(found, part)
            return found
        if description["is"] == "generator":
            return self._generator(description["number"], description["state"])
        if description["is"] == "callback":
            return Callback(self, description["number"])
        raise wire.WireError("an unknown object")

    def _generator(self, number: int, state: dict) -> Any:
        """The twin of one of the examiner's random generators: it starts in the same state, and goes its own way."""
        import numpy as np

        if number not in self.generators:
            twin = getattr(np.random, state["bit_generator"])()
            twin.state = state
            self.generators[number] = np.random.Generator(twin)
        return self.generators[number]


class Given:
    """What the locked cells have defined: tests get it from here, whatever a student has put under its name.

    Functions are made anew from their text for each test, in a namespace in which the other names of locked cells are
    those that they had there. All else is the object that a name stood for when its cell had run: nothing is computed
    again. The student's own cells go on to see what the student has made of a name.
    """

    def __init__(self, student: dict[str, Any]) -> None:
        self.names: set[str] = set()
        self._student = student
        self._objects: dict[str, Any] = {}
        self._functions: dict[str, str] = {}
        self._made: dict[str, Any] | None = None

    def note(self, names: dict[str, str | None]) -> None:
        """Keeps what the names of a locked cell that has just run stand for, and the texts of its functions."""
        for name, text in names.items():
            self.names.add(name)
            for kept in (self._objects, self._functions):
                kept.pop(name, None)
            if name in self._student:
                self._objects[name] = self._student[name]
                if text is not None:
                    self._functions[name] = text

    def forget(self) -> None:
        """Lets go of the functions that were made for a test."""
        self._made = None

    def again(self) -> dict[str, Any]:
        """The namespace of a test."""
        if self._made is None:
            self._made = _Behind(self._objects, self._student)
            for name, text in self._functions.items():
                try:
                    exec(compile(text, "<given>", "exec"), self._made)
                except Exception:  # a default value that is no longer there
                    self._made[name] = self._objects[name]
        return self._made


class _Behind(dict):
    """A namespace with another one behind it."""

    def __init__(self, own: dict[str, Any], behind: dict[str, Any]) -> None:
        super().__init__(own, __name__="__main__", __builtins__=builtins)
        self._behind = behind

    def __missing__(self, name: str) -> Any:
        return self._behind[name]


class Callback:
    """A function of the examiner's that a student's function was given: calling it asks the examiner."""

    def __init__(self, candidate: Candidate, number: int) -> None:
        self._candidate, self._number = candidate, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Sends the arguments and waits for the value; meanwhile the examiner may ask things of its own."""
        candidate = self._candidate
        encoder = wire.Encoder(candidate.keep)
        message = {"callback": self._number, "args": encoder.encode(list(args)), "kwargs": encoder.encode(kwargs)}
        candidate.answering = False
        try:
            wire.send(candidate.channel, message, encoder.buffers)
            while True:
                message, buffers = wire.receive(candidate.channel)
                if "do" not in message:
                    break
                wire.send(candidate.channel, *candidate.answer(message, buffers))
        finally:
            candidate.answering = True
        if candidate.interrupted or message.get("error") == "Overtime":
            raise Overtime
        if "error" in message:
            kind = getattr(builtins, message["error"], None)
            raise (kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError)(message["text"])
        return wire.Decoder(buffers, candidate.find, tensors=True).decode(message["value"])


def _is_of_library(error: BaseException) -> bool:
    """Whether it was raised in a library, and not by the notebook itself."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix))


def no_input(*_: Any) -> str:
    """Stands for `input` and `getpass`."""
    raise EOFError(NO_INPUT)


def _text(value: Any) -> str:
    """What `str` gives for a small object, as sentences about wrong answers show it."""
    try:
        return str(value)[:200]
    except Exception:
        return ""


# --- the shell --------------------------------------------------------------------------------------------------------


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
                import base64

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


NOWHERE = Recorder(Allowance(0, 0))


class Stream(io.TextIOBase):
    """Standard output or error of the notebook."""

    def __init__(self, name: str) -> None:
        self._stream, self.recorder = name, NOWHERE

    def write(self, text: str) -> int:
        """Records the text."""
        self.recorder.write(self._stream, text if isinstance(text, str) else str(text))
        return len(text)

    def isatty(self) -> bool:
        """No terminal."""
        return False

    def fileno(self) -> int:
        """None either."""
        raise io.UnsupportedOperation("fileno")


INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
NOTHING_INSTALLED = "Nothing is installed while this is graded."


def start_shell() -> Any:
    """An IPython shell whose outputs are recorded; plots appear in it as in Jupyter."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

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
        """The shell, without what needs a terminal or a disk."""

        displayhook_class = Hook
        display_pub_class = Publisher

        def init_io(self) -> None:
            """Streams are set by `run_cell`."""

        def ask_exit(self) -> None:
            """``exit()`` and ``quit()`` leave nothing."""

        def showtraceback(self, exc_tuple: tuple | None = None, *args: Any, **kwargs: Any) -> None:
            """Records an error; the end of a cell that wanted to leave, or had to, is none."""
            if not issubclass((exc_tuple or sys.exc_info())[0] or Exception, (SystemExit, Overtime)):
                super().showtraceback(exc_tuple, *args, **kwargs)

        def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
            self.recorder.fail(etype.__name__, _text(evalue), [str(line) for line in stb])

        def enable_gui(self, gui: str | None = None) -> None:
            """No windows."""

    warnings.filterwarnings("ignore", "To exit: use")  # IPython's advice for terminals
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    sys.path.insert(0, isolation.WORK)
    builtins.input = getpass.getpass = no_input
    shell.recorder = NOWHERE
    _replace_what_needs_a_desk(shell)
    if "matplotlib_inline" in sys.modules:
        shell.enable_matplotlib("inline")
    return shell


def _replace_what_needs_a_desk(shell: Any) -> None:
    """Lets what installs, opens windows, extends a notebook or waits for a person do nothing: a cell goes on after it.

    Of the rest of such a cell none needs it: students' own machines have these things, and this one has not.
    """
    from IPython.core import debugger

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


def run_cell(shell: Any, source: str, allowance: Allowance) -> list[dict]:
    """Runs one cell in the shell.

    Returns:
        Its outputs, as in a notebook file. An interruption is none.
    """
    allowance.next_cell()
    recorder = Recorder(allowance)
    shell.recorder = recorder
    for place in (shell.display_pub, shell.displayhook):
        place.recorder = recorder
    before = sys.stdout, sys.stderr
    streams = Stream("stdout"), Stream("stderr")
    for stream in streams:
        stream.recorder = recorder
    sys.stdout, sys.stderr = streams
    try:
        shell.run_cell(source, store_history=True)
    except (SystemExit, Overtime):
        pass
    except BaseException as error:
        lines = traceback.format_exception(error)
        recorder.fail(type(error).__name__, _text(error), lines)
    finally:
        sys.stdout, sys.stderr = before
    return recorder.result()
