"""Section 6: the numbers of a spline, against SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, draws


def _spline_oracle(raw: tf.Tensor, n_bins: int, bound: float) -> tuple[tf.Tensor, ...]:
    room = 2 * bound - n_bins * 0.01
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    return 0.01 + room * tf.nn.softmax(widths), 0.01 + room * tf.nn.softmax(heights), 0.01 + tf.nn.softplus(slopes)


def check_spline(spline_parameters: Callable[..., Any]) -> None:
    """Against `scipy.special.softmax` and `np.logaddexp` in float64, in both precisions, with several axes in front."""
    student = Function(spline_parameters, "spline_parameters")
    cases = [((), 2, 1.0), ((4,), 3, 2.5), ((3, 1), 8, 3.5), ((2, 2, 1), 5, 10.0), ((1,), 2, 0.5)]
    for dtype in (np.float64, np.float32):
        for rng, (front, n_bins, bound) in zip(draws(seed=861, count=len(cases)), cases, strict=True):
            raw = (2 * rng.normal(size=(*front, 3 * n_bins - 1))).astype(dtype)
            result = student(tf.constant(raw), n_bins, bound)
            parts = result.unpack("widths", "heights", "slopes")
            raw = raw.astype(np.float64)
            room = 2 * bound - n_bins * 0.01
            expected = (
                0.01 + room * scipy.special.softmax(raw[..., :n_bins], axis=-1),
                0.01 + room * scipy.special.softmax(raw[..., n_bins : 2 * n_bins], axis=-1),
                0.01 + np.logaddexp(0, raw[..., 2 * n_bins :]),
            )
            for part, wanted, why in zip(
                parts,
                expected,
                (
                    "they come from the first K raw numbers, and add up to 2 B",
                    "they come from raw numbers K to 2 K - 1, and add up to 2 B",
                    "0.01 plus the softplus of the last K - 1 raw numbers",
                ),
                strict=True,
            ):
                part.close(wanted, f"{why}. See section 6.", rtol=1e-4, atol=1e-5)
    for rng, (front, n_bins, bound) in zip(draws(seed=862, count=len(cases)), cases, strict=True):
        raw = rng.normal(size=(*front, 3 * n_bins - 1)).astype(np.float32)
        require_gradients(student, _spline_oracle, (raw, n_bins, bound), ["raw"], rng, "See section 6.")
