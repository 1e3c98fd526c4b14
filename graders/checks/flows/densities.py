"""Sections 1, 2 and 5: densities, entropies and distances, against SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats

from graders.checks.ladder import Function, draws


def check_lognormal(lognormal_log_prob: Callable[..., Any]) -> None:
    """Against `scipy.stats.lognorm`, whose density is a formula of its own; b of both signs, arrays of any shape."""
    student = Function(lognormal_log_prob, "lognormal_log_prob")
    cases = [((6,), 0.0, 1.0), ((3, 4), -0.4, 0.6), ((5,), 1.3, -0.8), ((2, 2, 2), 0.7, 2.5), ((1,), -2.0, -1.7)]
    for rng, (shape, a, b) in zip(draws(seed=811, count=len(cases)), cases, strict=True):
        y = np.exp(a + abs(b) * rng.normal(size=shape))
        expected = scipy.stats.lognorm(abs(b), scale=np.exp(a)).logpdf(y)
        why = "the slope of y = exp(a + b x) at x is b y, and what counts is ln |b y|. See section 1"
        student(y, a, b).close(expected, f"{why}.", rtol=1e-4, atol=1e-4)


def covariance(rng: np.random.Generator, d: int) -> np.ndarray:
    """A covariance matrix (d, d), far from singular."""
    root = rng.normal(size=(d, d + 2))
    return root @ root.T / d + 0.1 * np.eye(d)


def check_entropy(gaussian_entropy: Callable[..., Any]) -> None:
    """Against SciPy's entropy of a multivariate normal distribution, in 1 to 6 dimensions."""
    student = Function(gaussian_entropy, "gaussian_entropy")
    for rng, d in zip(draws(seed=821, count=6), (1, 2, 2, 3, 4, 6), strict=True):
        cov = covariance(rng, d) * 10.0 ** rng.uniform(-2, 1)
        expected = float(scipy.stats.multivariate_normal(np.zeros(d), cov).entropy())
        found = student(cov)
        value = found.number()
        for wrong, why in (
            (expected / np.log(2), "this is in bits, expected nats"),
            (expected - d / 2, "2 pi e is in the formula, and not 2 pi"),
            (expected + (1 - d) * np.log(2 * np.pi * np.e) / 2, "every dimension brings a factor 2 pi e"),
        ):
            if d > 1 and np.isclose(value, wrong, rtol=1e-4, atol=1e-4):
                found.fail(f"returned {value:.4f}, expected {expected:.4f}: {why}. See section 2.")
        found.close(expected, "half the log determinant of 2 pi e times the covariance. See section 2.", atol=1e-4)


def check_nll(held_out_nll: Callable[..., Any]) -> None:
    """Against NumPy's mean and `scipy.stats.sem`; samples of 2 to 1000."""
    student = Function(held_out_nll, "held_out_nll")
    for rng, n in zip(draws(seed=822, count=5), (2, 3, 10, 100, 1000), strict=True):
        log_probs = rng.normal(rng.uniform(-3, 1), rng.uniform(0.5, 2.0), size=n)
        nll, error = student(log_probs).unpack("the NLL", "its standard error")
        nll.close(-log_probs.mean(), "minus the mean of the log-densities. See section 2.", atol=1e-5)
        why = "the square root of the sum of squared deviations over n - 1, divided by the square root of n"
        error.close(scipy.stats.sem(log_probs), f"{why}. See section 2.", atol=1e-5)


def check_radius(radius_distance: Callable[..., Any]) -> None:
    """Against `scipy.stats.kstest` of the squared radii and chi^2_d; normal, too narrow, too wide, shifted."""
    student = Function(radius_distance, "radius_distance")
    cases = [(1, 2, 1.0), (5, 1, 1.0), (40, 2, 0.6), (40, 3, 1.7), (500, 2, 1.0), (300, 5, 1.1), (7, 4, 3.0)]
    for rng, (n, d, scale) in zip(draws(seed=851, count=len(cases)), cases, strict=True):
        z = scale * rng.normal(size=(n, d))
        expected = scipy.stats.kstest(np.sum(z**2, axis=1), scipy.stats.chi2(d).cdf).statistic
        why = "the squared radius of each point, against chi^2 with as many degrees of freedom as columns"
        student(z).close(expected, f"{why}; look at both sides of each step. See section 5.", atol=1e-4)
