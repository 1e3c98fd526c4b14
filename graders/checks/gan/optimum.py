"""Section 1: the optimal discriminator, and what the generator minimises against it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

from graders.checks.domains import arrays
from graders.checks.ladder import Function, draws


def check_optimal_discriminator(optimal_discriminator: Callable[..., Any]) -> None:
    """Log densities of every shape and of several sizes, against p / (p + q) from the densities, in float64."""
    student = Function(optimal_discriminator, "optimal_discriminator")
    (rng,) = draws(seed=611, count=1)
    for log_p in arrays(612, scales=(1e-3, 1.0, 6.0, 14.0)):
        log_q = rng.uniform(-2.0, 2.0, size=log_p.shape)
        p, q = np.exp(log_p), np.exp(log_q)
        student(log_p, log_q).close(
            p / (p + q),
            "it is p / (p + q), with p the density of real data and q that of generated ones. See section 1.",
        )


def check_optimal_discriminator_far(optimal_discriminator: Callable[..., Any]) -> None:
    """Log densities whose exponentials are all 0 or infinite, against (1 + tanh(d / 2)) / 2 of their difference."""
    student = Function(optimal_discriminator, "optimal_discriminator")
    for rng, level in zip(draws(seed=613, count=5), (-900.0, -4000.0, 800.0, -1200.0, 0.0), strict=True):
        # A quarter of a whole number survives float32 at this size; ties are in, and differences that saturate.
        difference = np.concatenate([rng.integers(-20, 21, size=6) / 4, [0.0, 300.0, -300.0, 2000.0, -2000.0]])
        expected = (1 + np.tanh(difference / 2)) / 2
        student(level + difference, np.full(difference.shape, level)).close(
            expected,
            "both densities may be too small or too large for a number, but their ratio is not: work with the "
            "difference of the logarithms. See section 1.",
            rtol=1e-3,
            atol=1e-5,
        )


def _jensen_shannon(p: np.ndarray, q: np.ndarray, dx: float) -> float:
    middle = (p + q) / 2
    return float(0.5 * dx * np.sum(scipy.special.rel_entr(p, middle) + scipy.special.rel_entr(q, middle)))


def _gaussians(rng: np.random.Generator, dx: float) -> np.ndarray:
    """Two densities (2, n) on a grid of this spacing, whose unit of length is 1 for dx below 1, else 100 dx."""
    unit = 1.0 if 0.005 < dx < 1.0 else 100 * dx
    x = np.arange(-9.0 * unit, 9.0 * unit, dx)
    return np.stack([scipy.stats.norm(unit * rng.uniform(-1, 1), unit * rng.uniform(0.8, 1.5)).pdf(x) for _ in "pq"])


def check_jensen_shannon(jensen_shannon: Callable[..., Any]) -> None:
    """Positive densities on grids of several spacings, against ``scipy.special.rel_entr``; equal ones give 0.

    Those of few points do not fade at the ends of the grid: a sum counts the first and the last point in full.
    """
    student = Function(jensen_shannon, "jensen_shannon")
    for rng, dx in zip(draws(seed=621, count=6), (0.01, 0.05, 0.02, 0.1, 1e-6, 30.0), strict=True):
        p, q = _gaussians(rng, dx)
        student(p, q, dx).close(
            _jensen_shannon(p, q, dx),
            "each divergence is from the middle (p + q) / 2, counts one half, and its integral is a sum times dx. "
            "See section 1.",
            rtol=1e-3,
            atol=1e-5,
        )
        student(p, p, dx).close(0.0, "two equal densities differ by nothing. See section 1.", atol=1e-5)
    for rng, n in zip(draws(seed=623, count=3), (2, 7, 30), strict=True):
        p, q = rng.uniform(0.05, 1.0, size=(2, n))
        p, q = p / (p.sum() * 0.25), q / (q.sum() * 0.25)
        student(p, q, 0.25).close(
            _jensen_shannon(p, q, 0.25),
            "an integral is a sum over all points of the grid times dx. See section 1.",
            rtol=1e-3,
            atol=1e-5,
        )
    strided = np.asfortranarray([p, q])
    student(strided[0], strided[1], 0.25).close(
        _jensen_shannon(p, q, 0.25),
        "two rows of an array are as good as arrays of their own. See section 1.",
        rtol=1e-3,
    )


def check_jensen_shannon_zeros(jensen_shannon: Callable[..., Any]) -> None:
    """Densities that are 0 in places: ln 2 if they share no place, ``rel_entr`` of SciPy else."""
    student = Function(jensen_shannon, "jensen_shannon")
    for rng, dx in zip(draws(seed=622, count=3), (0.5, 0.125, 0.25), strict=True):
        n = 24
        p, q = rng.uniform(0.2, 1.0, size=(2, n))
        p[n // 2 :], q[: n // 2] = 0.0, 0.0
        p, q = p / (p.sum() * dx), q / (q.sum() * dx)
        student(p, q, dx).close(
            np.log(2), "densities that share no place have the largest divergence, ln 2. See section 1.", rtol=1e-3
        )
        q = rng.uniform(0.2, 1.0, size=n)
        q[:5], p[:2] = 0.0, 0.0
        p, q = p / (p.sum() * dx), q / (q.sum() * dx)
        student(p, q, dx).close(
            _jensen_shannon(p, q, dx), "where a density is 0 its term is 0, not nan. See section 1.", rtol=1e-3
        )
