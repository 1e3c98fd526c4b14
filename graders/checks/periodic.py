"""How a periodic map or box is padded, which tasks of several notebooks ask."""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from graders.checks.domains import tiny
from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, Result, beside, draws, fail, passes
from graders.checks.oracles import oracle


@oracle
def _padded(x: np.ndarray, width: int) -> np.ndarray:
    """NumPy's own."""
    return np.pad(x, [(0, 0), *[(width, width)] * (x.ndim - 2), (0, 0)], mode="wrap")


def wrapped(x: Any, width: int) -> Any:
    """The same for tensors, by taking cells by their numbers, wrapped: for gradients, and for networks of Keras."""
    for axis in range(1, len(x.shape) - 1):
        x = keras.ops.take(x, np.arange(-width, x.shape[axis] + width) % x.shape[axis], axis)
    return x


def _with_unknown_number(pad: Any, shape: Any, width: int) -> Any:
    """A padding as a network calls it: compiled, for a batch of any size."""
    compiled = tf.function(lambda x: pad(x, width), autograph=False)
    concrete = compiled.get_concrete_function(tf.TensorSpec((None, *shape), tf.float32))
    return lambda x: concrete(tf.constant(x, tf.float32))


def require_padding(
    pad: Callable[..., Any], seed: int, cases: Sequence[tuple[tuple[int, ...], int]], why: str, see: str
) -> None:
    """Against NumPy, called alone and within a graph, with gradients; numbers of all scales.

    Args:
        pad: the student's `periodic_pad`, of a tensor (n, ..., c) and how many cells come to each end of its axes.
        seed: of the tensors.
        cases: their shapes, and how many cells.
        why: what is right, in words.
        see: the end of a sentence, "See section 3."
    """
    student, why = Function(pad, "periodic_pad"), f"{why}. {see}"
    for number, (rng, (shape, width)) in enumerate(zip(draws(seed, len(cases)), cases, strict=True)):
        x = (10.0 ** (3 * (number % 3 - 1)) * rng.normal(size=shape)).astype(np.float32)
        expected = _padded(x, width)
        student(tf.constant(x), width).close(expected, why, atol=tiny(expected))
        try:
            found = np.asarray(beside(pad, _with_unknown_number, pad, shape[1:], width)(x))
        except Exception as error:
            fail(
                f"periodic_pad for a batch whose size is not known yet stopped with {type(error).__name__}: use "
                f"TensorFlow's functions, and ask for no number of images. {see}"
            )
        Result(found, "periodic_pad within a network").close(expected, why, atol=tiny(expected))
        if x.size > 1:  # of one number it is a sum with signs, which may cancel
            require_gradients(student, wrapped, (x, width), ("x",), rng, see)


def _exchanged(*users: Any) -> Any:
    """Puts the grader's padding in place of `periodic_pad` where these functions look for it; gives what undoes that.

    Users may be wrapped, objects that can be called, or of a library, which looks nowhere.
    """
    exchanged = []

    def right(x: Any, *number: Any, **named: Any) -> Any:
        return wrapped(x, *number, *named.values())

    for user in users:
        function = inspect.unwrap(getattr(user, "func", user))
        called = function if hasattr(function, "__globals__") else vars(type(function)).get("__call__")
        names = getattr(called, "__globals__", {})
        if names.get("periodic_pad", right) is not right:
            exchanged.append((names, names["periodic_pad"]))
            names["periodic_pad"] = right

    def undo() -> None:
        for names, own in exchanged:
            names["periodic_pad"] = own

    return undo


@contextlib.contextmanager
def right_padding(check: Callable[..., Any], pad: Callable[..., Any], user: Callable[..., Any]) -> Iterator[None]:
    """While a network is judged, a `periodic_pad` that its own check finds wrong is another, which is right.

    So its faults cost no points here, and excuse nothing: the network is judged as all are.

    Args:
        check: what judges the padding.
        pad: the student's `periodic_pad`.
        user: the student's function that makes the network.
    """
    if passes(check, pad):
        yield
        return
    undo = beside(user, _exchanged, user, pad)
    try:
        yield
    finally:
        undo()
