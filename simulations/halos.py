"""Simulated dark matter in periodic boxes, and the balls in it that will become halos.

The density contrast is a Gaussian field, as the early universe has it, scaled by linear theory to today. A ball whose
mean exceeds the critical value of the spherical collapse has collapsed by then. The largest such balls are taken first,
and no two overlap: a simple form of the peak-patch picture (Bond & Myers 1996, ApJS 103, 1), from which Berger & Stein
(2019), MNRAS 482, 2861, learn with a V-Net. Spectrum, amplitude and radii are choices of ours, such that balls fill a
tenth of a box. Unit of length: a cell.
"""

import numpy as np
from scipy.ndimage import maximum_filter

SIZE = 32  # cells along each axis
SLOPE = -2.0  # of the power spectrum
SPREAD = 2.5  # standard deviation of a cell
CRITICAL = 0.15 * (12 * np.pi) ** (2 / 3)  # 1.686: the linear contrast of a ball that has just collapsed
RADII = (7.0, 6.3, 5.6, 5.0, 4.5, 4.0, 3.6, 3.2, 2.9, 2.6)


def draw_density(rng: np.random.Generator) -> np.ndarray:
    """A Gaussian field (32, 32, 32) of mean 0, rounded to half precision, in which it is stored."""
    frequency = np.fft.fftfreq(SIZE) * SIZE
    k_squared = sum(axis**2 for axis in np.meshgrid(frequency, frequency, frequency))
    power = np.where(k_squared > 0, np.maximum(k_squared, 1.0) ** (SLOPE / 2), 0.0)
    white = np.fft.fftn(rng.normal(size=(SIZE, SIZE, SIZE)))
    return (SPREAD * np.fft.ifftn(white * np.sqrt(power / power.mean())).real).astype(np.float16)


def squared_distances(centre: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Of all cells of a periodic box from one cell, by the shortest way."""
    along = [np.abs(np.arange(side) - place) for side, place in zip(shape, centre, strict=True)]
    return sum(axis**2 for axis in np.ix_(*(np.minimum(d, side - d) for d, side in zip(along, shape, strict=True))))


def smooth(density: np.ndarray, radius: float) -> np.ndarray:
    """The mean of the density over a ball around each cell of a periodic box."""
    ball = squared_distances(np.zeros(density.ndim), density.shape) <= radius**2
    return np.fft.ifftn(np.fft.fftn(density) * np.fft.fftn(ball / ball.sum())).real


def find(density: np.ndarray) -> np.ndarray:
    """Centres and radii (number, 4) of the balls, the largest first, and among equals the densest."""
    found = np.zeros((0, 4))
    for radius in RADII:
        means = smooth(density.astype(float), radius)
        peaks = np.argwhere((means > CRITICAL) & (means == maximum_filter(means, 3, mode="wrap")))
        for peak in sorted(peaks.tolist(), key=lambda place: -means[tuple(place)]):
            away = np.abs(found[:, :3] - peak)
            away = np.minimum(away, np.array(density.shape) - away)
            if np.all(np.sum(away**2, axis=1) >= (found[:, 3] + radius) ** 2):
                found = np.vstack([found, [*peak, radius]])
    return found


def simulate(n: int, seed: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Boxes, each from a child of the seed of its own: the first of a larger set are those of a smaller one.

    Args:
        n: number of boxes.
        seed: of everything random.

    Returns:
        Density contrasts (n, 32, 32, 32), and for each box the balls (number, 4): centre in cells, and radius.
    """
    boxes = [draw_density(np.random.default_rng(child)) for child in np.random.SeedSequence(seed).spawn(n)]
    return np.array(boxes), [find(box) for box in boxes]
