"""What linear fits regress on: functions of parameters and data, whose weights they find."""

import numpy as np


def linear(theta: np.ndarray) -> np.ndarray:
    """1 and the parameters: (n, 2) -> (n, 3)."""
    return np.concatenate([np.ones((len(theta), 1)), theta], axis=1)


def quadratic(theta: np.ndarray) -> np.ndarray:
    """The same with squares and the product: (n, 2) -> (n, 6)."""
    return np.concatenate([linear(theta), theta**2, theta[:, :1] * theta[:, 1:]], axis=1)


def of_scores(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Powers and products of parameters (n, 2), and each of d bands (n, d) times 1 and both: (n, 7 + 3 d)."""
    with_bands = [linear(theta) * band[:, None] for band in x.T]
    return np.concatenate([quadratic(theta), theta[:, :1] ** 3, *with_bands], axis=1)


def bent(x: np.ndarray) -> np.ndarray:
    """1, the data and their squares: (n, d) -> (n, 1 + 2 d)."""
    return np.concatenate([np.ones((len(x), 1)), x, x**2], axis=1)
