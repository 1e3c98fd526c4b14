"""The wire between examiner and candidate: frames of JSON and raw arrays, and nothing that could run.

A frame is the length of its header, the header as JSON, and the buffers that the header announces. Plain data cross by
value: numbers (fractions and decimals as integers or floats), strings, bytes, lists, tuples, dictionaries, sets,
ranges, NumPy arrays, tensors (to the examiner as arrays) and SymPy expressions (as trees). Everything else stays where
it is and crosses as a handle: a number, the name of its type, and what can be done with it. What comes in is checked
against limits and never unpickled, imported or evaluated.
"""

import json
import math
import re
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

DROPPED = "\n... the rest of this output was dropped ...\n"  # the end of an output that was longer than is kept
NO_INPUT = "it asks for keyboard input, and nobody types while it is graded"
LONGEST_ALT = 1000
MAX_HEADER = 32 * 2**20
MAX_BUFFERS = 512 * 2**20  # also of values once they are decoded, an item of an array counted as 8 bytes at least
MAX_ITEMS = 2_000_000  # of a header: each takes up to a hundred times its length once it is read
MAX_DEPTH = 40
MAX_DIGITS = 4000
MAX_KEYS = 10_000  # of a dictionary or set: more of them could be made to collide
KINDS = "biufcUSmM"  # of arrays that cross as they are: no objects, no records
_DTYPE = re.compile(rf"[<>|=]?[{KINDS}]\d{{0,9}}(\[\d{{0,9}}[a-zA-Z]{{1,2}}\])?")  # NumPy would read much more as one

_LENGTH = struct.Struct("!Q")


class WireError(Exception):
    """What came over the wire is no frame of ours, or too large."""


class Silence(Exception):
    """The other side is gone."""


# --- frames -----------------------------------------------------------------------------------------------------------


def send(channel: socket.socket, message: Any, buffers: Sequence[bytes | memoryview] = ()) -> None:
    """Sends one frame, and waits for as long as it takes: whoever watches the other side ends it.

    Raises:
        Silence: if the other side is gone.
    """
    header = json.dumps({"message": message, "buffers": [len(buffer) for buffer in buffers]}).encode()
    try:
        for part in (_LENGTH.pack(len(header)), header, *buffers):
            channel.sendall(part)
    except OSError as error:
        raise Silence(str(error)) from None


def receive(channel: socket.socket, most: int = MAX_BUFFERS) -> tuple[Any, list[bytearray]]:
    """Receives one frame: its message and its buffers, which together have no more than `most` bytes.

    Raises:
        Silence: if the other side is gone.
        WireError: if what it says is no frame.
    """
    size = _LENGTH.unpack(_read(channel, _LENGTH.size))[0]
    if size > MAX_HEADER:
        raise WireError(f"a header of {size} bytes")
    try:
        text = _read(channel, size)
        if sum(map(text.count, (b",", b":", b"[", b"{"))) > MAX_ITEMS:
            raise WireError("a header of too many items")
        header = json.loads(text)
        sizes = header["buffers"]
        if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > most:
            raise WireError("buffers that are too large")
        message = header["message"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WireError(f"no header: {type(error).__name__}") from None
    return message, [_read(channel, size) for size in sizes]


def _read(channel: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    try:
        while view:
            got = channel.recv_into(view)
            if got == 0:
                raise Silence("the other side is gone")
            view = view[got:]
    except OSError as error:
        raise Silence(str(error)) from None
    return data


# --- values -----------------------------------------------------------------------------------------------------------

Keep = Callable[[Any], dict]
Find = Callable[[dict], Any]


class Encoder:
    """Turns values into what JSON and raw buffers can hold.

    Attributes:
        buffers: what goes beside the header.
        keep: gives the description of an object that stays on this side.
    """

    def __init__(self, keep: Keep) -> None:
        self.buffers: list[bytes | memoryview] = []
        self.keep = keep

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The value for the header; arrays are put into the buffers.

        Raises:
            WireError: if it is too much for the wire: too deep, too large, or within itself.
        """
        if depth > MAX_DEPTH:
            raise WireError(f"values nested more than {MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind in (bool, str, float):
            return value
        if kind is int:
            return value if abs(value) < 2**63 else self._integer(value)
        if kind is list:
            return [self.encode(item, depth + 1) for item in value]
        for plain in (int, float, str):  # an IntEnum is its number
            if isinstance(value, plain) and not isinstance(value, np.generic):
                return self.encode(plain(value), depth + 1)
        if (number := _plain(value, kind)) is not None:
            return self.encode(number, depth + 1)
        tag = self._tagged(value, kind, depth)
        return self.keep(value) if tag is None else tag

    def _tagged(self, value: Any, kind: type, depth: int) -> dict | None:
        if kind is tuple or (isinstance(value, tuple) and hasattr(kind, "_fields")):
            return {"is": "tuple", "of": [self.encode(item, depth + 1) for item in tuple(value)]}
        if kind is dict:
            pairs = [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()]
            return {"is": "dict", "of": pairs}
        if kind in (set, frozenset):
            return {"is": kind.__name__, "of": [self.encode(item, depth + 1) for item in value]}
        if kind is range:
            return {"is": "range", "of": [value.start, value.stop, value.step]}
        if kind is slice:
            parts = [self.encode(part, depth + 1) for part in (value.start, value.stop, value.step)]
            return {"is": "slice", "of": parts}
        if kind is complex:
            return {"is": "complex", "of": [value.real, value.imag]}
        if kind is bytes:
            return {"is": "bytes", "in": self._buffer(value)}
        if value is Ellipsis:
            return {"is": "ellipsis"}
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "scalar")
        if kind is np.ndarray:
            return self._array(value, "array", depth)
        return self._of_library(value, depth)

    def _of_library(self, value: Any, depth: int) -> dict | None:
        """Tensors, shapes and SymPy expressions, of libraries that are imported already; None for anything else."""
        tensorflow, sympy = sys.modules.get("tensorflow"), sys.modules.get("sympy")
        if tensorflow is not None:
            if isinstance(value, tensorflow.TensorShape):
                sizes = value.as_list() if value.rank is not None else None
                return {"is": "tuple", "of": [self.encode(size, depth + 1) for size in sizes or ()]}
            if isinstance(value, tensorflow.Tensor) and hasattr(value, "numpy"):
                return self._array(np.asarray(value.numpy()), "tensor", depth)
        if sympy is not None and isinstance(value, sympy.Basic) and not isinstance(value, type):
            return {"is": "expression", "of": _tree(value, depth)}
        return None

    def _integer(self, value: int) -> dict:
        if value.bit_length() > 3 * MAX_DIGITS:
            raise WireError("an integer with thousands of digits")
        return {"is": "integer", "of": str(value)}

    def _array(self, array: np.ndarray, tag: str, depth: int = 0) -> dict | None:
        if array.dtype.kind == "O":
            items = [self.encode(item, depth + 1) for item in array.ravel().tolist()]
            return {"is": "objects", "shape": list(array.shape), "of": items}
        if array.dtype.kind == "V" and array.dtype.names is None:  # bfloat16 and its kin
            array = array.astype(np.float32)
        if array.dtype.kind not in KINDS:
            return None
        array = np.ascontiguousarray(array).reshape(array.shape)
        data = memoryview(array.reshape(-1).view(np.uint8)) if array.size else b""
        return {"is": tag, "dtype": array.dtype.str, "shape": list(array.shape), "in": self._buffer(data)}

    def _buffer(self, data: bytes | memoryview) -> int:
        self.buffers.append(data)
        if sum(len(buffer) for buffer in self.buffers) > MAX_BUFFERS:
            raise WireError(f"more than {MAX_BUFFERS // 2**20} MB of arrays")
        return len(self.buffers) - 1


def _plain(value: Any, kind: type) -> int | float | None:
    """The integer or float of a number that NumPy takes as one; None for anything else, such as a class of a student's.

    These are Python's fractions and decimals, and the numbers of mpmath, which SymPy computes with.
    """
    if kind is Fraction:
        is_whole = value.denominator == 1
    elif kind is Decimal:  # an integer may have more digits than anybody waits for
        is_whole = value.is_finite() and value.adjusted() < MAX_DIGITS and value == value.to_integral_value()
    elif kind is getattr(sys.modules.get("mpmath"), "mpf", None):
        is_whole = False
    else:
        return None
    try:
        return int(value) if is_whole else float(value)
    except (OverflowError, ValueError):  # beyond all floats, or a NaN that signals
        return None


class Decoder:
    """Turns what `Encoder` made back into values, from a side that may lie.

    Args:
        buffers: what came beside the header; each is used once, as an encoder does.
        find: gives the object for the description of one that is kept on either side.
        most: the bytes that all values together may take, an item of an array or a range counted as 8 at least.
        tensors: whether tensors are tensors again; otherwise they are arrays.
    """

    def __init__(self, buffers: list[bytearray], find: Find, most: int = MAX_BUFFERS, tensors: bool = False) -> None:
        self.buffers: list[bytearray | None] = list(buffers)
        self.find = find
        self.left = most
        self.tensors = tensors

    def decode(self, encoded: Any) -> Any:
        """The value.

        Raises:
            WireError: for anything that no `Encoder` makes.
        """
        try:
            return self._decode(encoded, 0)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError, RecursionError) as error:
            raise WireError(f"no value: {type(error).__name__}") from None

    def _decode(self, encoded: Any, depth: int) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise WireError("values nested too deep")
        if isinstance(encoded, list):
            return [self._decode(item, depth + 1) for item in encoded]
        if not isinstance(encoded, dict):
            return encoded
        kind = encoded["is"]
        if kind in ("array", "scalar", "tensor"):
            return self._array(encoded, kind)
        if kind == "bytes":
            return bytes(self._buffer(encoded["in"]))
        if kind == "expression":
            return _expression(encoded["of"], 0)
        if kind == "ellipsis":
            return Ellipsis
        if kind not in ("tuple", "dict", "set", "frozenset", "range", "slice", "complex", "integer", "objects"):
            return self.find(encoded)
        if kind == "integer":
            return int(encoded["of"])
        if kind in ("dict", "set", "frozenset") and len(encoded["of"]) > MAX_KEYS:
            raise WireError("too many keys")
        items = self._decode(list(encoded["of"]), depth + 1)
        if kind == "objects":
            shape = [int(size) for size in encoded["shape"]]
            self._count(8 * math.prod(max(size, 1) for size in shape))
            array = np.empty(len(items), dtype=object)
            array[:] = items
            return array.reshape(shape)
        if kind == "dict":
            return {key: item for key, item in items}
        if kind == "range":
            self._count(8 * len(range(*items)))
        if kind in ("range", "slice", "complex"):
            return {"range": range, "slice": slice, "complex": complex}[kind](*items)
        return {"tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)

    def _buffer(self, place: int) -> bytearray:
        """A buffer that nothing else has been made of."""
        data = self.buffers[place]
        if data is None:
            raise WireError("two values in one buffer")
        self.buffers[place] = None
        return data

    def _count(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise WireError("values that are too large")

    def _array(self, encoded: dict, kind: str) -> Any:
        if not _DTYPE.fullmatch(encoded["dtype"]):
            raise WireError("an array of an unknown kind")
        dtype = np.dtype(encoded["dtype"])
        shape = tuple(int(size) for size in encoded["shape"])
        if dtype.kind not in KINDS or any(size < 0 for size in shape):
            raise WireError(f"an array of {dtype}")
        data = self._buffer(encoded["in"])
        # Whoever computes with an array makes one of numbers of 8 bytes of it; one without items may have long rows.
        self._count(max(dtype.itemsize, 8) * math.prod(max(size, 1) for size in shape))
        array = (np.frombuffer(data, dtype=dtype) if data else np.empty(0, dtype=dtype)).reshape(shape)
        if kind == "tensor" and self.tensors and dtype.kind in "biufc":
            return sys.modules["tensorflow"].constant(array)
        return array[()] if kind == "scalar" else array


# --- SymPy expressions ------------------------------------------------------------------------------------------------

_PLAIN = ("Derivative", "Subs", "Tuple", "UnevaluatedExpr")
_BRANCHES = (
    *_PLAIN,
    *("Add", "Mul", "Pow", "Abs", "sign", "exp", "log", "Max", "Min", "Heaviside"),
    *("Equality", "Unequality", "LessThan", "StrictLessThan", "GreaterThan", "StrictGreaterThan"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("sech", "csch", "coth"),
)
_LEAVES = (
    *("Pi", "Exp1", "EulerGamma", "ImaginaryUnit", "Infinity", "NegativeInfinity", "ComplexInfinity", "NaN"),
    *("BooleanTrue", "BooleanFalse"),
)
_ASSUMPTIONS = ("real", "positive", "negative", "nonnegative", "integer", "nonzero", "finite", "commutative")


def _tree(value: Any, depth: int) -> list:
    """An expression as nested lists; `WireError` for kinds that no task asks for."""
    import sympy

    if depth > MAX_DEPTH:
        raise WireError("an expression that is nested too deep")
    name = type(value).__name__
    if isinstance(value, sympy.Symbol):
        known = {key: flag for key, flag in value.assumptions0.items() if key in _ASSUMPTIONS and key in _given(value)}
        return ["Symbol", value.name, known]
    if isinstance(value, sympy.Rational):  # integers too
        if max(abs(value.p), value.q).bit_length() > 3 * MAX_DIGITS:
            raise WireError("a number with thousands of digits")
        return ["Rational", str(value.p), str(value.q)]
    if isinstance(value, sympy.Float):
        return ["Float", str(value), int(value._prec)]
    if name in _LEAVES:
        return [name]
    children = [_tree(item, depth + 1) for item in value.args]
    if isinstance(value, sympy.core.function.AppliedUndef):
        return ["Function", name, children]
    if name in _BRANCHES:
        return [name, children]
    raise WireError(f"an expression with {name}")


def _given(symbol: Any) -> dict:
    return getattr(symbol, "_assumptions_orig", None) or symbol._assumptions.generator


def _expression(tree: list, depth: int) -> Any:
    import sympy

    if depth > 2 * MAX_DEPTH:
        raise WireError("an expression that is nested too deep")
    name = tree[0]
    if name == "Symbol":
        known = {str(key): bool(flag) for key, flag in tree[2].items() if key in _ASSUMPTIONS}
        return sympy.Symbol(str(tree[1])[:100], **known)
    if name == "Rational":
        return sympy.Rational(int(tree[1]), int(tree[2]))
    if name == "Float":
        text = str(tree[1])[:400]
        if not re.fullmatch(r"[+-]?\d*\.?\d*(e[+-]?\d{1,4})?|[+-]?inf|nan", text):  # its power of ten is worked out
            raise WireError("a number that is none, or too far from 1")
        precision = int(tree[2])
        if not 1 <= precision <= 4000:  # below 1 there is no end to it
            raise WireError("a number of a precision that is none")
        return sympy.Float(float(text) if precision == 53 else text, precision=precision)
    if name in _LEAVES:
        return {"BooleanTrue": sympy.true, "BooleanFalse": sympy.false}.get(name) or getattr(sympy.S, name)
    if name == "Function":
        return sympy.Function(str(tree[1])[:100])(*(_expression(item, depth + 1) for item in tree[2]))
    if name not in _BRANCHES:
        raise WireError("an expression of an unknown kind")
    children = [_expression(item, depth + 1) for item in tree[1]]
    if name == "Pow" and children[1].is_Rational and abs(children[1].p) > 10**4:
        raise WireError("a power that is too high")
    if name in _PLAIN:
        return getattr(sympy, name)(*children)
    return getattr(sympy, name)(*children, evaluate=False)  # as it was written, not worked out


def alt_text(metadata: Any) -> dict:
    """Of the metadata of an output, the text of its picture for screen readers, which pages escape; nothing else."""
    about = metadata.get("image/png") if isinstance(metadata, dict) else None
    alt = about.get("alt") if isinstance(about, dict) else None
    if not isinstance(alt, str):
        return {}
    return {"image/png": {"alt": alt[:LONGEST_ALT].encode("utf-8", "replace").decode("utf-8")}}
