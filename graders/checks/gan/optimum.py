"""Section 1: the optimal discriminator, and what the generator minimises against it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

from graders.checks.ladder import Function, draws


def check_optimal_discriminator(optimal_discriminator: Callable[..., Any]) -> None:
    """D* of Gaussians with several means and widths, against p / (p + q) from the densities themselves, in float64."""
    student = Function(optimal_discriminator, "optimal_discriminator")
    for rng, shape in zip(draws(seed=611, count=4), ((7,), (4, 3), (1,), (2, 2, 5)), strict=True):
        x = rng.uniform(-2.0, 2.0, size=shape)
        real = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.7, 1.5))
        generated = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.7, 1.5))
        p, q = real.pdf(x), generated.pdf(x)
        student(np.log(p), np.log(q)).close(
            p / (p + q),
            "it is p / (p + q), with p the density of real data and q that of generated ones. See section 1.",
        )


def check_optimal_discriminator_far(optimal_discriminator: Callable[..., Any]) -> None:
    """Log densities whose exponentials are all 0 or infinite, against (1 + tanh(d / 2)) / 2 of their difference."""
    student = Function(optimal_discriminator, "optimal_discriminator")
    for rng, level in zip(draws(seed=612, count=5), (-900.0, -4000.0, 800.0, -1200.0, 0.0), strict=True):
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


def check_jensen_shannon(jensen_shannon: Callable[..., Any]) -> None:
    """Positive densities on grids of several spacings, against ``scipy.special.rel_entr``; equal ones give 0."""
    student = Function(jensen_shannon, "jensen_shannon")
    for rng, dx in zip(draws(seed=621, count=4), (0.01, 0.05, 0.02, 0.1), strict=True):
        x = np.arange(-9.0, 9.0, dx)
        p = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.5)).pdf(x)
        q = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.5)).pdf(x)
        student(p, q, dx).close(
            _jensen_shannon(p, q, dx),
            "each divergence is from the middle (p + q) / 2, counts one half, and its integral is a sum times dx. "
            "See section 1.",
            rtol=1e-3,
            atol=1e-5,
        )
        student(p, p, dx).close(0.0, "two equal densities differ by nothing. See section 1.", atol=1e-5)


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
