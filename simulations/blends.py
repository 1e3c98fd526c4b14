"""Simulated blends: a galaxy in the centre of a stamp and a companion that overlaps with it.

Both are discs of exponential profile behind a Gaussian PSF, with Gaussian noise of the standard deviation 1, the unit
of all light here. One galaxy is in the centre, as in Boucaud et al. (2020), MNRAS 491, 2481; the distance of the
companion depends on the sizes of both. The numbers are choices of ours, such that masks overlap in most stamps.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from simulations.galaxies import HALF_LIGHT

SIZE = 32  # pixels of a stamp
MARGIN = 8  # pixels around it that are drawn too, so that the PSF brings in their light
OVERSAMPLING = 2  # sub-pixels of a pixel, along each axis
PSF = 1.0  # standard deviation in pixels
FLUXES = (200.0, 1600.0)  # in units of the noise of a pixel; uniform in the logarithm
RADII = (1.5, 3.5)  # half-light radii in pixels, the geometric mean of both axes; uniform in the logarithm
AXIS_RATIOS = (0.4, 1.0)
SEPARATIONS = (0.63, 2.0)  # in units of the sum of both radii, besides
LEAST, MOST = 1.0, 12.0  # pixels more than that, and the largest distance


def draw_pair(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The truth of one blend: two values for each name, of the central galaxy and of its companion.

    Returns:
        `flux` (units of the noise), `half_light_radius` (pixels), `q`, `angle` (radians from the x axis), and `x` and
        `y` (pixels from the centre of the stamp).
    """
    flux = np.exp(rng.uniform(*np.log(FLUXES), size=2))
    radius = np.exp(rng.uniform(*np.log(RADII), size=2))
    q = rng.uniform(*AXIS_RATIOS, size=2)
    angle = rng.uniform(0.0, np.pi, size=2)
    x, y = rng.uniform(-0.5, 0.5, size=(2, 2))
    distance = min(MOST, LEAST + rng.uniform(*SEPARATIONS) * radius.sum())
    direction = rng.uniform(0.0, 2.0 * np.pi)
    x[1], y[1] = x[0] + distance * np.cos(direction), y[0] + distance * np.sin(direction)
    return {"flux": flux, "half_light_radius": radius, "q": q, "angle": angle, "x": x, "y": y}


def render(pair: dict[str, np.ndarray]) -> np.ndarray:
    """The noiseless stamps (2, 32, 32) of both galaxies."""
    side = SIZE + 2 * MARGIN
    axis = (np.arange(side * OVERSAMPLING) + 0.5) / OVERSAMPLING - side / 2
    x, y = np.meshgrid(axis, axis)
    stamps = []
    for flux, radius, q, angle, x0, y0 in np.stack(list(pair.values()), axis=1):
        along = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
        across = (y - y0) * np.cos(angle) - (x - x0) * np.sin(angle)
        h = radius / HALF_LIGHT
        light = flux / (2 * np.pi * h**2) * np.exp(-np.sqrt(q * along**2 + across**2 / q) / h)
        pixels = light.reshape(side, OVERSAMPLING, side, OVERSAMPLING).mean(axis=(1, 3))
        stamps.append(gaussian_filter(pixels, PSF)[MARGIN:-MARGIN, MARGIN:-MARGIN])
    return np.stack(stamps)


def simulate(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Blends, each from a child of the seed of its own: the first of a larger set are those of a smaller one.

    Args:
        n: number of blends.
        seed: of everything random.

    Returns:
        Images (n, 32, 32) with noise, noiseless stamps (n, 2, 32, 32), and the truth, (n, 2) for each name of
        `draw_pair`.
    """
    images, clean, truth = [], [], []
    for child in np.random.SeedSequence(seed).spawn(n):
        rng = np.random.default_rng(child)
        truth.append(draw_pair(rng))
        clean.append(render(truth[-1]))
        images.append(clean[-1].sum(axis=0) + rng.normal(size=(SIZE, SIZE)))
    return np.array(images), np.array(clean), {name: np.array([row[name] for row in truth]) for name in truth[0]}
