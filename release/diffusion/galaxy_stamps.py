"""Stamps of galaxies for this assignment: reading them, their noise, their measurements, and rows of them in a figure.

As in the notebook `vae`, which explains the noise and the moments.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

HERE = Path(__file__).parent
EXPOSURE = 2264.0  # seconds: four exposures of 566 s
ZERO_POINT = 25.72  # AB magnitude of 1 electron/s
NAMES = ("magnitude", "ln (size / pixel)", "$e_1$", "$e_2$", "$|e|$")  # of what `measured` gives
with np.load(HERE / "galaxies.npz") as file:
    NOISE = float(file["noise"])  # of an empty pixel, in electrons/s


def load_stamps() -> tuple[np.ndarray, np.ndarray]:
    """Stamps (n, 32, 32) in electrons/s: 5000 to learn from, and 600 others."""
    with np.load(HERE / "galaxies.npz") as file:
        stamps, held_out = file["pixels"] * float(file["step"]), file["part"] == "test"
    return stamps[~held_out], stamps[held_out]


def in_units_of_noise(stamps: np.ndarray) -> np.ndarray:
    """Stamps (n, 32, 32) in electrons/s -> rows (n, 1024) whose noise has the standard deviation 1."""
    return 2 * EXPOSURE * (np.sqrt(NOISE**2 + stamps.reshape(-1, 1024) / EXPOSURE) - NOISE)


def in_electrons(rows: np.ndarray) -> np.ndarray:
    """The inverse: rows (n, 1024) -> stamps (n, 32, 32) in electrons/s."""
    return EXPOSURE * ((rows / (2 * EXPOSURE) + NOISE) ** 2 - NOISE**2).reshape(-1, 32, 32)


def measured(stamps: np.ndarray) -> np.ndarray:
    """Magnitude, ln of the size in pixels, e1, e2 and |e| of stamps: (n, 5), without those that have no moments."""
    y, x = np.mgrid[:32, :32] - 15.5
    powers = np.stack([x**0, x, y, x * x, y * y, x * y]) * np.exp(-(x**2 + y**2) / 50)
    total, *sums = np.einsum("nij,pij->pn", stamps, powers)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y, xx, yy, xy = np.array(sums) / total
        xx, yy, xy = xx - x * x, yy - y * y, xy - x * y
        area = np.sqrt(xx * yy - xy**2)
        e1, e2 = (xx - yy) / (xx + yy + 2 * area), 2 * xy / (xx + yy + 2 * area)
        magnitude = ZERO_POINT - 2.5 * np.log10(stamps.sum(axis=(1, 2)))
        found = np.stack([magnitude, 0.5 * np.log(area), e1, e2, np.hypot(e1, e2)], axis=1)
    return found[np.isfinite(found).all(axis=1)]


def rows_of_stamps(rows: dict[str, np.ndarray]) -> None:
    """Draws rows of ten stamps in electrons/s, in grey; `rows` maps a label to its stamps."""
    _, axes = plt.subplots(len(rows), 10, figsize=(10, 1.05 * len(rows)), layout="compressed", squeeze=False)
    for line, (label, some) in zip(axes, rows.items(), strict=True):
        for axis, stamp in zip(line, some, strict=True):
            axis.imshow(np.arcsinh(stamp / NOISE), cmap="gray", origin="lower", vmin=-1.5, vmax=5)
            axis.set_axis_off()
        line[0].text(-3, 15.5, label, ha="right", va="center", fontsize=9)
