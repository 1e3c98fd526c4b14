"""Gradients through a student's function, where the text asks for them: against those of an oracle, in float64."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.ladder import Function, Result, beside, fail, require_written


def _slopes(function: Any, arguments: list, watched: list, weights: list) -> list:
    """Gradients of a weighted sum of all that a function returns, for some arguments; 0 numbers where none arrives.

    The text of this function goes to where the student's function lives.
    """
    tensors = [tf.constant(value) if isinstance(value, np.ndarray) else value for value in arguments]
    with tf.GradientTape() as tape:
        tape.watch([tensors[place] for place in watched])
        parts = tf.nest.flatten(function(*tensors))
        total = sum(
            tf.reduce_sum(tf.cast(part, tf.float64) * weight) for part, weight in zip(parts, weights, strict=True)
        )
    slopes = tape.gradient(total, [tensors[place] for place in watched])
    return [np.zeros(0) if slope is None else np.asarray(tf.convert_to_tensor(slope)) for slope in slopes]


def require_gradients(
    student: Function,
    oracle: Callable[..., Any],
    arguments: Sequence[Any],
    watched: Sequence[str | None],
    rng: np.random.Generator,
    see: str,
    terms: float = 0.0,
) -> None:
    """Gradients of a sum with random weights, for the first arguments, which have these names.

    Args:
        student: the function that returns a tensor, or several.
        oracle: the same in TensorFlow or TensorFlow Probability, which is asked in float64.
        arguments: what both are given; arrays in float32.
        watched: the names of the first arguments, for which gradients are taken: of none that is None.
        rng: draws the weights.
        see: the end of the sentence, "See section 3."
        terms: the size of terms that may cancel in a gradient, such as shares near 1, known to 6e-8 of it.
    """
    exact = [np.asarray(a, np.float64) if isinstance(a, np.ndarray) else a for a in arguments]
    weights = [rng.normal(size=part.shape) for part in map(np.asarray, tf.nest.flatten(oracle(*exact)))]
    places = [place for place, name in enumerate(watched) if name]
    floor = 1e-6 * terms * max(float(np.abs(weight).max()) for weight in weights)
    wanted = _slopes(oracle, exact, places, weights)
    try:
        found = beside(student.function, _slopes, student.function, list(arguments), places, weights)
    except Exception as error:
        require_written(student.name, error)
        fail(f"Gradients through {student.name} stopped with {type(error).__name__}: write it with TensorFlow's "
             f"functions, on tensors as they come. {see}")  # fmt: skip
    for name, got, expected in zip(filter(None, watched), found, wanted, strict=True):
        if np.size(got) == 0 and np.any(expected):
            fail(f"No gradient reaches {name} through {student.name}: write it with TensorFlow's functions. {see}")
        scale = float(np.abs(expected).max())
        Result(got, f"The gradient of a sum of what {student.name} returns, for {name},").close(
            expected, f"all that {name} does must pass through TensorFlow. {see}", rtol=1e-3, atol=1e-4 * scale + floor
        )
