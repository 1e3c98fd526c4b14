"""Sections 1 and 2: inputs, batches, rates and gradients, against scikit-learn, enumeration, SciPy and closed forms."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.linalg
from sklearn.preprocessing import StandardScaler

from graders.checks.domains import MANY, tiny
from graders.checks.ladder import Function, draws

TABLES = ((2, 1), (7, 3), (3, 3), (4, 5), (20, 1), (MANY, 2))
"""Rows and columns: the fewest rows, more and fewer rows than columns, square, a single column, many rows."""

SCALES = (1e-9, 1e-3, 1.0, 120.0, 1e6)


def tables(seed: int) -> Iterator[np.ndarray]:
    """Tables of every shape, of every scale, twice of one shape, and one that is not contiguous; columns differ."""
    shapes = [*TABLES, *[(6, 4)] * (len(SCALES) + 2), (3, 8)]
    scales = [*[1.0] * len(TABLES), *SCALES, 1e-9, 1e-3, 1.0]
    for rng, shape, scale in zip(draws(seed, len(shapes)), shapes, scales, strict=True):
        table = scale * (rng.normal(size=shape) * rng.uniform(0.5, 2, size=shape[1]) + rng.uniform(-2, 2, shape[1]))
        yield table.T if shape == (3, 8) else table


# --- section 1: inputs ------------------------------------------------------------------------------------------------


def check_standardise(standardise: Callable[..., Any]) -> None:
    """Training rows and one, other or the same rows, against scikit-learn's ``StandardScaler``; integers too."""
    student = Function(standardise, "standardise")
    why = "the mean and the standard deviation are those of the training rows, by column. See section 1."
    for rng, table in zip(draws(811, 30), tables(812), strict=False):
        scaler = StandardScaler().fit(table)
        scale = np.abs(table).max()
        new = scale * rng.normal(size=(1, table.shape[1]))
        for rows in (table, new, 1e3 * new, scale * rng.normal(size=table.shape)):
            student(table, rows).close(scaler.transform(rows), why, atol=1e-5)
    for rng in draws(814, 1):  # a column that varies by little is not constant
        table = np.array([1.0, 1e-15]) * rng.normal(size=(9, 2))
        student(table, table[:4]).close((table[:4] - table.mean(axis=0)) / table.std(axis=0), why, atol=1e-5)
        far = 2.46e6 + 1e-3 * rng.normal(size=(9, 1))  # about a large mean: days of observation, by minutes
        student(far, far[:4]).close((far[:4] - far.mean(axis=0)) / far.std(axis=0), why, atol=1e-4)
        narrow = 1.0 + 1e-11 * rng.normal(size=(9, 1))  # rounded at 1e-16, a hundred-thousandth of its width
        student(narrow, narrow[:4]).close((narrow[:4] - narrow.mean(axis=0)) / narrow.std(axis=0), why, atol=1e-3)
    whole = np.array([[1, 40], [3, 40], [1, 20]])  # values that occur twice: the first the last, and a neighbour
    student(whole, whole[:2]).close(StandardScaler().fit(whole.astype(float)).transform(whole[:2]), why)


def check_standardise_constant(standardise: Callable[..., Any]) -> None:
    """Columns of one value, some that rounding gives a width, beside columns of some width: x less that value.

    A table of one row has such columns alone.
    """
    student = Function(standardise, "standardise")
    why = "a column of one value loses its mean, and nothing else. See section 1."
    for rng, value in zip(draws(813, 5), (0.1, 0.0, -3.0, 21.7, 1e-6), strict=True):
        train = np.stack([rng.normal(size=7), np.full(7, value), 1e-4 * rng.normal(size=7)], axis=1)
        x = np.stack([rng.normal(size=4), value + rng.normal(size=4), 1e-4 * rng.normal(size=4)], axis=1)
        expected = (x - train.mean(axis=0)) / np.where(np.arange(3) == 1, 1, train.std(axis=0))
        expected[:, 1] = x[:, 1] - value
        student(train, x).close(expected, why, atol=1e-5)
        student(train[:1], x).close(x - train[:1], why, atol=1e-5)
    faint = np.array([[2e-9], [5e-9]])
    student(np.full((3, 1), 2e-9), faint).close(faint - 2e-9, why, atol=1e-14)
    student(np.full((4, 2), 5), np.array([[7, 5]])).close(np.array([[2.0, 0.0]]), why)


# --- section 2: steps -------------------------------------------------------------------------------------------------


def check_batch(batch_mean_variance: Callable[..., Any]) -> None:
    """Every batch of small sets, enumerated; of large ones the covariance of two draws without replacement."""
    student = Function(batch_mean_variance, "batch_mean_variance")
    why = "batches are drawn without replacement from a finite set. See section 2."
    cases = [(n, 1.0) for n in (2, 3, 5, 8)] + [(6, scale) for scale in (1e-6, 1e-3, 1.0, 120.0, 1e6, 1e-6)]
    for rng, (n, scale) in zip(draws(821, len(cases)), cases, strict=True):
        values = scale * (rng.normal(size=n) - 1)
        values[1] = values[0] if n > 2 else values[1]
        for size in range(1, n + 1):
            means = [np.mean(batch) for batch in itertools.combinations(values, size)]
            student(values, size).close(np.var(means), why, atol=1e-6 * scale**2)
    (rng,) = draws(822, 1)
    little = 1e5 + 1e-3 * rng.normal(size=50)  # about a large mean
    for values in (rng.normal(size=MANY), rng.normal(size=(40, 2))[:, 0], rng.integers(0, 9, size=30), little):
        n, spread = len(values), np.var(values)
        for size in (1, 32, 30 if n == 30 else 40):
            if size <= n:  # pairs have the covariance -spread / (n - 1)
                expected = spread / size - spread / (n - 1) * (size - 1) / size
                student(values, size).close(expected, why, atol=1e-12 * spread)  # 0 for all values, but for round-off


def check_largest_rate(largest_rate: Callable[..., Any]) -> None:
    """The number of rows over the square of the largest singular value, by SciPy."""
    student = Function(largest_rate, "largest_rate")
    inputs = [*tables(823), np.array([[1, 2], [3, 4], [0, 5]]), np.array([[2.0]]), np.array([[0.5, -1.0, 2.0]])]
    inputs += [np.diag([1.0, -0.99, 0.98]), np.array([[2.0, -2.0], [1.0, 1.0]])]  # steepest at right angles to (1, 1)
    for x in inputs:
        largest = scipy.linalg.svdvals(x.astype(float))[0]
        expected = len(x) / largest**2
        why = "it is 2 over the largest eigenvalue of the second derivatives of the mean squared error. See section 2."
        student(x).close(expected, why, atol=0.0)


def check_learning_rate(learning_rate: Callable[..., Any]) -> None:
    """Every step of several schedules: a ramp, then the real part of a rotation; 0 from the last step on."""
    student = Function(learning_rate, "learning_rate")
    cases = [(1.0, 3, 10), (1e-3, 0, 8), (5.0, 1, 2), (100.0, 4, 9), (3e-7, 5, 11), (0.02, 20, 90), (1.0, 3, 12)]
    cases += [(1.0, 0, 1), (2.0, 3, 4), (0.1, 1000, 20_000)]
    for peak, warmup, total in cases:
        steps = [
            *range(0, total + 3, 1 if total < 20 else 7 if total < 100 else 2000),
            total - 1,
            2 * total - warmup,
            10 * total,
        ]
        for step in steps:
            turn = np.exp(1j * np.pi * (step - warmup) / (total - warmup)).real
            falling = 0.0 if step >= total else peak * (1 + turn) / 2
            expected = peak * (step + 1) / warmup if step < warmup else falling
            why = "count steps from 0, up to peak in the warm-up, then half a cosine to 0. See section 2."
            student(step, peak, warmup, total).close(expected, why, atol=1e-6 * peak)


def check_clip(clip_gradients: Callable[..., Any]) -> None:
    """Lists of arrays of several shapes, far below, at and above the limit: the length by ``math.hypot``."""
    student = Function(clip_gradients, "clip_gradients")
    cases = [
        ([(2, 3), (3,)], 1.0),
        ([(1,)], 1.0),
        ([(4, 1), (1, 4), (2, 2, 2)], 1.0),
        ([(MANY,)], 1.0),
        ([(2, 2)], 0.0),
        ([(3,), ()], 1.0),
    ]
    cases += [([(2, 3), (3,)], scale) for scale in (1e-6, 1e-3, 120.0, 1e6, 1e-6, 1e-8)]
    for rng, (shapes, scale) in zip(draws(824, len(cases)), cases, strict=True):
        gradients = [np.asarray(scale * rng.normal(size=shape)) for shape in shapes]
        if len(shapes) > 2:
            gradients = [np.asfortranarray(gradient, np.float32) for gradient in gradients]
        length = math.hypot(*(float(g) for gradient in gradients for g in np.ravel(gradient)))
        for limit in (0.3 * length, 0.999 * length, 1.001 * length, 7 * length) if length else (1.0,):
            factor = limit / length if length > limit else 1.0
            parts = student(gradients, limit).sequence(len(gradients), "arrays")
            for part, gradient in zip(parts, gradients, strict=True):
                why = "all are multiplied by one factor if their common length exceeds the limit. See section 2."
                part.close(factor * gradient, why, atol=tiny(factor * gradient))
