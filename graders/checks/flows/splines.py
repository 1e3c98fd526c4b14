"""Section 6: the numbers of a spline, against SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import tensorflow as tf

from graders.checks.domains import MANY
from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, draws

# Axes in front, bins, bound and scale of the raw numbers. Up to 80: there exp is still a number in single precision.
CASES = [
    ((), 2, 1.0, 2.0),
    ((4,), 3, 2.5, 2.0),
    ((3, 1), 8, 3.5, 2.0),
    ((2, 2, 1), 5, 10.0, 2.0),
    ((1,), 2, 0.5, 2.0),
    ((5,), 3, 1.0, 25.0),
    ((2,), 4, 3.0, 1e-3),
    ((2,), 4, 3.0, 1e-3),
    ((3,), 4, 120.0, 1e-9),
    ((MANY,), 2, 3.0, 2.0),
]
PARTS = (
    "0.01 plus (2 B - 0.01 K) times the softmax of the first K raw numbers",
    "0.01 plus (2 B - 0.01 K) times the softmax of raw numbers K to 2 K - 1",
    "0.01 plus the softplus of the last K - 1 raw numbers",
)


def _spline_oracle(raw: tf.Tensor, n_bins: int, bound: float) -> tuple[tf.Tensor, ...]:
    room = 2 * bound - n_bins * 0.01
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    return 0.01 + room * tf.nn.softmax(widths), 0.01 + room * tf.nn.softmax(heights), 0.01 + tf.nn.softplus(slopes)


def _expected(raw: np.ndarray, n_bins: int, bound: float) -> tuple[np.ndarray, ...]:
    room = 2 * bound - n_bins * 0.01
    return (
        0.01 + room * scipy.special.softmax(raw[..., :n_bins], axis=-1),
        0.01 + room * scipy.special.softmax(raw[..., n_bins : 2 * n_bins], axis=-1),
        0.01 + np.logaddexp(0, raw[..., 2 * n_bins :]),
    )


def check_spline(spline_parameters: Callable[..., Any]) -> None:
    """Against `scipy.special.softmax` and `np.logaddexp` in float64, in both precisions; and what gradients pass.

    Groups of raw numbers lie around 0, and far from it as a whole.
    """
    student = Function(spline_parameters, "spline_parameters")
    for dtype in (np.float64, np.float32):
        for rng, (front, n_bins, bound, scale) in zip(draws(seed=861, count=len(CASES)), CASES, strict=True):
            raw = (scale * rng.normal(size=(*front, 3 * n_bins - 1))).clip(-80, 80).astype(dtype)
            for limit in (bound, 2 * bound):
                parts = student(tf.constant(raw), n_bins, limit).unpack("widths", "heights", "slopes")
                for part, wanted, why in zip(
                    parts, _expected(raw.astype(np.float64), n_bins, limit), PARTS, strict=True
                ):
                    part.close(wanted, f"{why}. See section 6.", atol=1e-5)
    for rng, level in zip(draws(seed=863, count=2), (-72.0, 72.0), strict=True):
        raw = level + rng.normal(size=(6, 8))  # all of a group far from 0: a softmax knows differences alone
        parts = student(tf.constant(raw, tf.float32), 3, 2.5).unpack("widths", "heights", "slopes")
        for part, wanted, why in zip(parts, _expected(raw, 3, 2.5), PARTS, strict=True):
            part.close(wanted, f"{why}. See section 6.", rtol=1e-3, atol=1e-5)
    for rng, (front, n_bins, bound, _) in zip(draws(seed=862, count=5), CASES[:5], strict=True):
        raw = rng.normal(size=(*front, 3 * n_bins - 1)).astype(np.float32)
        require_gradients(student, _spline_oracle, (raw, n_bins, bound), ["raw"], rng, "See section 6.")
