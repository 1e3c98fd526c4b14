"""Stamps of galaxies for this assignment: reading them, the noise of the camera, and rows of them in a figure."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

HERE = Path(__file__).parent
EXPOSURE = 2264.0  # seconds: four exposures of 566 s
ZERO_POINT = 25.72  # the AB magnitude of 1 electron/s
with np.load(HERE / "galaxies.npz") as file:
    NOISE = float(file["noise"])  # of an empty pixel, in electrons/s


def load_galaxies() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Stamps (n, 32, 32) in electrons/s; which part each belongs to; what was put in, by name, each (n,)."""
    with np.load(HERE / "galaxies.npz") as file:
        stamps = (file["pixels"] * float(file["step"])).astype(np.float32)
        truth = {key.removeprefix("truth/"): file[key] for key in file.files if key.startswith("truth/")}
        return stamps, file["part"], truth


def observed(stamps: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stamps without noise in electrons/s -> with the noise of the camera, as Gaussian as the model says."""
    variance = NOISE**2 + np.clip(stamps, 0, None) / EXPOSURE
    return stamps + np.sqrt(variance) * rng.normal(size=stamps.shape)


def with_log_radius(properties: np.ndarray) -> np.ndarray:
    """Magnitude, radius, e1 and e2 of galaxies (n, 4) -> the same with ln(radius)."""
    return np.stack([properties[:, 0], np.log(properties[:, 1]), properties[:, 2], properties[:, 3]], axis=1)


def rows_of_stamps(rows: dict[str, np.ndarray], titles: list[str] | None = None) -> Figure:
    """Draws rows of stamps in electrons/s, in grey, in steps that suit faint and bright pixels alike.

    Args:
        rows: maps a label to its stamps.
        titles: one for each stamp of the first row.
    """
    size, columns = 0.95, max(len(stamps) for stamps in rows.values())
    figsize = (size * columns, 0.9 * size * len(rows) + (0.25 if titles else 0))
    fig, axes = plt.subplots(len(rows), columns, figsize=figsize, layout="compressed", squeeze=False)
    for number, (line, (label, stamps)) in enumerate(zip(axes, rows.items(), strict=True)):
        for axis in line:
            axis.set_axis_off()
        for k, stamp in enumerate(stamps):
            line[k].imshow(np.arcsinh(stamp / NOISE), cmap="gray", origin="lower", vmin=-1.5, vmax=5.0)
            line[k].set_title(titles[k] if titles and number == 0 else "", fontsize=8)
        line[0].text(-2, 15.5, label, ha="right", va="center", fontsize=9)
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    return fig
