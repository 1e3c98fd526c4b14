"""Section 7: exact posteriors and coverage, against the joint Gaussian and counting."""

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.checks.domains import MANY, SCALES, tiny
from graders.checks.flows.densities import covariance
from graders.checks.ladder import Function, draws


def check_posterior(linear_gaussian_posterior: Callable[..., Any]) -> None:
    """Against the conditional of the joint Gaussian of theta and x: gain K = S A^T (A S A^T + N)^-1, cov S - K A S.

    Data sets, data and parameters in any numbers; parameters and data in units of any size.
    """
    student = Function(linear_gaussian_posterior, "linear_gaussian_posterior")
    shapes = [(1, 1, 1), (3, 2, 2), (4, 5, 2), (2, 3, 3), (5, 2, 4), (6, 6, 1), (MANY, 3, 2)]
    cases = [*((shape, 1.0) for shape in shapes), *(((3, 4, 2), scale) for scale in (1e-9, *SCALES))]
    for rng, ((n, m, d), unit) in zip(draws(seed=873, count=len(cases)), cases, strict=True):
        A, x = rng.normal(size=(d, m)).T, np.sqrt(unit) * rng.normal(size=(m, n)).T  # in the order of columns
        x[:, 0] = np.where(np.arange(n) % 4 == 3, 0.0, x[:, 0])
        prior, noise = unit * covariance(rng, d), unit * covariance(rng, m)
        gain = prior @ A.T @ np.linalg.inv(A @ prior @ A.T + noise)
        mean, cov = student(x, A, prior, noise).unpack("the means", "the covariance")
        expected = prior - gain @ A @ prior
        why = "the inverse of the inverse prior covariance plus A^T times the inverse noise covariance times A"
        cov.close(expected, f"{why}. See section 7.", atol=10 * tiny(expected))
        why = "the covariance times A^T times the inverse noise covariance times x, for each row of x"
        mean.close(x @ gain.T, f"{why}. See section 7.", rtol=1e-3, atol=10 * tiny(x @ gain.T))


# Samples, simulations and how far the truth spreads in units of the samples; ties with the truth in some.
COVERAGES = [
    (50, 40, 1.0, False),
    (9, 100, 0.5, False),
    (200, 7, 2.0, False),
    (4, 30, 1.0, True),
    (1, 3, 1.0, False),
    (10, 1, 1.0, True),
    (6000, 3, 1.0, False),
    (8, MANY, 1.0, False),
]


def check_coverage(coverage: Callable[..., Any]) -> None:
    """Against counting one by one; sharp, wide and biased posteriors, and ties with the truth and with levels.

    Only the order of log-densities counts, so that they may be of any sign and scale; levels come in any order,
    or alone, and 0 and 1 are among them.
    """
    student = Function(coverage, "coverage")
    why = "count the simulations whose fraction of samples above the truth is at most the level. See section 7."
    cases = [*((*case, 1.0) for case in COVERAGES), *((12, 20, 1.0, False, scale) for scale in (1e-9, *SCALES))]
    for rng, (k, n, spread, ties, scale) in zip(draws(seed=874, count=len(cases)), cases, strict=True):
        true, samples = rng.normal(0.5, spread, size=n), rng.gumbel(size=(n, k)).T  # in the order of columns
        levels = rng.uniform(0.03, 0.97, size=1 if n == 100 else 5)
        if ties:  # samples with the density of the truth, and levels that quarters reach, which hold no round-off
            true, samples = np.round(2 * true) / 2, np.round(2 * samples) / 2
            levels = np.array([1.0, 0.75, 0.0, 0.5, 0.25, 0.25]) if k == 4 else np.array([0.55, 0.15, 0.95, 0.35])
        student(scale * true, scale * samples, levels).close(_counted(true, samples, levels), why)


def _counted(true: np.ndarray, samples: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The fraction of truths inside, level by level: simulation by simulation, sample by sample."""
    higher = [sum(value > truth for value in drawn) / len(drawn) for truth, drawn in zip(true, samples.T, strict=True)]
    return np.array([sum(fraction <= level for fraction in higher) / len(true) for level in levels])
