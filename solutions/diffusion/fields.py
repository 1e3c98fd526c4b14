"""Scores that are known, with their divergences: what the notebook's tests follow."""

import numpy as np


def normal_score(y: np.ndarray, sigma: float) -> np.ndarray:
    """The score of N(0, 1) data with noise."""
    return -y / (1 + sigma**2)


def normal_divergence(y: np.ndarray, sigma: float) -> np.ndarray:
    """The divergence of `normal_score`: (n, d) -> (n,)."""
    return np.full(len(y), -y.shape[1] / (1 + sigma**2))


def steep_score(y: np.ndarray, sigma: float) -> np.ndarray:
    """A field that is no straight line: its divergence is another one at each place."""
    return -(y**3) / (1 + sigma**2)


def steep_divergence(y: np.ndarray, sigma: float) -> np.ndarray:
    """The divergence of `steep_score`: (n, d) -> (n,)."""
    return -3 * np.sum(y**2, axis=1) / (1 + sigma**2)
