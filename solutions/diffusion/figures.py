"""The figures of this assignment; the notebook computes what they show."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

GREY, BLUE, RED = "0.5", "C0", "C3"


def _panels(number: int, **options: object) -> np.ndarray:
    """Panels in the plane of both coordinates, side by side."""
    _, axes = plt.subplots(1, number, figsize=(10, 3.4), layout="constrained", **options)
    for axis in axes:
        axis.set(xlabel="first coordinate", aspect="equal")
    axes[0].set_ylabel("second coordinate")
    return axes


def scores(density: Callable, score: Callable, levels: tuple[float, ...]) -> None:
    """Roots of noisy densities in grey, so that faint blobs show, and directions of scores as arrows of one length.

    Args:
        density: of points (n, 2) and a noise level, gives (n,).
        score: of the same, gives (n, 2).
        levels: the noise level of each panel.
    """
    line = np.linspace(-4, 4, 81)
    plane = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    coarse = np.stack(np.meshgrid(line[4::8], line[4::8]), axis=-1).reshape(-1, 2)
    for axis, sigma in zip(_panels(len(levels), sharey=True), levels, strict=True):
        axis.contourf(line, line, np.sqrt(density(plane, sigma)).reshape(81, 81), 12, cmap="Greys")
        arrows = score(coarse, sigma)
        arrows = arrows / np.linalg.norm(arrows, axis=1, keepdims=True)
        axis.quiver(*coarse.T, *arrows.T, color="C0", angles="xy", scale=18)
        axis.set_title(f"noise σ = {sigma}")


def denoised(data: np.ndarray, clean: dict[float, np.ndarray]) -> None:
    """Data (n, 2) in grey, and denoised points (n, 2) in blue by their noise level."""
    axes = _panels(len(clean), sharex=True, sharey=True)
    for axis, (sigma, points) in zip(axes, clean.items(), strict=True):
        axis.plot(*data[:500].T, ".", color="0.75", ms=3, label="data")
        axis.plot(*points[:500].T, "C0.", ms=2, label="denoised")
        axis.set_title(f"noise σ = {sigma}")
    axes[0].legend(loc="lower left", fontsize=8)


def paths(times: np.ndarray, found: dict[str, np.ndarray], marks: np.ndarray, widths: np.ndarray) -> None:
    """First coordinates (steps + 1, n) of points against the time, by equation; bands two widths (K,) around marks."""
    _, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained", sharey=True)
    for axis, (name, coordinates) in zip(axes, found.items(), strict=True):
        axis.plot(times, coordinates, lw=0.8)
        for mark, width in zip(marks, widths, strict=True):
            axis.axhspan(mark - 2 * width, mark + 2 * width, color="k", alpha=0.12, lw=0)
        axis.set(title=f"back by the {name}", xlabel="time t (1 is noise, 0 is data)", xlim=(1, 0))
    axes[0].set_ylabel("first coordinate")


def errors_of_samplers(numbers: np.ndarray, euler: np.ndarray, heun: np.ndarray) -> None:
    """Relative errors (n,) of two samplers against the numbers of steps (n,)."""
    _, axis = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
    axis.loglog(numbers, euler, "C1o--", label="Euler")
    axis.loglog(numbers, heun, "C0o-", label="your Heun")
    axis.set(xlabel="number of steps", ylabel="relative error")
    axis.set_xticks(numbers, numbers)
    axis.tick_params(axis="x", which="minor", bottom=False)
    axis.legend()


def log_densities(along: np.ndarray, known: np.ndarray, found: np.ndarray) -> None:
    """ln p along a line, (n,) each: the exact one and that along the ODE."""
    _, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
    axis.plot(along, known, "k-", lw=3, alpha=0.3, label="exact")
    axis.plot(along, found, "C0--", label="along the ODE")
    axis.set(xlabel="first coordinate", ylabel="ln p", ylim=(-25, 1))
    axis.legend()


def learnt(
    curve: np.ndarray, lowest: float, levels: np.ndarray, errors: list[float], data: np.ndarray, made: np.ndarray
) -> None:
    """A training loss by step and the lowest one, errors of the score by noise level, and points (n, 2), also made."""
    _, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    parts = np.array_split(curve, min(50, len(curve)))
    axes[0].plot(np.cumsum([len(part) for part in parts]), [part.mean() for part in parts], "C0-")
    axes[0].axhline(lowest, color="k", ls="--", lw=1, label="exact score")
    axes[0].set(xlabel="step", ylabel="training loss")
    axes[0].legend(fontsize=8)
    axes[1].loglog(levels, errors, "C0o-")
    axes[1].set(xlabel="noise σ", ylabel="relative error of the score")
    axes[2].plot(*data[:1000].T, ".", color="0.7", ms=4, label="data")
    axes[2].plot(*made[:1000].T, "C3.", ms=2, label="made")
    axes[2].set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal")
    axes[2].legend(fontsize=8, loc="lower left")


def histograms_of_measurements(real: np.ndarray, others: dict[str, np.ndarray], names: tuple[str, ...]) -> None:
    """Histograms of five measurements: real ones (n, 5) in grey, two others as outlines."""
    figure, axes = plt.subplots(1, 5, figsize=(12, 3.1), layout="constrained")
    for k, axis in enumerate(axes):
        edges = np.linspace(*np.percentile(real[:, k], [0.5, 99.5]), 22)
        axis.hist(real[:, k], edges, density=True, color="0.8", label="training")
        for (name, values), colour in zip(others.items(), (BLUE, RED), strict=True):
            axis.hist(values[:, k], edges, density=True, histtype="step", color=colour, label=name)
        axis.set(xlabel=f"measured {names[k]}", yticks=[])
    axes[0].set_ylabel("density")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)


def histograms_of_distances(away: dict[str, np.ndarray]) -> None:
    """Histograms of distances to the nearest training code, (600,) each, by name."""
    _, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
    for (name, distances), colour in zip(away.items(), (GREY, BLUE, RED), strict=True):
        counts, edges = np.histogram(distances, np.linspace(0, 5, 41))
        seen = np.where(counts, counts, np.nan)  # no line along zero, which would hide those of others
        axis.stairs(seen, edges, color=colour, label=name, lw=1.5)
    axis.set(xlabel="distance to the nearest training code [standard deviations of a code]", ylabel="galaxies of 600")
    axis.set(xlim=(0, 5), ylim=(0, None))
    axis.legend()


def posteriors(prior: np.ndarray, samples: dict[str, np.ndarray], seen: float, error: float) -> None:
    """Draws (n, 2) from a prior, samples (n, 2) by name, and a stripe at what was measured of the first property."""
    _, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="compressed", sharex=True, sharey=True)
    for axis, (name, sample) in zip(axes, samples.items(), strict=True):
        _posterior(axis, prior, sample)
        axis.axvspan(seen - error, seen + error, color="C1", alpha=0.3, lw=0, label="measured")
        axis.set(title=name, xlabel="first property", aspect="equal")
    axes[0].set_ylabel("second property")
    axes[0].legend(fontsize=8, loc="upper left")


def _posterior(axis: Axes, prior: np.ndarray, sample: np.ndarray) -> None:
    axis.plot(*prior[:1000].T, ".", color="0.8", ms=3, label="prior")
    axis.plot(*sample[:500].T, "C0.", ms=3, label="samples")
