"""The figures of this assignment; the notebook computes what they show."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from theta_grid import EDGE, SIDE, heights

PARAMETERS = ("$\\Omega_m$", "$\\sigma_8$")


def kept_simulations(kept: dict[float, np.ndarray], exact: np.ndarray) -> None:
    """Parameters (k, 2) that are kept at each distance, the first 2,000, with lines of the exact posterior (14641,)."""
    for axis, (epsilon, theta) in zip(_planes(len(kept)), kept.items(), strict=True):
        axis.plot(*theta[:2000].T, ".", ms=2 if len(theta) > 200 else 6, color="C0")
        _contours(axis, exact)
        axis.set_title(f"ε = {epsilon}")


def posteriors(densities: dict[str, np.ndarray], exact: np.ndarray) -> None:
    """Densities (14641,) by their titles, as shades, with lines of the exact one."""
    for axis, (title, density) in zip(_planes(len(densities)), densities.items(), strict=True):
        axis.pcolormesh(EDGE, EDGE, density.reshape(SIDE, SIDE).T, cmap="Blues")
        _contours(axis, exact)
        axis.set_title(title)


def posteriors_of_an_amplitude(
    amplitudes: np.ndarray, panels: dict[str, dict[str, np.ndarray]], truths: np.ndarray
) -> None:
    """Panels of three posterior densities (k, n) over amplitudes (n,), by label: of the one whose truth is near 1.5."""
    _, axes = plt.subplots(1, len(panels), figsize=(10, 3.5), layout="constrained")
    shown = np.argmin(np.abs(truths - 1.5))
    for axis, (title, densities) in zip(axes, panels.items(), strict=True):
        for (label, density), style in zip(densities.items(), ("k-", "C0--", "C1:"), strict=True):
            axis.plot(amplitudes, density[shown], style, label=label)
        axis.axvline(truths[shown], color="0.7", label="truth")
        axis.set(title=title, xlabel="amplitude")
    axes[0].set_ylabel("posterior density")
    axes[-1].legend(fontsize=8)


def joint_against_marginal(joint: np.ndarray, marginal: np.ndarray) -> None:
    """Both scores (n, 2) of n runs, for each parameter, with the diagonal and means in 12 bins of as many runs each."""
    _, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
    for column, (axis, name) in enumerate(zip(axes, PARAMETERS, strict=True)):
        axis.plot(marginal[:, column], joint[:, column], ".", ms=2)
        axis.axline((0, 0), slope=1, color="k", lw=1)
        bins = np.array_split(np.argsort(marginal[:, column]), 12)
        means = [(marginal[rows, column].mean(), joint[rows, column].mean()) for rows in bins]
        axis.plot(*np.transpose(means), "s", color="C1", mec="k", ms=5)
        axis.set(xlabel=f"marginal score of {name} [1 / prior σ]", ylabel="joint score [1 / prior σ]")
        axis.set_aspect("equal", adjustable="datalim")


def masses_above_the_truth(masses: dict[str, np.ndarray]) -> None:
    """Histograms of a number between 0 and 1 for each of 500 data sets, by the answers they belong to."""
    _, axes = plt.subplots(1, len(masses), figsize=(10, 2.8), layout="constrained", sharey=True)
    _histograms(axes, masses, "mass above the truth", "data sets")


def fractions_nearer(fractions: dict[str, dict[str, np.ndarray]]) -> None:
    """Rows of such histograms, by how the reference was chosen."""
    shape = len(fractions), max(len(row) for row in fractions.values())
    _, axes = plt.subplots(*shape, figsize=(10, 4.6), layout="constrained", sharey=True)
    for row, (kind, values) in zip(axes, fractions.items(), strict=True):
        _histograms(row, values, "fraction of samples nearer", f"data sets,\n{kind}")


def _planes(count: int) -> np.ndarray:
    """Panels in the plane of the two parameters, three in a row."""
    shape, size = (count // 3, 3), (10, 0.4 + 3.1 * (count // 3))
    _, axes = plt.subplots(*shape, figsize=size, layout="constrained", sharex=True, sharey=True, squeeze=False)
    for axis in axes.flat:
        axis.set(xlim=(-3, 3), ylim=(-3, 3))
    for axis in axes[-1]:
        axis.set_xlabel(f"shift of {PARAMETERS[0]} [prior σ]")
    for axis in axes[:, 0]:
        axis.set_ylabel(f"shift of {PARAMETERS[1]} [prior σ]")
    return axes.ravel()


def _contours(axis: Axes, density: np.ndarray) -> None:
    """Lines around 68% and 95% of a density (14641,) on the grid."""
    axis.contour(EDGE, EDGE, density.reshape(SIDE, SIDE).T, heights(density), colors="k", linestyles="-")


def _histograms(axes: np.ndarray, values: dict[str, np.ndarray], label: str, counted: str) -> None:
    """Ten bins each, with a line where each bin has its share."""
    for axis, (title, one) in zip(axes, values.items(), strict=True):
        axis.hist(one, np.linspace(0, 1, 11), color="0.7")
        axis.axhline(len(one) / 10, color="k", lw=1)
        axis.set(xlabel=label, title=title)
    axes[0].set_ylabel(counted)
