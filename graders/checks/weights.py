"""Weights of a student's network that a check changes for a moment, where the network lives.

The text of what is here goes there, with that of the helper that uses it: `graders.checks.ladder.beside`.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


@contextlib.contextmanager
def put_back(weights: Iterable[Any]) -> Iterator[list[np.ndarray]]:
    """Gives copies of the numbers of variables; at the end the variables hold these again."""
    weights = list(weights)
    own = [np.array(weight) for weight in weights]
    try:
        yield own
    finally:
        for weight, start in zip(weights, own, strict=True):
            weight.assign(start)


def kernel_width(shape: tuple[int, ...]) -> float:
    """The standard deviation at which a drawn kernel keeps the size of numbers, by those of its inputs and outputs."""
    return float(np.sqrt(2 / (np.prod(shape[:-2]) * np.mean(shape[-2:]))))


def mixing(rng: np.random.Generator, size: int) -> np.ndarray:
    """A matrix that mixes so many neurons, far from a turn, and can be undone without a loss of digits."""
    turn, back = (np.linalg.qr(rng.normal(size=(size, size)))[0] for _ in range(2))
    return turn * np.geomspace(0.5, 2, size) @ back


def drawn_like(weight: Any, start: np.ndarray, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Drawn numbers for a variable: kernels normal, times the gain; others near their start, and variances positive."""
    noise = rng.normal(size=start.shape)
    if start.ndim > 1:
        drawn = gain * kernel_width(start.shape) * noise
    elif "variance" in weight.name:
        drawn = start * np.exp(0.3 * noise)
    else:
        drawn = start + 0.3 * noise
    return drawn.astype(start.dtype)
