"""Galaxies that are in no release, how they are measured, and how far generated ones are from them.

Shared by the notebooks that make galaxies: each is judged by the same measurements of the same held-out stamps.
"""

import functools

import numpy as np
import scipy.stats

from graders.checks.trained import DATA

SIZE = 32
PIXELS = SIZE * SIZE
EXPOSURE = 2264.0  # seconds, as in the notebooks
ZERO_POINT = 25.72  # AB magnitude of 1 electron per second
SCALE = 5.0  # of the weights of the moments, in pixels
MEASURED = ("magnitude", "ln size", "e1", "e2", "|e|")


@functools.cache
def held_out() -> tuple[np.ndarray, np.ndarray, float]:
    """Images (2000, 32, 32) in electrons/s that are in no release, their properties (2000, 4), and the noise.

    Properties: magnitude, half-light radius in arcsec, e1, e2.
    """
    with np.load(DATA / "galaxies.npz", allow_pickle=False) as file:
        images = file["pixels"] * float(file["step"])
        truth = [file[f"truth/{name}"] for name in ("magnitude", "half_light_radius", "e1", "e2")]
        return images, np.stack(truth, axis=1).astype(float), float(file["noise"])


def stabilised(images: np.ndarray, noise: float) -> np.ndarray:
    """Pixels in units of their noise."""
    return 2 * EXPOSURE * (np.sqrt(np.clip(noise**2 + images / EXPOSURE, 0, None)) - noise)


def in_electrons(y: np.ndarray, noise: float) -> np.ndarray:
    """The inverse of `stabilised`: pixels in electrons/s."""
    return EXPOSURE * ((y / (2 * EXPOSURE) + noise) ** 2 - noise**2)


def measured(images: np.ndarray) -> np.ndarray:
    """Magnitude, ln size, e1, e2 and |e| of stamps, by Gaussian-weighted moments; what cannot be measured is 99."""
    axis = np.arange(SIZE) - (SIZE - 1) / 2
    x, y = np.meshgrid(axis, axis)
    weighted = images * np.exp(-(x**2 + y**2) / (2 * SCALE**2))
    total = np.maximum(weighted.sum(axis=(1, 2)), 1e-9)

    def mean_of(positions: np.ndarray) -> np.ndarray:
        return (weighted * positions).sum(axis=(1, 2)) / total

    xx, yy = mean_of(x**2) - mean_of(x) ** 2, mean_of(y**2) - mean_of(y) ** 2
    xy = mean_of(x * y) - mean_of(x) * mean_of(y)
    good = (xx > 0) & (xx * yy > xy**2) & (images.sum(axis=(1, 2)) > 0)
    xx, yy, xy = np.where(good, xx, 1.0), np.where(good, yy, 1.0), np.where(good, xy, 0.0)
    area = np.sqrt(xx * yy - xy**2)
    e1, e2 = (part / (xx + yy + 2 * area) for part in (xx - yy, 2 * xy))
    flux = np.where(good, images.sum(axis=(1, 2)), 1.0)
    columns = [ZERO_POINT - 2.5 * np.log10(flux), 0.5 * np.log(area), e1, e2, np.hypot(e1, e2)]
    return np.where(good, np.stack(columns), 99.0).T


@functools.cache
def held_out_measured() -> np.ndarray:
    """The measurements (2000, 5) of the held-out galaxies."""
    return measured(held_out()[0])


def distances(made: np.ndarray) -> dict[str, float]:
    """The KS statistic of each measurement between generated and held-out galaxies."""
    real = held_out_measured()
    return {
        name: float(scipy.stats.ks_2samp(made[:, k], real[:, k], method="asymp").statistic)
        for k, name in enumerate(MEASURED)
    }
