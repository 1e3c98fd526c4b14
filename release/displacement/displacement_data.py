"""Boxes for this assignment: reading them, loops of training, and the layout of figures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.ticker import LogLocator, NullLocator
from progress import counted

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Boxes:
    """Periodic boxes with as many particles as cells; lengths in cells.

    Attributes:
        delta: (n, s, s), linear density contrast at a = 1.
        first: (n, s, s, 2), displacement at a = 1 by Zel'dovich.
        psi: (n, s, s, 2), displacement at a = 1, by a simulation with 16 times as many particles.
    """

    delta: np.ndarray
    first: np.ndarray
    psi: np.ndarray


def load_boxes() -> dict[str, Boxes]:
    """The boxes by part: `train`, `test`, `strong` with 1.5 times the amplitude, and `large` with twice the side."""
    with np.load(HERE / "boxes.npz") as file:
        return {
            part: Boxes(*(file[f"{part}/{name}"].astype(np.float32) for name in ("delta", "first", "psi")))
            for part in ("train", "test", "strong", "large")
        }


def rms(values: np.ndarray) -> float:
    """The root of the mean square of all numbers."""
    return float(np.sqrt(np.mean(np.square(values, dtype=float))))


def changes(number: int, side: int, seed: int) -> list[tuple[tuple[int, int], tuple[bool, bool], bool]]:
    """So many draws of a shift along both axes, a flip of each, and an exchange of both."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers([side, side, 2, 2, 2], size=(number, 5)).tolist()
    return [((a, b), (bool(c), bool(d)), bool(e)) for a, b, c, d, e in drawn]


def trained(
    step: Callable,
    augment: Callable,
    network: tf.keras.Model,
    boxes: Boxes,
    steps: int,
    size: int,
    rate: float,
    seed: int,
) -> np.ndarray:
    """Takes steps with Adam, whose rate falls to 0 along a cosine; returns their losses.

    Each step gets a batch of displacements, by Zel'dovich and true, both changed in the same way.
    """
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build(network.trainable_variables)
    compiled = tf.function(lambda first, psi: step(network, optimizer, first, psi))
    rng, losses = np.random.default_rng(seed), []
    for change in counted(changes(steps, boxes.first.shape[1], seed)):
        rows = rng.integers(0, len(boxes.first), size)
        batch = [np.asarray(augment(part[rows], *change)) for part in (boxes.first, boxes.psi)]
        losses.append(float(compiled(*(tf.constant(part.astype("float32")) for part in batch))))
    return np.array(losses)


def ask(model: tf.keras.Model, inputs: np.ndarray) -> np.ndarray:
    """What a network gives, outside of training, for any number of inputs."""
    parts = [model(inputs[k : k + 50], training=False) for k in range(0, len(inputs), 50)]
    return np.concatenate([np.asarray(part) for part in parts])


def show_particles(
    displacements: dict[str, np.ndarray],
    marked: np.ndarray | None = None,
    part: tuple[tuple[int, int], tuple[int, int]] | None = None,
    aim: np.ndarray | None = None,
) -> None:
    """Draws particles where each displacement (s, s, 2) takes them; marked ones (s, s) in orange.

    `part`: the first and the last row and column of the part of the box that is shown. `aim`: a displacement
    (s, s, 2); orange lines lead from each particle to where this one takes it.
    """
    _, axes = plt.subplots(1, len(displacements), layout="compressed", squeeze=False)
    plt.gcf().set_size_inches(10, 10.6 / len(displacements))
    for axis, (name, psi) in zip(axes[0], displacements.items(), strict=True):
        side = len(psi)
        lattice = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1)
        rows, columns = np.moveaxis((lattice + np.asarray(psi)) % side, -1, 0)
        colours = "C0" if marked is None else np.where(np.asarray(marked, dtype=bool), "C1", "C0").ravel()
        low, high = part or ((0, side), (0, side))
        axis.scatter(columns.ravel(), rows.ravel(), s=4 if part is None else 10, c=colours, linewidths=0)
        if aim is not None:
            away = (np.asarray(aim) - np.asarray(psi)).reshape(-1, 2).T
            ends = np.stack([rows.ravel(), columns.ravel()]) + np.stack([0 * away, away])
            axis.plot(ends[:, 1], ends[:, 0], "C1", lw=1.2, zorder=0)
        around = np.array([-0.4, 0.4])  # so that no point is cut at the edge
        axis.set(xlim=around + high, ylim=around + low, aspect="equal", title=name, xticks=high, yticks=low)
    axes[0][0].set(xlabel="columns [cells]", ylabel="rows [cells]")


def show_by_wave(edges: np.ndarray, curves: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Draws transfer function and correlation of each method in bins of wave numbers between some edges."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    middle = (edges[1:] + edges[:-1]) / 2
    for (name, both), marker in zip(curves.items(), "os^D", strict=False):
        for axis, values in zip(axes, both, strict=True):
            axis.plot(middle, np.asarray(values), marker + "-", label=name, ms=4)
    for axis, label in zip(axes, ("transfer function T", "correlation r"), strict=True):
        axis.axhline(1, color="0.5", lw=1)
        axis.set(xlabel="wave number [radians per cell]", ylabel=label)
    axes[0].legend(fontsize=8)


def show_losses(curve: np.ndarray) -> None:
    """Draws a training loss against the step, in means over fiftieths of the training."""
    _, axis = plt.subplots(figsize=(4.5, 2.8), layout="constrained")
    parts = np.array_split(curve, min(50, len(curve)))
    axis.semilogy(np.cumsum([len(part) for part in parts]), [part.mean() for part in parts], "C0-")
    axis.set(xlabel="step", ylabel="training loss [cells²]")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(lambda number, _: f"{number:g}")
    axis.yaxis.set_minor_locator(NullLocator())
