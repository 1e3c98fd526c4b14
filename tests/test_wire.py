"""What crosses the seal is data of a known size: values as they are, and nothing that no encoder makes."""

import json
import socket
import struct
import threading
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

from graders.sealed.inside import wire
from graders.sealed.inside.allowance import Allowance
from graders.sealed.outputs import LOST_PICTURE, error_output, outputs_of, stream_output

# --- values -----------------------------------------------------------------------------------------------------------


def nothing(description):
    raise wire.WireError("an object")


def crossed(value, **options):
    encoder = wire.Encoder(nothing)
    message = json.loads(json.dumps(encoder.encode(value)))
    return wire.Decoder([bytearray(buffer) for buffer in encoder.buffers], nothing, **options).decode(message)


x = sp.Symbol("x", positive=True)
g = sp.Function("g")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -(2**80),
        0.1,
        float("inf"),
        1 + 2j,
        "a \u03b8",
        b"\0\1",
        [1, [2.5, "x"]],
        (1, (2,)),
        {"a": 1, 2: (3, None)},
        {1, 2},
        range(2, 9, 3),
        slice(1, None, 2),
        np.float32(0.1),
        np.bool_(True),
        x * sp.exp(-(x**2)) / 3,
        sp.Derivative(g(x), x) + sp.pi,
        sp.Eq(x, 2),
    ],
    ids=repr,
)
def test_plain_values_cross_unchanged(value):
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "bool", "complex64", "U3", ">i4", "datetime64[s]"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 4)])
def test_arrays_cross_unchanged(dtype, shape):
    array = np.zeros(shape, dtype=dtype)
    got = crossed(array)
    assert got.dtype == array.dtype
    assert got.shape == shape
    assert got.flags.writeable
    assert (got == array).all()


NUMBERS = {
    Fraction(16): 16,
    Fraction(-(2**80)): -(2**80),
    Fraction(33, 2): 16.5,
    Decimal("16.00"): 16,
    Decimal("1.5E+5"): 150_000,
    Decimal("0.25"): 0.25,
    Decimal("-Infinity"): float("-inf"),
    Decimal("1E-999999"): 0.0,
    Decimal("1E+999999"): float("inf"),  # an integer of a million digits; a float, as NumPy takes it
    mpmath.mpf("0.5"): 0.5,
}


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_numbers_that_numpy_takes_cross_as_integers_or_floats(number):
    kept = np.empty(1, dtype=object)
    kept[0] = number
    for got in (crossed(number), crossed([number])[0], crossed({1: number})[1], crossed(kept)[0]):
        assert got == NUMBERS[number]
        assert type(got) is type(NUMBERS[number])


class MyFraction(Fraction):
    def __float__(self):
        return 16.0


NO_NUMBERS = [MyFraction(1, 3), type("MyDecimal", (Decimal,), {})(1), Decimal("sNaN"), Fraction(10**400, 3)]


@pytest.mark.parametrize("number", NO_NUMBERS, ids=repr)
def test_what_is_no_number_of_python_or_no_float_stays_where_it_is(number):
    """No class of a student's decides what crosses."""
    assert wire.Encoder(lambda value: {"is": "kept", "same": value is number}).encode(number)["same"]


def test_an_integer_has_a_limit_of_digits_however_it_is_written():
    with pytest.raises(wire.WireError, match="thousands of digits"):
        crossed(Fraction(10**20_000))


def test_ragged_arrays_cross_as_objects():
    array = np.empty(2, dtype=object)
    array[:] = [[1, 2], [3]]
    assert crossed(array).tolist() == [[1, 2], [3]]


def test_tensors_cross_as_arrays_to_the_examiner_and_as_tensors_to_the_candidate():
    """An answer gets tensors where the task says so: it may watch them, or ask for their `numpy()`."""
    import tensorflow as tf

    for dtype in ("float32", "float64", "int32", "bool"):
        tensor = tf.cast(tf.constant([[1, 0]]), dtype)
        assert type(crossed(tensor)) is np.ndarray
        assert crossed(tensor).tolist() == tensor.numpy().tolist()
        there = crossed([tensor], tensors=True)[0]
        assert (type(there), there.dtype, there.numpy().tolist()) == (type(tensor), dtype, tensor.numpy().tolist())
    assert type(crossed(np.ones(2), tensors=True)) is np.ndarray
    assert crossed(tf.TensorShape([None, 3])) == (None, 3)


def test_what_holds_itself_does_not_cross():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.WireError):
        crossed(loop)


@pytest.mark.parametrize(
    "encoded",
    [
        {"is": "array", "dtype": "O", "shape": [1], "in": 0},
        {"is": "array", "dtype": "f8", "shape": [10**9], "in": 0},
        {"is": "array", "dtype": "f8", "shape": [-1], "in": 0},
        {"is": "array", "dtype": "no", "shape": [1], "in": 0},
        {"is": "array", "dtype": "f4,f4", "shape": [1], "in": 0},
        {"is": "array", "dtype": "(2,)f4", "shape": [1], "in": 0},
        {"is": "array", "dtype": "9" * 5000, "shape": [1], "in": 0},
        {"is": "array", "dtype": "f8," * 10**6, "shape": [1], "in": 0},
        {"is": "array", "dtype": ["f8"], "shape": [1], "in": 0},
        {"is": "array", "dtype": "f8", "shape": [1], "in": 7},
        {"is": "integer", "of": "9" * 10**5},
        {"is": "expression", "of": ["__import__", ["os"]]},
        {"is": "expression", "of": ["Pow", [["Rational", "10", "1"], ["Rational", "1000000000", "1"]]]},
        {"is": "expression", "of": ["Float", "1e999999999999", 100]},
        {"is": "expression", "of": ["Float", "1.5", -1]},
        {"is": "dict", "of": [[[1], 2]]},
        {"is": "handle"},
        {"no": "kind"},
    ],
    ids=str,
)
def test_what_no_encoder_makes_is_refused(encoded):
    with pytest.raises(wire.WireError):
        wire.Decoder([bytearray(8)], nothing).decode(encoded)


ONES = {"is": "array", "dtype": "|b1", "shape": [1000], "in": 0}


@pytest.mark.parametrize(
    "encoded",
    [
        [ONES, ONES],
        [ONES, {"is": "bytes", "in": 0}],
        {"is": "array", "dtype": "|b1", "shape": [2000], "in": 1},
        {"is": "array", "dtype": "|b1", "shape": [0, 2000], "in": 2},
        {"is": "objects", "shape": [0, 2000], "of": []},
        {"is": "range", "of": [0, 2000, 1]},
        [{"is": "range", "of": [0, 300, 1]}] * 10,
    ],
    ids=["twice", "twice, once as bytes", "grows", "empty", "empty objects", "range", "ranges"],
)
def test_values_have_a_size_in_all(encoded):
    buffers = [bytearray(1000), bytearray(2000), bytearray()]
    assert not wire.Decoder(buffers, nothing, most=8000).decode(ONES).any()
    with pytest.raises(wire.WireError):
        wire.Decoder(buffers, nothing, most=8000).decode(encoded)


MILLIONS = b'{"message": [' + b"{}," * 3_000_000 + b'{}], "buffers": []}'


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack("!Q", 2**60),
        struct.pack("!Q", 4) + b"nope",
        struct.pack("!Q", 2) + b"[]",
        struct.pack("!Q", 40) + b'{"message": 1, "buffers": [99999999999]}',
        struct.pack("!Q", 100_000) + b"[" * 100_000,
        struct.pack("!Q", len(MILLIONS)) + MILLIONS,
    ],
    ids=["huge", "no JSON", "no frame", "huge buffer", "deep", "millions of items"],
)
def test_frames_that_are_none_are_refused(sent):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threading.Thread(target=theirs.sendall, args=[sent], daemon=True).start()
        with pytest.raises(wire.WireError):
            wire.receive(ours)


def test_who_is_gone_is_not_waited_for():
    ours, theirs = socket.socketpair()
    theirs.send(struct.pack("!Q", 10))
    theirs.close()
    with ours, pytest.raises(wire.Silence):
        wire.receive(ours)


# --- outputs ----------------------------------------------------------------------------------------------------------

STREAM = {"output_type": "stream", "name": "stdout", "text": "x" * 900}
PICTURE = {"output_type": "display_data", "data": {"image/png": "x" * 900}, "metadata": {"image/png": {"alt": "x"}}}
ERROR = {"output_type": "error", "ename": "E", "evalue": "x" * 9000, "traceback": ["x" * 9000] * 900}


def size(outputs: list[dict]) -> int:
    return sum(len(json.dumps(output)) for output in outputs)


@pytest.mark.parametrize("output", [STREAM, PICTURE, ERROR, {"output_type": "stream"}], ids=str)
def test_no_kind_of_output_exceeds_a_cell_or_the_notebook(output):
    allowance = Allowance(cell_bytes=10_000, notebook_bytes=50_000)
    cells = [outputs_of([output] * 1000, allowance, 1.0) for _ in range(1000)]
    assert max(map(size, cells)) < 10_000 + 500
    assert sum(map(size, cells[:200])) < 50_000 + 200 * 200
    assert cells[0][-1] == cells[999][-1] == stream_output(wire.DROPPED)


def test_what_has_been_counted_is_counted_alike_the_next_time():
    first, second = Allowance(10_000, 50_000), Allowance(10_000, 50_000)
    once = [outputs_of([STREAM, PICTURE, ERROR] * 9, first, 1.0) for _ in range(9)]
    assert [outputs_of(outputs, second, 1.0) for outputs in once] == once


def test_the_error_of_a_test_is_kept_when_nothing_else_is():
    """Else whoever fills the notebook would hide that a test failed."""
    outputs = outputs_of([STREAM, error_output("Failure", "expected 16")], Allowance(0, 0), 1.0, judged=True)
    assert outputs == [error_output("Failure", "expected 16"), stream_output(wire.DROPPED)]


SHOWN = {  # what a cell shows in kinds, and the kinds that are kept
    "a drawing": ({"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}, {"text/plain": LOST_PICTURE}),
    "a document": ({"application/pdf": "AAAA", "text/plain": "<Figure>"}, {"text/plain": LOST_PICTURE}),
    "another picture": ({"image/webp": "AAAA"}, {"text/plain": LOST_PICTURE}),
    "a picture that is none": ({"image/png": "<b>", "text/plain": "x"}, {"text/plain": LOST_PICTURE}),
    "a drawing and a picture": ({"image/svg+xml": "<svg/>", "image/png": "AAAA"}, {"image/png": "AAAA"}),
    "a drawing and a table": ({"image/svg+xml": "<svg/>", "text/html": "<b>"}, {"text/html": "<b>"}),
    "text": ({"text/plain": "x", "application/x": "y"}, {"text/plain": "x"}),
}


@pytest.mark.parametrize("what", SHOWN)
def test_a_picture_that_is_not_kept_is_said(what):
    data, kept = SHOWN[what]
    for _ in range(2):  # it may pass twice
        (output,) = outputs_of([{"output_type": "display_data", "data": data}], Allowance(10**4, 10**4), 1.0)
        data = output["data"]
        assert data == kept


@pytest.mark.parametrize("said", [None, {}, [None, 3, []], [{"output_type": []}], [{"output_type": "error"}] * 3])
def test_outputs_of_no_shape_are_left_out(said):
    shaped = [output for output in outputs_of(said, Allowance(10**4, 10**4), 1.0) if output["output_type"] != "error"]
    assert shaped == []
