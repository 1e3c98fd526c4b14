"""Boxes of dark matter and maps of gas for this assignment, loops of training, and figures."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from progress import counted

HERE = Path(__file__).parent
SIDE = 32  # cells of a box and of a map along each axis

# --- dark matter ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Boxes:
    """Periodic boxes with halos that do not overlap; lengths are in cells.

    Attributes:
        density: (n, 32, 32, 32), the linear density contrast today.
        masks: (n, 32, 32, 32), true in the ball of a halo.
        halos: for each box the halos (number, 4): place of the centre along the three axes, and radius.
    """

    density: np.ndarray
    masks: np.ndarray
    halos: list[np.ndarray]


def load_boxes() -> tuple[Boxes, Boxes]:
    """48 boxes to learn from, and 12 others."""
    with np.load(HERE / "halo_boxes.npz") as file:
        density, rows, test = file["density"].astype(np.float32), file["halos"], file["part"] == "test"
    halos = [rows[rows[:, 0] == box, 1:] for box in range(len(density))]
    masks = np.stack([balls(found, density.shape[1:]) for found in halos])
    return tuple(Boxes(density[some], masks[some], [halos[k] for k in np.flatnonzero(some)]) for some in (~test, test))


def balls(halos: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A mask that is true in the balls of halos (number, axes + 1), in a periodic box of this shape."""
    mask = np.zeros(shape, dtype=bool)
    for *centre, radius in np.asarray(halos, dtype=float):
        along = [np.abs(np.arange(side) - place) for side, place in zip(shape, centre, strict=True)]
        nearest = np.ix_(*(np.minimum(d, side - d) ** 2 for d, side in zip(along, shape, strict=True)))
        mask |= sum(nearest) <= radius**2
    return mask


def turned(rng: np.random.Generator, *stacks: np.ndarray) -> list[np.ndarray]:
    """Stacks of boxes (n, s, s, s, ...), all in one position of a cube, of 48, and all shifted by as many cells."""
    axes, flips, shift = rng.permutation(3), rng.integers(0, 2, 3), rng.integers(0, SIDE, 3)
    found = []
    for stack in stacks:
        stack = np.transpose(stack, (0, *(1 + axes), *range(4, stack.ndim)))
        stack = stack[(slice(None), *(slice(None, None, 1 - 2 * flip) for flip in flips))]
        found.append(np.roll(stack, shift, axis=(1, 2, 3)))
    return found


# --- gas --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Maps:
    """Periodic maps of dark matter with gas painted on them by a known law.

    Attributes:
        matter: (n, 32, 32), logarithm of the density of dark matter in units of its geometric mean.
        gas: (n, 32, 32), logarithm of the optical depth of the gas, with scatter.
        mean, sd: (n, 32, 32), of the gas, given the matter: what nobody knows from data alone.
    """

    matter: np.ndarray
    gas: np.ndarray
    mean: np.ndarray
    sd: np.ndarray


def frequencies() -> np.ndarray:
    """The wave number of each mode of a map (32, 32), in radians a cell."""
    k = 2 * np.pi * np.fft.fftfreq(SIDE)
    return np.hypot(k[:, None], k)


def fields(rng: np.random.Generator, number: int, power: np.ndarray) -> np.ndarray:
    """Gaussian fields (number, 32, 32) with the variance 1 and power in these proportions."""
    white = np.fft.fft2(rng.normal(size=(number, SIDE, SIDE)))
    return np.fft.ifft2(white * np.sqrt(power / power.mean())).real


def paint_gas(number: int, seed: int) -> Maps:
    """Maps of matter and gas: ln tau = -1 + 1.12 g + 0.45 exp(g / 2) u.

    g is the matter, smoothed over 1.5 cells as gas is by its pressure. The scatter u is a Gaussian field of variance 1,
    of which 96% are correlated over about 4 cells, and the rest is white.
    """
    rng, k = np.random.default_rng(seed), frequencies()
    matter = fields(rng, number, np.where(k > 0, np.exp(-((0.7 * k) ** 2)) / np.maximum(k, 0.1) ** 2, 0))
    smooth = np.fft.ifft2(np.fft.fft2(matter) * np.exp(-((1.5 * k) ** 2) / 2)).real
    correlated = np.exp(-((4 * k) ** 2) / 2)
    scatter = fields(rng, number, 0.96 * correlated / correlated.mean() + 0.04)
    mean, sd = -1 + 1.12 * smooth, 0.45 * np.exp(smooth / 2)
    return Maps(matter, mean + sd * scatter, mean, sd)


def in_bands(power: np.ndarray) -> np.ndarray:
    """The mean of a spectrum (32, 32) over five bands of wave number, from large scales to small ones."""
    edges = 2 * np.pi / SIDE * np.array([1, 2.5, 4.5, 7.5, 11.5, 16.5])
    k = frequencies()
    return np.array([power[(k >= low) & (k < high)].mean() for low, high in itertools.pairwise(edges)])


# --- training ---------------------------------------------------------------------------------------------------------


def batches(steps: int, size: int, turn: bool, seed: int, *stacks: np.ndarray) -> Iterator[list[tf.Tensor]]:
    """So many batches, drawn anew each time, of arrays that belong together; boxes can be turned and shifted."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        rows = rng.integers(0, len(stacks[0]), size)
        some = [stack[rows] for stack in stacks]
        some = turned(rng, *some) if turn else some
        yield [tf.constant(part[..., None].astype(np.float32)) for part in some]


def trained(
    step: Callable,
    network: tf.keras.Model,
    loss: Callable,
    steps: int,
    size: int,
    rate: float,
    *stacks: np.ndarray,
    seed: int,
    turn: bool = False,
) -> np.ndarray:
    """Takes steps with Adam, whose rate falls to 0 along a cosine; returns the losses."""
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build(network.trainable_variables)
    compiled = tf.function(lambda inputs, targets: step(network, optimizer, inputs, targets, loss))
    drawn = batches(steps, size, turn, seed, *stacks)
    return np.array([float(compiled(*next(drawn))) for _ in counted(range(steps))])


def ask(model: tf.keras.Model, inputs: np.ndarray, size: int = 12) -> np.ndarray:
    """What a network gives, outside of training, for any number of inputs (n, ...) of one channel."""
    inputs = inputs[..., None].astype(np.float32)
    parts = [model(inputs[k : k + size], training=False) for k in range(0, len(inputs), size)]
    return np.concatenate([np.asarray(part) for part in parts])


# --- figures ----------------------------------------------------------------------------------------------------------


def show_slices(density: np.ndarray, masks: dict[str, np.ndarray], row: int = 7) -> None:
    """Draws one slice of a box (s, s, s) in grey once for each mask (s, s, s), with its outlines in orange."""
    _, axes = plt.subplots(1, len(masks), figsize=(2.7 * len(masks), 2.9), layout="compressed", squeeze=False)
    for axis, (name, mask) in zip(axes[0], masks.items(), strict=True):
        axis.imshow(density[row], cmap="gray", origin="lower", vmin=-6, vmax=6)
        if np.any(outlined := np.asarray(mask)[row]):
            axis.contour(outlined, [0.5], colors=["C1"], linewidths=1.8)
        axis.set(xticks=[], yticks=[])
        axis.set_title(name, fontsize=10)


def show_losses(curves: dict[str, np.ndarray]) -> None:
    """Draws losses, by what to call them, against the step, one panel each, in means over fiftieths of the training."""
    _, axes = plt.subplots(1, len(curves), figsize=(4.5 * len(curves), 2.8), layout="constrained", squeeze=False)
    for axis, (name, curve) in zip(axes[0], curves.items(), strict=True):
        parts = np.array_split(curve, min(50, len(curve)))
        axis.plot(np.cumsum([len(part) for part in parts]), [part.mean() for part in parts], "C0-")
        axis.set(xlabel="step", ylabel=name)


def show_maps(maps: dict[str, np.ndarray]) -> None:
    """Draws maps (32, 32) side by side, all on the same scale of colours."""
    _, axes = plt.subplots(1, len(maps), figsize=(2.3 * len(maps), 2.6), layout="compressed")
    for axis, (name, values) in zip(axes, maps.items(), strict=True):
        image = axis.imshow(values, cmap="viridis", origin="lower", vmin=-3, vmax=2)
        axis.set(xticks=[], yticks=[])
        axis.set_title(name, fontsize=10)
    plt.gcf().colorbar(image, ax=axes, shrink=0.8, extend="both", label="natural logarithm")


def show_spectra(spectra: dict[str, np.ndarray]) -> None:
    """Draws spectra (32, 32) of maps, in bands, against the wave number; beside them, divided by the first one."""
    _, (axis, beside) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    centres, first = in_bands(frequencies()), in_bands(next(iter(spectra.values())))
    for number, (name, power) in enumerate(spectra.items()):
        style = ("k-", "C0s--", "C1o-", "C2^:")[number % 4]
        axis.loglog(centres, in_bands(power), style, label=name)
        beside.semilogx(centres, in_bands(power) / first, style)
    axis.set_ylabel("power of a mode")
    beside.set(ylabel=f"power / power of the {next(iter(spectra))}", ylim=(0, None))
    for panel in (axis, beside):
        panel.set_xlabel("wave number [radians a cell]")
        panel.set_xticks([0.5, 1, 2], ["0.5", "1", "2"])
        panel.minorticks_off()
    axis.legend()


def show_mass_functions(volumes: np.ndarray, functions: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Draws densities of halos with errors, by name, against the volume of a halo in cells."""
    _, axis = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    for number, (name, (density, error)) in enumerate(functions.items()):
        shown = np.asarray(density) > 0
        axis.errorbar(
            volumes[shown] * 1.04**number, np.asarray(density)[shown], np.asarray(error)[shown],
            fmt=("ko", "C1s", "C0^")[number % 3], capsize=3, label=name,
        )  # fmt: skip
    axis.set(xscale="log", yscale="log", xlabel="volume of a halo [cells]", ylabel="halos a cell and unit of ln volume")
    axis.legend()
