"""Handles: the examiner's side of objects that stay in the candidate.

A handle says of itself what the candidate said of the object: the name of its type, whether it can be called, has
items or a length, is an array. Everything that is done with it is done over there, and comes back as a value or as
another handle. What the candidate says may be false, so nothing here trusts it: it is data, of limited size.
"""

import builtins
import functools
import inspect
import keyword
import mmap
import socket
import textwrap
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graders.libraries import SHARED
from graders.sealed.inside import wire


class CandidateLost(BaseException):
    """The candidate is gone, or says what no candidate of ours says: nothing more can be asked."""


class CellTimeout(BaseException):
    """A test cell that took more processor time than it may, there or here."""


class Conversation:
    """Questions to one candidate, and its answers.

    Args:
        channel: to the candidate.
        watch: to its warm parent, which counts its processor time and ends it where it takes too long.
        asked: a page of memory in which that parent sees whether the candidate is being asked something, and so is the
            one who keeps the other waiting.
        most_bytes: what one answer may take here.
        gone: how it is said that the candidate is gone.
    """

    def __init__(
        self, channel: socket.socket, watch: socket.socket, asked: mmap.mmap, most_bytes: int, gone: str = "gone"
    ) -> None:
        self.channel, self._watch, self._asked = channel, watch, asked
        self._gone = gone
        self._most_bytes = most_bytes
        self._given: list[Any] = []
        self._talking = self._late = False

    @property
    def is_talking(self) -> bool:
        """Whether a question waits for its answer, and nothing of ours is being called meanwhile."""
        return self._talking

    def begin_cell(self) -> None:
        """Has the candidate's processor time counted anew, and lets go of the functions that the cell before has given.

        Raises:
            CandidateLost: if its parent is gone.
        """
        self._late = False
        self._given.clear()
        try:
            self._watch.send(b".")
        except OSError:
            raise CandidateLost(self._gone) from None

    def stop_cell(self) -> None:
        """Ends a test cell that has computed for too long here; once what is being said has been said.

        Raises:
            CellTimeout: if nothing is being said.
        """
        self._late = True
        if not self._talking:
            raise CellTimeout

    def forget(self) -> None:
        """Lets go of all handles of the cell before."""
        self.ask("forget")

    def ask(self, do: str, **message: Any) -> Any:
        """Asks for one thing and gives the answer; an error over there is raised here, by its name.

        Raises:
            CandidateLost: if there is no answer that can be read.
            CellTimeout: if the processor time of the cell is used up.
        """
        encoder = wire.Encoder(self._describe)
        question = {key: encoder.encode(value) if key in ("args", "kwargs", "key", "files") else value
                    for key, value in message.items()}  # fmt: skip
        try:
            answer, buffers = self._exchange({"do": do, **question}, encoder.buffers)
            value = (
                None
                if "error" in answer
                else wire.Decoder(buffers, self._find, self._most_bytes).decode(answer["value"])
            )
        except wire.Silence:
            raise CandidateLost(self._gone) from None
        except (wire.WireError, KeyError):
            raise CandidateLost("nonsense") from None
        if "error" in answer:
            raise _error(answer)
        return value

    def call(self, helper: Callable[..., Any], args: tuple) -> Any:
        """Calls a function of ours over there, where its text goes."""
        return self.ask("beside", source=_standalone(helper), name=helper.__name__, args=list(args))

    def _exchange(self, question: dict, parts: list) -> tuple[dict, list[bytearray]]:
        """Sends a question, and gives what is answered; meanwhile functions of ours may be called."""
        self._talking = True
        self._asked[0] = 1  # already now: who does not read what is long keeps us waiting, too
        wire.send(self.channel, question, parts)
        while True:
            answer, buffers = wire.receive(self.channel, self._most_bytes)
            self._asked[0] = 0
            if not isinstance(answer, dict):
                raise wire.WireError("no answer")
            if "callback" not in answer:
                break
            reply = self._call_back(answer, buffers)
            self._asked[0] = 1
            wire.send(self.channel, *reply)
        self._talking = False
        if self._late:
            raise CellTimeout
        return answer, buffers

    def _call_back(self, request: dict, buffers: list[bytearray]) -> tuple[dict, list]:
        """The reply to a call of one of our own functions, which the candidate was given."""
        encoder = wire.Encoder(self._describe)
        decoder = wire.Decoder(buffers, self._find, self._most_bytes)
        try:
            self._talking = False
            if self._late:
                raise CellTimeout
            number = int(request["callback"])
            if not 0 <= number < len(self._given):
                raise RuntimeError("the test that gave this function is over")
            function = self._given[number]
            arguments, named = decoder.decode(request["args"]), decoder.decode(request["kwargs"])
            named = {str(key): value for key, value in named.items()}
            return {"value": encoder.encode(function(*arguments, **named))}, encoder.buffers
        except CellTimeout:
            self._late = True
            return {"error": "Overtime", "text": ""}, []
        except Exception as error:
            return {"error": type(error).__name__, "text": str(error)[:500]}, []
        finally:
            self._talking = True

    def _describe(self, value: Any) -> dict:
        """How an object that cannot be copied goes over."""
        if isinstance(value, Handle):
            if value._conversation is not self:
                raise TypeError("an object of another process")
            return {"is": "handle", "on": value._number}
        if isinstance(value, np.random.Generator):
            state = value.bit_generator.state
            return {"is": "generator", "number": self._number_of(value), "state": state}
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(module, str) and isinstance(name, str) and "<" not in name and _is_library(module):
            return {"is": "library", "module": module, "name": name}
        if callable(value):
            return {"is": "callback", "number": self._number_of(value)}
        if hasattr(value, "__array__"):
            return wire.Encoder(self._describe).encode(np.asarray(value))
        raise TypeError(f"a {type(value).__name__} cannot be given to the candidate")

    def _number_of(self, value: Any) -> int:
        """The number that an object of ours is known by over there, the same each time."""
        for number, known in enumerate(self._given):
            if known is value:
                return number
        self._given.append(value)
        return len(self._given) - 1

    def _find(self, description: dict) -> Any:
        if description.get("is") == "module":
            return _own_module(str(description.get("name")))
        if description.get("is") != "handle":
            raise wire.WireError("an unknown object")
        return _handle(self, description)


def _is_library(module: str) -> bool:
    return module.partition(".")[0] in SHARED | {"builtins"}


def _own_module(name: str) -> Any:
    """The examiner's own module of that name, of those that notebooks use; nothing is imported for the candidate."""
    import sys

    if name.partition(".")[0] in SHARED:
        found = sys.modules.get(name)
        if isinstance(found, types.ModuleType):
            return found
    raise wire.WireError(f"the module {name[:50]!r}")


def _error(answer: dict) -> BaseException:
    """The error that the candidate names: Python's own, or one of that name.

    NotImplementedError is Python's own where a stub has raised it, to say what is to be written, and no library.
    """
    name, text = str(answer["error"])[:100], str(answer.get("text", ""))[:2000]
    if name == "Overtime":
        return CellTimeout()
    known = getattr(builtins, name, None) if answer.get("stub") or name != "NotImplementedError" else None
    if not (isinstance(known, type) and issubclass(known, Exception)):
        known = type(name if name.isidentifier() else "Error", (Exception,), {})
    try:
        error = known(text)
    except TypeError:  # UnicodeDecodeError and its kin want more than a text
        error = type(name, (Exception,), {})(text)
    if str(error) != text:  # KeyError puts its text into quotes, as it has over there
        error = type(name, (known,), {"__str__": lambda self: text})(text)
    error.of_candidate = True  # whatever its class: its text may be anything
    return error


class Handle:
    """An object in the candidate. Comparison is by identity: no object is equal to a value by saying so."""

    _conversation: Conversation
    _number: int
    _name: str | None
    _text: str

    def __getattr__(self, name: str) -> Any:
        """Asks for an attribute; private ones are not asked for."""
        if name.startswith("_"):
            if name == "__name__" and self._name is not None:
                return self._name
            raise AttributeError(name)
        return self._conversation.ask("attribute", on=self._number, name=name)

    def __repr__(self) -> str:
        """What the candidate says that the object looks like."""
        return self._text


class _Callable:
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._conversation.ask("call", on=self._number, args=list(args), kwargs=kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        try:
            described = self._conversation.ask("signature", on=self._number)
            parameters = [
                inspect.Parameter(
                    str(name),
                    inspect._ParameterKind(int(kind)),
                    default=inspect.Parameter.empty if default is None else _Text(str(default)),
                )
                for name, kind, default in described
            ]
            return inspect.Signature(parameters)
        except Exception as error:
            raise AttributeError(str(error)) from None

    def call_beside(self, helper: Callable[..., Any], args: tuple) -> Any:
        """Calls a helper of a check in the candidate; see `graders.checks.ladder.beside`."""
        return self._conversation.call(helper, args)


@functools.lru_cache(maxsize=256)
def _standalone(helper: Callable[..., Any]) -> str:
    """The text of a function and of those functions of `graders` that it uses, below the imports of the libraries."""
    imports, texts, waiting = set(), {}, [helper]
    while waiting:
        function = inspect.unwrap(waiting.pop())
        if function.__name__ in {known.__name__ for known in texts if known is not function}:
            raise ValueError(f"two functions that travel with {helper.__name__} are called {function.__name__}")
        texts[function] = "from __future__ import annotations\n" + textwrap.dedent(inspect.getsource(function))
        for name in sorted(_names_in(compile(texts[function], "<helper>", "exec")) & set(function.__globals__)):
            value = function.__globals__[name]
            if isinstance(value, types.ModuleType):
                imports.add(f"import {value.__name__} as {name}")
            elif isinstance(value, types.FunctionType) and value.__module__.startswith("graders."):
                waiting += [value] if inspect.unwrap(value) not in texts else []
            elif callable(value):
                imports.add(f"from {value.__module__} import {value.__qualname__} as {name}")
    first, *rest = (text.partition("\n") for text in reversed(texts.values()))
    return "\n".join([first[0], *sorted(imports), first[2], *(text for _, _, text in rest)])


def _names_in(code: types.CodeType) -> set[str]:
    """All names that a piece of code reads, in the functions that it defines too."""
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(_names_in, inner))


class _Text(str):
    """A default value in a signature, as it was written."""

    def __repr__(self) -> str:
        return str(self)


class _Array:
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        value = self._conversation.ask("array", on=self._number)
        if isinstance(value, Handle):  # of records: asked again, it would give another one
            raise TypeError("an array of a kind that does not cross")
        value = np.asarray(value)
        return value if dtype is None else value.astype(dtype)

    def __float__(self) -> float:
        return float(np.asarray(self))

    def __int__(self) -> int:
        return int(np.asarray(self))


class _Sized:
    def __len__(self) -> int:
        length = self._conversation.ask("length", on=self._number)
        if type(length) is not int or not 0 <= length < 10**9:
            raise TypeError("no length")
        return length


class _Items:
    def __iter__(self) -> Iterator[Any]:
        return iter(self._conversation.ask("items", on=self._number))


class _Subscript:
    def __getitem__(self, key: Any) -> Any:
        return self._conversation.ask("item", on=self._number, key=key)


_ABILITIES = {"call": _Callable, "array": _Array, "length": _Sized, "items": _Items, "item": _Subscript}
_KINDS: dict[tuple, type] = {}


def _handle(conversation: Conversation, description: dict) -> Handle:
    can = tuple(ability for ability in _ABILITIES if ability in description.get("can", ()))
    name = str(description.get("type", ""))[:60]
    name = name if name.isidentifier() and not keyword.iskeyword(name) else "object"
    kind = _KINDS.get((name, can))
    if kind is None:
        kind = type(name, (*(_ABILITIES[ability] for ability in can), Handle), {})
        if len(_KINDS) < 1000:
            _KINDS[name, can] = kind
    handle = kind()
    handle._conversation, handle._number = conversation, int(description["on"])
    said = description.get("name")
    handle._name = str(said)[:100] if said is not None else None
    handle._text = str(description.get("text", ""))[:200]
    return handle
