"""The candidate: runs a student's cells in IPython, as a kernel does, and answers what the examiner asks.

It holds no hidden test and no secret. Whatever a student does to this process, only what it answers counts.
"""

import builtins
import contextlib
import inspect
import itertools
import os
import signal
import socket
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import isolation, shell, wire
from .allowance import Allowance
from .shell import Overtime, text_of

LONGEST_LIST = 100_000
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
        self.lock = threading.RLock()  # of the channel: threads of a student's may call functions of the examiner's
        self.asked = False
        self.process = os.getpid()

    def serve(self) -> None:
        """Answers requests in turn. The warm parent's signal ends one that takes too long, again and again."""
        signal.signal(signal.SIGXCPU, self.interrupt)
        while True:
            try:
                message, buffers = wire.receive(self.channel)
            except wire.Silence:
                return
            self.interrupted, self.asked = False, True
            try:
                reply, parts = self.answer(message, buffers)
            except Overtime:  # it came while the answer was being put together
                self.answering, reply, parts = False, OVERTIME, []
            try:
                with self.lock:  # a thread may still be calling
                    self.asked = False
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
                error, is_stub = _of_stub(error)
                text = str(error)[:2000]
            except Exception:
                text, is_stub = "", False
            return {"error": type(error).__name__[:100], "text": text, "stub": is_stub}, []
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
        self.shell = shell.start()
        self.given = Given(self.shell.user_ns)

    def do_run(self, message: dict, decoder: wire.Decoder) -> list:
        """Runs one cell; gives its outputs."""
        outputs = shell.run_cell(self.shell, message["source"], self.allowance)
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

        with _our_warnings_ignored():
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
        with _our_warnings_ignored():
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
            "text": text_of(value),
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
    those that they had there. Arrays, and lists of them, are what they were when their cell had run, whoever changes
    one in place since. All else is the object that a name stood for then: nothing is computed again. The student's own
    cells go on to see what the student has made of a name.
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
                with contextlib.suppress(Exception):  # too deep, or too large: then it is itself
                    self._objects[name] = _as_it_is(self._student[name], {})
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


def _as_it_is(value: Any, made: dict[int, Any]) -> Any:
    """A copy of an array or of a list or tuple of such; another object is itself. `made`: copies, by id."""
    import numpy as np

    if id(value) in made:
        return made[id(value)]
    if type(value) is np.ndarray:
        made[id(value)] = value.copy()
    elif type(value) is list:
        made[id(value)] = []
        made[id(value)] += [_as_it_is(item, made) for item in value]
    elif type(value) is tuple:
        made[id(value)] = tuple(_as_it_is(item, made) for item in value)
    return made.get(id(value), value)


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
        """Sends the arguments and waits for the value; meanwhile the examiner may ask things of its own.

        Threads call one after the other.

        Raises:
            RuntimeError: in another process, which the examiner does not hear, and once the test is over.
        """
        candidate = self._candidate
        if os.getpid() != candidate.process:
            raise RuntimeError("a function that a test gives can be called in the notebook's own process alone")
        encoder = wire.Encoder(candidate.keep)
        message = {"callback": self._number, "args": encoder.encode(list(args)), "kwargs": encoder.encode(kwargs)}
        with candidate.lock:
            if not candidate.asked:
                raise RuntimeError("the test that gave this function is over")
            message, buffers = self._exchange(message, encoder.buffers)
        if candidate.interrupted or message.get("error") == "Overtime":
            raise Overtime
        if "error" in message:
            kind = getattr(builtins, message["error"], None)
            raise (kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError)(message["text"])
        return wire.Decoder(buffers, candidate.find, tensors=True).decode(message["value"])

    def _exchange(self, message: dict, parts: list) -> tuple[dict, list[bytearray]]:
        candidate = self._candidate
        is_main = threading.current_thread() is threading.main_thread()  # the one that an interruption reaches
        candidate.answering = candidate.answering and not is_main
        try:
            wire.send(candidate.channel, message, parts)
            while True:
                message, buffers = wire.receive(candidate.channel)
                if "do" not in message:
                    return message, buffers
                wire.send(candidate.channel, *candidate.answer(message, buffers))
        finally:
            candidate.answering = candidate.answering or is_main


@contextlib.contextmanager
def _our_warnings_ignored() -> Iterator[None]:
    """Ignores warnings but those of the notebook's code, which a student may have turned into errors: they are its own.

    As `graders.checks.ladder.beside` does in a kernel.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="(?!__main__$)")
        yield


def _of_stub(error: BaseException) -> tuple[BaseException, bool]:
    """The error that a stub has raised, if one has, and whether that is so; see `graders.checks.ladder`."""
    first = error
    while isinstance(first.__context__, NotImplementedError):
        first = first.__context__
    trace = first.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    is_own = code is not None and not code.co_filename.startswith((sys.prefix, sys.base_prefix))
    is_stub = isinstance(first, NotImplementedError) and is_own and type(first).__name__ in code.co_names
    return (first, True) if is_stub else (error, False)
