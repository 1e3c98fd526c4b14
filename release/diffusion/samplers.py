"""From noise to data by steps that are handed over: what repeats them, and at which times and levels of noise."""

from collections.abc import Callable

import numpy as np
from blobs import MEANS, WEIGHTS, WIDTHS

LOW, HIGH = 0.1, 20.0  # beta of the VP equation at the times 0 and 1


def go_back(
    score: Callable, step: Callable, n: int, steps: int, rng: np.random.Generator, stochastic: bool
) -> np.ndarray:
    """n points at all times, (steps + 1, n, 2), from noise to data, in even steps of time.

    Args:
        score: of points (n, 2) and the time.
        step: of points, their score, beta, the length of the step and its normal numbers, or None without.
        n: how many points.
        steps: how many steps.
        rng: draws the start and the normal numbers.
        stochastic: whether a step has normal numbers.
    """
    path = [rng.normal(size=(n, 2))]
    for k in range(steps):
        t = 1 - k / steps
        noise = rng.normal(size=(n, 2)) if stochastic else None
        moved = step(path[-1], score(path[-1], t), LOW + (HIGH - LOW) * t, 1 / steps, noise)
        path.append(np.asarray(moved))
    return np.array(path)


def weights_alone(mixture_score: Callable, kernel: Callable) -> Callable:
    """A mistake: each blob pulls with its weight, wherever x is. A score of x (n, 2) and the time t."""

    def score(x: np.ndarray, t: float) -> np.ndarray:
        alpha, sigma = (float(part) for part in kernel(t, LOW, HIGH))
        parts = zip(alpha * MEANS[:, None], alpha * WIDTHS[:, None], strict=True)
        pulls = [np.asarray(mixture_score(x, sigma, np.ones(1), mean, width)) for mean, width in parts]
        return np.tensordot(WEIGHTS, pulls, axes=1)

    return score


def without_drift(x: np.ndarray, score: np.ndarray, beta: float, step: float, noise: np.ndarray) -> np.ndarray:
    """A mistake: the drift of the forward equation is left out."""
    return x + step * beta * score + np.sqrt(beta * step) * noise


def noise_levels(n: int, largest: float, smallest: float = 0.02) -> np.ndarray:
    """n falling noise levels from largest to smallest, even in sigma^(1/7), and 0 at the end: (n + 1,)."""
    roots = np.linspace(largest ** (1 / 7), smallest ** (1 / 7), n)
    return np.append(roots**7, 0.0)


def divergence_of(score: Callable, h: float = 1e-4) -> Callable:
    """The divergence of a score in the plane, by central differences along both axes: of (n, 2) and sigma -> (n,)."""
    ways = h * np.eye(2)

    def divergence(y: np.ndarray, sigma: float) -> np.ndarray:
        return sum((score(y + way, sigma) - score(y - way, sigma)) @ way for way in ways) / (2 * h**2)

    return divergence


def paste_and_denoise(
    sampler: Callable,
    score: Callable,
    y: np.ndarray,
    levels: np.ndarray,
    seen: float,
    error: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Samples (n, 2) whose first number is replaced, after each step of a sampler, by the measured one with noise."""
    for k in range(len(levels) - 1):
        y = np.array(sampler(score, y, levels[k : k + 2]))
        y[:, 0] = seen + np.hypot(levels[k + 1], error) * rng.normal(size=len(y))
    return y
