"""Blends for this assignment: reading them, a classical deblender, rows of them in a figure, and loops of training."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.axis import Axis
from matplotlib.ticker import LogLocator, NullLocator
from progress import counted
from scipy.ndimage import gaussian_filter

layers = tf.keras.layers
HERE = Path(__file__).parent
SIZE = 32  # pixels of a stamp


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


def rows_of_blends(images: np.ndarray, rows: dict[str, np.ndarray], titles: Sequence[str] = ()) -> None:
    """Draws blends (n, 32, 32) in grey once for each entry of `rows`, which maps a label to masks (n, 32, 32, 2).

    The outlines of the central galaxies are orange and solid, those of the companions blue and dashed. Titles stand
    above the first row.
    """
    _, axes = plt.subplots(len(rows), len(images), layout="compressed", squeeze=False)
    side = (9.9 - 0.07 * max(map(len, rows))) / len(images)  # of a panel and its margin, beside the labels
    plt.gcf().set_size_inches(10, side * len(rows) + 0.3 * bool(len(titles)) + 0.05)
    for line, (label, masks) in zip(axes, rows.items(), strict=True):
        for axis, image, both in zip(line, images, np.asarray(masks), strict=True):
            axis.imshow(np.arcsinh(image / 2), cmap="gray", origin="lower", vmin=-1.5, vmax=4)
            for channel, (colour, style) in enumerate((("C1", "solid"), ("#56b4e9", "dashed"))):
                if both[..., channel].any():
                    axis.contour(both[..., channel], [0.5], colors=[colour], linestyles=[style], linewidths=1.5)
            axis.set_axis_off()
        line[0].text(-2, SIZE / 2, label, ha="right", va="center", fontsize=9)
    for axis, title in zip(axes[0], titles, strict=False):
        axis.set_title(title, fontsize=9)


def batches(
    number: int, size: int, *stacks: np.ndarray, seed: int = 0, turn: bool = False
) -> Iterator[list[tf.Tensor]]:
    """Batches of so many rows, drawn anew each time, of arrays that belong together; stamps can be turned as one."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        rows = rng.integers(0, len(stacks[0]), size)
        some = [stack[rows] for stack in stacks]
        some = turned(rng.integers(8), *some) if turn else some
        yield [tf.constant(part.astype("float32")) for part in some]


def descent(models: list, steps: int, rate: float) -> tf.keras.optimizers.Optimizer:
    """Adam for the weights of some models, whose rate falls to 0 along a cosine."""
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build([variable for model in models for variable in model.trainable_variables])
    return optimizer


def trained(step: Callable, models: list, steps: int, size: int, rate: float, *stacks: np.ndarray, **how) -> np.ndarray:
    """Takes steps, each of which is given an optimiser and a batch; returns their losses."""
    optimizer, compiled = descent(models, steps, rate), tf.function(step)
    drawn = batches(steps, size, *stacks, **how)
    return np.array([float(compiled(optimizer, *next(drawn))) for _ in counted(range(steps))])


def ask(model: tf.keras.Model, inputs: np.ndarray) -> np.ndarray:
    """What a network gives, outside of training, for any number of inputs."""
    parts = [model(inputs[k : k + 200], training=False) for k in range(0, len(inputs), 200)]
    return np.concatenate([np.asarray(part) for part in parts])


def summary_of(inputs: tf.Tensor, features: tf.Tensor, logits: tf.Tensor) -> tf.keras.Model:
    """From images to numbers: means of the features over the stamp, mean and maximum of the image in masks."""
    lit = layers.Multiply()([layers.Activation("sigmoid")(logits), inputs])
    pooled = [layers.GlobalAveragePooling2D()(part) for part in (features, lit)]
    return tf.keras.Model(inputs, layers.Concatenate()([*pooled, layers.GlobalMaxPooling2D()(lit)]))


def dense_on(summaries: np.ndarray, further: int, outputs: int) -> tf.keras.Model:
    """A dense network on summaries, which it scales to mean 0 and standard deviation 1, and further numbers."""
    spread = summaries.std(axis=0) + 1e-6
    scale = np.append(1 / spread, np.ones(further))
    scaling = layers.Rescaling(scale, -scale * np.append(summaries.mean(axis=0), np.zeros(further)))
    start = tf.keras.Input((len(scale),))
    return tf.keras.Sequential([start, scaling, layers.Dense(32, "relu"), layers.Dense(outputs)])


def few_ticks(axis: Axis) -> None:
    """Ticks of a logarithmic axis at 1, 2 and 5 times powers of ten, as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(lambda number, _: f"{number:g}")
    axis.set_minor_locator(NullLocator())


def show_losses(curves: dict[str, np.ndarray]) -> None:
    """Draws training losses against the step, one panel each, in means over fiftieths of the training."""
    _, axes = plt.subplots(1, len(curves), figsize=(4.5 * len(curves), 2.8), layout="constrained", squeeze=False)
    for axis, (name, curve) in zip(axes[0], curves.items(), strict=True):
        parts = np.array_split(curve, min(50, len(curve)))
        axis.semilogy(np.cumsum([len(part) for part in parts]), [part.mean() for part in parts], "C0-")
        axis.set(xlabel="step", ylabel="training loss [nats]", title=name)
        few_ticks(axis.yaxis)


def show_copies(images: dict[int, np.ndarray]) -> None:
    """Draws images by the size of the kernel that made them, in grey from 0 to their largest number."""
    _, axes = plt.subplots(1, len(images), figsize=(10, 2.7), layout="compressed")
    for axis, (size, image) in zip(axes, images.items(), strict=True):
        axis.imshow(image, cmap="gray", origin="lower", vmin=0)
        middle = image[4:-4, 4:-4]
        axis.set_title(f"kernel {size} × {size}: {middle.min():.0f} to {middle.max():.0f} copies", fontsize=9)
        axis.set(xticks=[], yticks=[])


def show_ratios(measured: dict[str, np.ndarray], brightness: np.ndarray, close: np.ndarray) -> None:
    """Draws measured over true fluxes (n, 2), one panel each, against the flux divided by that of the neighbour.

    Galaxies of close pairs, where `close` (n,) is true, are filled and orange, the others open and blue.
    """
    _, axes = plt.subplots(1, len(measured), figsize=(9, 3.4), layout="constrained", sharey=True)
    for axis, (name, values) in zip(axes, measured.items(), strict=True):
        for some, label, edge, face in ((~close, "wide pairs", "C0", "none"), (close, "close pairs", "C1", "C1")):
            look = {"mec": edge, "mfc": face, "ms": 3, "mew": 0.7, "label": label}
            axis.semilogx(brightness[some].ravel(), values[some].ravel(), "o", **look)
        axis.axhline(1, color="0.5", lw=1)
        axis.set_xticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
        axis.minorticks_off()
        axis.set(xlabel="flux, divided by that of the neighbour", title=name, ylim=(0, 3))
    axes[0].set_ylabel("measured flux / true flux")
    axes[0].legend()


def show_chances(exact: np.ndarray, found: np.ndarray, name: str, curve: np.ndarray | None = None) -> None:
    """Draws found against exact probabilities of a cautious observer; beside it a training loss in nats, if given."""
    panels = 1 if curve is None else 2
    _, axes = plt.subplots(1, panels, figsize=(4.2 * panels, 3.6), layout="constrained", squeeze=False)
    if curve is not None:
        parts = np.array_split(curve, min(50, len(curve)))
        axes[0, 0].plot(np.cumsum([len(part) for part in parts]), [part.mean() for part in parts])
        axes[0, 0].set(xlabel="step", ylabel="training loss [nats]")
    axes[0, -1].plot([0, 1], [0, 1], "0.5", lw=1)
    axes[0, -1].plot(exact, found, "C0.", ms=4)
    axes[0, -1].set(xlabel="true probability of a cautious observer", ylabel=name, aspect="equal")
