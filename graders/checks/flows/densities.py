"""Sections 1, 2 and 5: densities, entropies and distances, against SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats

from graders.checks.domains import MANY, SCALES, arrays, tiny
from graders.checks.ladder import Function, draws

MAPS = ((0.0, 1.0), (-0.4, 0.6), (1.3, -0.05), (0.7, 2.5), (-2.0, -1.7))


def check_lognormal(lognormal_log_prob: Callable[..., Any]) -> None:
    """Against `scipy.stats.lognorm`, whose density is a formula of its own; positive numbers of any shape and scale.

    Each array is asked about with two maps, of slopes of both signs. One is narrow: for tiny and huge numbers, the
    density itself is too small for a float.
    """
    student = Function(lognormal_log_prob, "lognormal_log_prob")
    why = "ln of the normal density at x = (ln y - a) / b, minus ln |b y|. See section 1."
    for number, signed in enumerate((*arrays(seed=811), np.array(2.5), np.array([1e-30, 1e30]))):
        y = np.abs(np.where(signed == 0, np.abs(signed).max(), signed))
        for a, b in (MAPS[number % len(MAPS)], MAPS[(number + 2) % len(MAPS)]):
            expected = scipy.stats.lognorm(abs(b), scale=np.exp(a)).logpdf(y)
            student(y, a, b).close(expected, why, atol=tiny(expected))


def covariance(rng: np.random.Generator, d: int) -> np.ndarray:
    """A covariance matrix (d, d), far from singular."""
    root = rng.normal(size=(d, d + 2))
    return root @ root.T / d + 0.1 * np.eye(d)


def check_entropy(gaussian_entropy: Callable[..., Any]) -> None:
    """Against SciPy's entropy of a multivariate normal distribution: 1 to 60 dimensions, variances of any scale.

    In 60 dimensions the determinant is too small for a float, while its logarithm is a number in single precision too.
    """
    student = Function(gaussian_entropy, "gaussian_entropy")
    cases = [*((d, 1.0) for d in (1, 2, 2, 3, 4, 6)), *((2, scale) for scale in (1e-9, *SCALES)), (5, 1e-3), (5, 120.0)]
    cases += [(60, 1e-12)]
    for rng, (d, scale) in zip(draws(seed=821, count=len(cases)), cases, strict=True):
        cov = scale * covariance(rng, d).T  # in the order of columns
        expected = float(scipy.stats.multivariate_normal(np.zeros(d), cov).entropy())
        found = student(cov)
        value = found.number()
        for wrong, why in (
            (expected / np.log(2), "this is in bits, expected nats"),
            (expected - d / 2, "this is the answer with 2 pi in place of 2 pi e"),
            (expected + (1 - d) * np.log(2 * np.pi * np.e) / 2, "this is the answer with 2 pi e for one dimension"),
        ):
            if d > 1 and np.isclose(value, wrong, rtol=1e-4, atol=1e-4):
                found.fail(f"returned {value:.4f}, expected {expected:.4f}: {why}. See section 2.")
        found.close(expected, "half the log determinant of 2 pi e times the covariance. See section 2.", atol=1e-5)


def check_nll(held_out_nll: Callable[..., Any]) -> None:
    """Against NumPy's mean and `scipy.stats.sem`; samples of 2 to 6000, of any scale, and equal ones."""
    student = Function(held_out_nll, "held_out_nll")
    rng, other = draws(seed=822, count=2)
    samples = [array.ravel() for array in arrays(seed=823, shapes=((2,), (3,), (10,), (100,), (MANY,)), many=False)]
    column = other.normal(-40.0, 30.0, size=(50, 2))[:, 0]  # not in one piece
    # Equal ones whose mean square, rounded, is less than the square of their mean.
    equal = [np.full(n, value) for n, value in ((4, -1.25), (11, -40.3))]
    for log_probs in (*samples, rng.normal(-1.0, 2.0, size=6000), column, *equal):
        nll, error = student(log_probs).unpack("the NLL", "its standard error")
        nll.close(-log_probs.mean(), "minus the mean of the log-densities. See section 2.", atol=tiny(log_probs))
        why = "the square root of the sum of squared deviations over n - 1, divided by the square root of n"
        error.close(scipy.stats.sem(log_probs), f"{why}. See section 2.", atol=tiny(log_probs))


def check_radius(radius_distance: Callable[..., Any]) -> None:
    """Against `scipy.stats.kstest` of the squared radii and chi^2_d; normal, too narrow, too wide, with tails."""
    student = Function(radius_distance, "radius_distance")
    cases = [(1, 2, 1.0), (5, 1, 1.0), (40, 2, 0.6), (40, 3, 1.7), (500, 2, 1.0), (300, 5, 1.1), (7, 4, 3.0)]
    cases += [(6000, 2, 1.02), (2, 30, 1.0), (1, 60, 1.0), (9, 2, 1e-9), (9, 3, 1e-3), (9, 3, 1e-3), (9, 2, 1e9)]
    why = "the largest gap between the staircase of the sorted squared radii and chi^2_d, d columns. See section 5."
    for rng, (n, d, scale) in zip(draws(seed=851, count=len(cases)), cases, strict=True):
        z = np.asfortranarray(scale * rng.normal(size=(n, d)))
        if n == 40:  # tails, and points that are there twice
            z[1], z[2] = 12 * z[1], z[3]
        expected = scipy.stats.kstest(np.sum(z**2, axis=1), scipy.stats.chi2(d).cdf).statistic
        student(z).close(expected, why, atol=1e-5)
