"""Three blobs in the plane: data whose density with any noise is known."""

import numpy as np

WEIGHTS = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[-2.0, 0.0], [1.5, 1.5], [1.0, -2.0]])
WIDTHS = np.array([0.4, 0.3, 0.6])


def draw_mixture(n: int, rng: np.random.Generator) -> np.ndarray:
    """n points (n, 2) of the three blobs."""
    blob = rng.choice(3, size=n, p=WEIGHTS)
    return MEANS[blob] + WIDTHS[blob, None] * rng.normal(size=(n, 2))


def mixture_density(y: np.ndarray, sigma: float) -> np.ndarray:
    """The density of points y (n, 2) with noise of the standard deviation sigma: (n,)."""
    variance = WIDTHS**2 + sigma**2
    squares = np.sum((y[:, None] - MEANS) ** 2, axis=2)
    return np.sum(WEIGHTS / (2 * np.pi * variance) * np.exp(-squares / (2 * variance)), axis=1)
