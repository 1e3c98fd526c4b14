"""Oracles that are asked once: their values are kept on disk, for the next student, mutant and fixture.

An oracle is a function of plain data, which a check draws by itself: never of anything that a student returned. Values
are kept only where `keep` has been called, which is in processes that no student's code runs in. An entry is found by
all that its value depends on: the text of every check, the versions of the libraries, the oracle and its arguments. It
is JSON, is never executed, and carries a digest of itself and of what it answers; one that is damaged, or is the answer
to something else, is not used.
"""

import base64
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

CHECKS = Path(__file__).parent
LIBRARIES = ("keras", "numpy", "scikit-learn", "scipy", "sympy", "tensorflow", "tensorflow-probability", "tf-keras")
VARIABLE = "COURSE_ORACLES"  # another folder, or "off"
DAYS = 30  # that values of other texts or versions stay

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


@dataclass(frozen=True)
class _Shelf:
    """Where values are kept on disk, whether new ones are, and the encoded ones that this process has met."""

    folder: Path | None
    writes: bool
    met: dict[str, Any] = field(default_factory=dict)


_shelf: _Shelf | None = None
_asking = False  # an oracle, which may ask others: its value alone is kept


def keep(writes: bool = True) -> None:
    """Lets this process use values that are kept, from here on, and ask no oracle twice.

    Args:
        writes: whether it also keeps new ones: not where code runs that could have changed what an oracle gives.
    """
    global _shelf
    _shelf = _Shelf(_folder(), writes)


def forget() -> None:
    """Lets this process ask every oracle again, from here on."""
    global _shelf
    _shelf = None


def oracle(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """A function of plain data, to plain data, whose values are kept: numbers, texts, arrays, tuples, lists, dicts.

    It depends on its arguments alone: it draws nothing, and reads no file and no variable.
    Functions that a module defines may be arguments. It is called with the same arguments in the same form each time,
    and gives the same types whether or not its value was kept.
    """
    code = _digest_of_checks()  # of what has just been imported, whatever becomes of the files

    @functools.wraps(function)
    def asked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
        if _shelf is None or _asking:
            return function(*args, **kwargs)
        generation = _generation(code)
        question = _digest([generation, f"{function.__module__}.{function.__qualname__}", args, kwargs])
        if question not in _shelf.met:
            _shelf.met[question] = _kept(_shelf, generation, question, lambda: _ask(function, *args, **kwargs))
        return decode(_shelf.met[question])

    return asked


def _ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The encoded value of an oracle."""
    global _asking
    _asking = True
    try:
        return encode(function(*args, **kwargs))
    finally:
        _asking = False


# --- what a value depends on ------------------------------------------------------------------------------------------


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(encode(value, functions=True), sort_keys=True).encode()).hexdigest()


def _digest_of_checks() -> str:
    """Of the text of all checks: an oracle may call any of them."""
    return _digest_of(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in _texts()))


def _texts() -> list[Path]:
    return sorted(CHECKS.rglob("*.py"))


@functools.cache
def _digest_of(files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in files:
        text = path.read_bytes()
        digest.update(f"{path.relative_to(CHECKS).as_posix()} {len(text)} ".encode())
        digest.update(text)
    return digest.hexdigest()


@functools.cache
def _generation(code: str) -> str:
    return _digest([code, *versions()])


def versions() -> list[str]:
    """Of all that computes."""
    found = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return [sys.version, platform.machine(), *found]


# --- plain data as JSON -----------------------------------------------------------------------------------------------


def encode(value: Any, functions: bool = False) -> Any:
    """Plain data in the types of JSON, from which `decode` makes the same value again, types and all.

    Args:
        value: what to encode.
        functions: whether functions are let in, by their names; they are not decoded.

    Raises:
        TypeError: if something is no plain data.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (list, tuple):
        return {type(value).__name__: [encode(item, functions) for item in value]}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": [[key, encode(item, functions)] for key, item in value.items()]}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufcUS":
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {kind: [value.dtype.str, list(value.shape), data]}
    if functions and callable(value):
        module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
        if getattr(sys.modules.get(module), name, None) is value:
            return {"function": [module, name]}
    raise TypeError(f"an oracle is a function of plain data to plain data, and a {type(value).__name__} is none")


def decode(encoded: Any) -> Any:
    """What `encode` has encoded.

    Raises:
        ValueError: if it was something else.
    """
    if not isinstance(encoded, dict):
        return encoded
    ((kind, content),) = encoded.items()
    if kind in ("list", "tuple"):
        items = [decode(item) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {key: decode(item) for key, item in content}
    if kind in ("array", "scalar"):
        dtype, shape, data = content
        array = np.frombuffer(base64.b64decode(data), np.dtype(dtype)).reshape(shape).copy()
        return array if kind == "array" else array[()]
    raise ValueError(f"{kind} is no plain data")


# --- on disk ----------------------------------------------------------------------------------------------------------


def _folder() -> Path | None:
    """A folder of this user's alone, out of the sight of sandboxes; none where there can be none.

    Those see the system and the Python environment.
    """
    said = os.environ.get(VARIABLE, "")
    if said == "off":
        return None
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = (Path(said) if said else cache / "deep-learning-for-cosmology" / "oracles").resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.stat()
    except (OSError, RuntimeError):
        return None
    seen = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, "/usr")]
    if state.st_uid != os.getuid() or state.st_mode & 0o022 or any(folder.is_relative_to(place) for place in seen):
        return None
    return folder


def _kept(shelf: _Shelf, generation: str, question: str, ask: Callable[[], Any]) -> Any:
    """The encoded value that is kept for a question, or else the oracle's."""
    if shelf.folder is None:
        return ask()
    place = shelf.folder / generation[:16] / question
    found = _read(place, question)
    if found is None:
        found = ask()
        if shelf.writes:
            _write(place, question, found)
    return found


def _seal(question: str, text: str) -> str:
    return hashlib.sha256(f"{question} {text}".encode()).hexdigest()


def _read(place: Path, question: str) -> Any:
    """The encoded value that is kept there, if it is whole and answers the question."""
    try:
        seal, _, text = place.read_text(encoding="ascii").partition("\n")
        return json.loads(text) if seal == _seal(question, text) else None
    except (OSError, ValueError):
        return None


def _write(place: Path, question: str, encoded: Any) -> None:
    """Keeps an encoded value: whoever reads meanwhile finds all of it or nothing. Where that fails, nothing is kept."""
    text = json.dumps(encoded)
    try:
        if not place.parent.is_dir():
            _clear(place.parent.parent)
            place.parent.mkdir(mode=0o700, exist_ok=True)
        number, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(f"{_seal(question, text)}\n{text}")
        Path(name).replace(place)
    except OSError:
        return


def _clear(folder: Path) -> None:
    """Removes the values of texts and versions that have been given up."""
    for generation in folder.iterdir():
        if generation.is_dir() and generation.stat().st_mtime < time.time() - DAYS * 86400:
            shutil.rmtree(generation, ignore_errors=True)
