"""Blends for this assignment: reading them, turning them, a classical deblender, and rows of them in a figure."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import gaussian_filter

HERE = Path(__file__).parent
SIZE = 32  # pixels of a stamp
CHANNELS = ("central", "companion")


@dataclass(frozen=True)
class Blends:
    """Stamps with two galaxies each; all light is in units of the noise of a pixel.

    Attributes:
        images: (n, 32, 32), with noise.
        light: (n, 32, 32, 2), the light of the central galaxy and of its companion alone, without noise.
        distance: (n,), between both centres, in pixels.
    """

    images: np.ndarray
    light: np.ndarray
    distance: np.ndarray


def load_blends() -> tuple[Blends, Blends]:
    """2000 blends to learn from, and 400 others."""
    with np.load(HERE / "blends.npz") as file:
        pixels, test = file["pixels"] * np.float32(file["step"]), file["part"] == "test"
        apart = [file[f"truth/{axis}_companion"] - file[f"truth/{axis}_central"] for axis in "xy"]
    light, distance = np.moveaxis(pixels[1:], 0, -1), np.hypot(*apart)
    return tuple(Blends(pixels[0, some], light[some], distance[some]) for some in (~test, test))


def turned(number: int, *stacks: np.ndarray) -> list[np.ndarray]:
    """Stacks of stamps (n, s, s, ...), all in the same one of the eight positions of a square."""
    turned = [np.rot90(stack, number % 4, axes=(1, 2)) for stack in stacks]
    return [np.ascontiguousarray(stack if number < 4 else stack[:, :, ::-1]) for stack in turned]


def watershed(image: np.ndarray, level: float = 1.5) -> np.ndarray:
    """Masks (32, 32, 2) of a blend (32, 32) without any learning: each pixel above the level belongs to a peak.

    The image is smoothed. From each pixel the way goes uphill, from neighbour to highest neighbour, up to a peak. The
    peak nearest to the centre is the central galaxy, the highest of the others the companion. What runs up to a third
    peak, which is noise, goes to the nearer of the two.
    """
    smooth = gaussian_filter(image, 0.7)
    here = np.arange(SIZE * SIZE).reshape(SIZE, SIZE)
    around = np.stack([np.roll(here, shift, axis=(0, 1)) for shift in np.ndindex(3, 3)])
    around = np.roll(around, (-1, -1), axis=(1, 2))
    up = np.take_along_axis(around, smooth.ravel()[around].argmax(axis=0)[None], axis=0).ravel()
    for _ in range(10):  # twice as far each time
        up = up[up]
    above = smooth > level
    peaks = np.unique(up[above.ravel()])
    masks = np.zeros((SIZE, SIZE, 2), dtype=bool)
    if len(peaks) == 0:
        return masks
    places = np.stack(np.divmod(peaks, SIZE), axis=1)
    first = np.argmin(np.hypot(*(places - 15.5).T))
    others = [k for k in np.argsort(-smooth.ravel()[peaks]) if k != first]
    kept = places[[first, *others[:1]]]
    top = np.stack(np.divmod(up, SIZE), axis=1)
    owner = np.argmin(np.hypot(*(top[:, None] - kept).transpose(2, 0, 1)), axis=1).reshape(SIZE, SIZE)
    for channel in range(len(kept)):
        masks[..., channel] = above & (owner == channel)
    return masks


def rows_of_blends(images: np.ndarray, rows: dict[str, np.ndarray]) -> None:
    """Draws blends (n, 32, 32) in grey once for each entry of `rows`, which maps a label to masks (n, 32, 32, 2).

    The outlines of the central galaxies are orange and solid, those of the companions blue and dashed.
    """
    _, axes = plt.subplots(len(rows), len(images), layout="compressed", squeeze=False)
    plt.gcf().set_size_inches(10, 10.5 * len(rows) / len(images))
    for line, (label, masks) in zip(axes, rows.items(), strict=True):
        for axis, image, both in zip(line, images, np.asarray(masks), strict=True):
            axis.imshow(np.arcsinh(image / 2), cmap="gray", origin="lower", vmin=-1.5, vmax=4)
            for channel, (colour, style) in enumerate((("C1", "solid"), ("C0", "dashed"))):
                if both[..., channel].any():
                    axis.contour(both[..., channel], [0.5], colors=[colour], linestyles=[style], linewidths=1.5)
            axis.set_axis_off()
        line[0].text(-2, SIZE / 2, label, ha="right", va="center", fontsize=9)
