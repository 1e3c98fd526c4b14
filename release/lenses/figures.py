"""The figures of this assignment that take more than a few lines; the notebook computes what they show."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

STYLES = {"network": "C0-", "baseline": "C1--"}


def show(axis: Axes, picture: np.ndarray, pixel_scale: float, title: str = "", **options: Any) -> AxesImage:
    """A stamp (s, s) in grey with a bar of 1 arcsec; `pixel_scale` in arcsec, `options` as for `imshow`."""
    drawn = axis.imshow(picture, **{"cmap": "gray", "origin": "lower", **options})
    colour = "white" if options.get("cmap", "gray") == "gray" else "black"
    axis.plot([2, 2 + 1 / pixel_scale], [3, 3], color=colour, lw=2, solid_capstyle="butt")
    axis.set_title(title, fontsize=9)
    axis.set_axis_off()
    return drawn


def mosaic(pictures: np.ndarray, titles: Sequence[str], pixel_scale: float, **options: Any) -> None:
    """A grid of stamps (rows, columns, s, s), with a title above each column."""
    rows, columns = pictures.shape[:2]
    _, axes = plt.subplots(rows, columns, figsize=(1.3 * columns, 1.35 * rows), layout="constrained", squeeze=False)
    for row in range(rows):
        for column in range(columns):
            title = titles[column] if row == 0 else ""
            show(axes[row, column], pictures[row, column], pixel_scale, title, **options)
    axes[0, 0].text(3, 5, "1 arcsec", color="white", fontsize=7)


def pixel_histograms(before: np.ndarray, after: np.ndarray) -> None:
    """Histograms of pixels (n,) in electrons/s, and of the same after the stretch."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    axes[0].hist(before, 80, color="C0")
    axes[0].set(xlabel="pixel value I [electrons/s]", ylabel="pixels in the bin", yscale="log", title="before")
    axes[1].hist(after, 80, color="C0")
    axes[1].set(xlabel="arcsinh(I / noise)", ylabel="pixels in the bin", yscale="log", title="after")
    for axis in axes:
        axis.set_ylim(bottom=0.5)


def twins(pictures: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]], pixel_scale: float) -> None:
    """Of up to three objects, by name: both images after the stretch, and their difference in units of the noise."""
    fig, axes = plt.subplots(3, 3, figsize=(6.6, 6), layout="compressed")
    for line, (name, (first, second, difference)) in zip(axes, pictures.items(), strict=False):
        show(line[0], first, pixel_scale, f"object {name}, first image", vmin=-1, vmax=6)
        show(line[1], second, pixel_scale, "second image", vmin=-1, vmax=6)
        drawn = show(line[2], difference, pixel_scale, "difference", cmap="RdBu_r", vmin=-10, vmax=10)
    fig.colorbar(drawn, ax=axes[:, 2], label="second minus first [$\\sigma$ of the noise]", extend="both", shrink=0.6)


def ways_to_split(shares: dict[str, list[float]], leaked: dict[str, int]) -> None:
    """Three ways to split, by name: the shares of lenses in the three parts, and the numbers of twins that leaked."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for (name, share), style, size in zip(shares.items(), ("C1--s", "C2:^", "C0-o"), (6, 10, 6), strict=True):
        axes[0].plot(["train", "valid", "test"], share, style, ms=size, label=name)
        axes[1].bar(name, leaked[name], color=style[:2])
        axes[1].text(name, leaked[name], f"{leaked[name]}", ha="center", va="bottom")
    axes[0].set(ylabel="fraction of lenses", ylim=(-0.05, 1.05))
    axes[0].legend()
    axes[1].set(ylabel="test images with a twin in training")
    axes[1].margins(y=0.15)


def rows_with_labels(rows: dict[str, tuple[Sequence[np.ndarray], np.ndarray]], pixel_scale: float) -> None:
    """Rows of eight stamps after the stretch with their labels (8,), 1 = lens, by the name of the row."""
    _, axes = plt.subplots(len(rows), 8, figsize=(9, 1.4 * len(rows)), layout="constrained")
    for line, (name, (images, labels)) in zip(axes, rows.items(), strict=True):
        for axis, image, label in zip(line, images, labels, strict=True):
            show(axis, image, pixel_scale, "lens" if label == 1 else "no lens", vmin=-1, vmax=6)
        line[0].text(2, 40, name, color="white", fontsize=8)


def radial_profiles(radius: np.ndarray, quantiles: dict[str, np.ndarray], noise: float) -> None:
    """Profiles of lenses and of non-lenses, by name.

    Args:
        radius: in arcsec, (n,).
        quantiles: the lower end of the middle 68%, the median and the upper end, in electrons/s/pixel, (3, n).
        noise: of an empty pixel in electrons/s; below it the scale is linear.
    """
    _, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
    for (name, (low, middle, high)), colour, style in zip(quantiles.items(), ("C0", "C1"), ("-", "--"), strict=True):
        if colour == "C0":
            axis.fill_between(radius, low, high, color=colour, alpha=0.25, lw=0, label=f"{name}, the middle 68%")
        else:
            axis.plot(radius, np.transpose([low, high]), ":", color=colour, label=[f"{name}, the middle 68%", None])
        axis.plot(radius, middle, style, color=colour, label=f"{name}, median")
    axis.set_yscale("asinh", linear_width=noise)
    axis.set(xlabel="radius [arcsec]", ylabel="mean brightness [electrons/s/pixel]")
    axis.set_title("Radial profiles: median, and the middle 68%")
    axis.legend()


def scores_and_thresholds(scores: np.ndarray, is_lens: np.ndarray, thresholds: dict[str, float]) -> None:
    """Histograms of scores (n,) of lenses and of others, and three thresholds by the text for their line."""
    fig, axis = plt.subplots(figsize=(8, 3.5), layout="constrained")
    bins = np.linspace(np.min(scores), np.max(scores), 31)
    axis.hist(scores[is_lens], bins, histtype="step", color="C0", label="lenses")
    axis.hist(scores[~is_lens], bins, histtype="step", color="C1", ls="--", label="non-lenses")
    for (text, threshold), style in zip(thresholds.items(), (":", "-.", "-"), strict=True):
        axis.axvline(threshold, color="k", lw=1, ls=style, label=text)
    axis.set(xlabel="score of the baseline", ylabel="images in the bin", title="Three thresholds, from loose to strict")
    fig.legend(loc="outside right upper", fontsize=9)


def roc_curves(curves: dict[str, tuple[Any, Any]], others: int, title: str) -> None:
    """ROC curves with a linear and with a logarithmic false-positive rate, and the rate of a single non-lens.

    Args:
        curves: false-positive and true-positive rates, by the names of `STYLES`.
        others: the number of non-lenses.
        title: of the figure.
    """
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for name, rates in curves.items():
        fpr, tpr = (np.asarray(rate) for rate in rates)
        axes[0].plot(fpr, tpr, STYLES[name], label=name)
        seen = fpr > 0  # a rate of 0 has no place on a logarithmic axis
        axes[1].plot(fpr[seen], tpr[seen], STYLES[name], label=name)
    diagonal = np.geomspace(0.5 / others, 1, 200)
    for axis in axes:
        axis.plot(diagonal, diagonal, color="0.5", lw=1, label="guessing")
        axis.set(xlabel="false-positive rate", ylabel="true-positive rate", ylim=(-0.02, 1.02))
    axes[1].axvline(1 / others, color="k", ls=":", lw=1)
    axes[1].set(xscale="log", xlim=(0.5 / others, 1))
    axes[1].legend(axes[1].lines[-1:], ["one non-lens"], loc="upper left")
    axes[0].legend(loc="lower right")
    fig.suptitle(title)


def training(losses: dict[str, list[float]], title: str) -> str:
    """Training and validation loss in nats by epoch, "loss" and "val_loss"; returns a text of the figure."""
    _, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
    epochs = np.arange(1, len(losses["loss"]) + 1)
    axis.plot(epochs, losses["loss"], "C0-", label="training")
    axis.plot(epochs, losses["val_loss"], "C1--", label="validation")
    best = int(np.argmin(losses["val_loss"]))
    axis.plot(epochs[best], losses["val_loss"][best], "C1o", label=f"best epoch: {epochs[best]}")
    axis.set(xlabel="epoch", ylabel="binary cross-entropy [nats]", title=title)
    axis.axhline(np.log(2), color="k", lw=1, ls=":", label="always p = 1/2: ln 2")
    axis.legend()
    return (
        f"{title}: binary cross-entropy in nats against the epoch, a solid line for training, a dashed one for "
        f"validation. A dot marks the lowest validation loss, in epoch {epochs[best]}; a dotted line is ln 2, the loss "
        "of always answering ½."
    )


def wilson(fraction: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Distances from fractions (n,) down and up to the ends of their 68% intervals (Wilson 1927), (2, n)."""
    middle = (fraction + 0.5 / count) / (1 + 1 / count)
    half = np.sqrt(fraction * (1 - fraction) / count + 0.25 / count**2) / (1 + 1 / count)
    return np.clip([fraction - middle + half, middle + half - fraction], 0, None)


def completeness_in_bins(panels: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray] | None]) -> None:
    """Completeness in bins of the Einstein radius and of the S/N.

    Args:
        panels: by the label of the axis, the edges of the bins (n + 1,), the completeness and the number of lenses in
            each, (n,). None where a data set does not know.
    """
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained", sharey=True)
    for axis, (name, panel) in zip(axes, panels.items(), strict=True):
        if panel is None:
            continue
        edges, fraction, numbers = panel
        filled = numbers > 0
        middle = np.sqrt(edges[1:] * edges[:-1]) if axis is axes[1] else (edges[1:] + edges[:-1]) / 2
        width = [(middle - edges[:-1])[filled], (edges[1:] - middle)[filled]]
        bars = wilson(fraction[filled], numbers[filled])
        axis.errorbar(middle[filled], fraction[filled], yerr=bars, xerr=width, fmt="o", color="C0")
        axis.set(xlabel=name, ylim=(-0.03, 1.03))
    axes[0].set_ylabel("completeness")
    axes[1].set_xscale("log")
    axes[1].xaxis.set_major_locator(plt.LogLocator(subs=(1, 3)))
    axes[1].xaxis.set_major_formatter(plt.ScalarFormatter())
    axes[1].xaxis.set_minor_formatter(plt.NullFormatter())
    fig.suptitle("Completeness where at most 1% of the non-lenses pass")


def reliability_diagram(mean_p: np.ndarray, fraction: np.ndarray, numbers: np.ndarray) -> None:
    """Mean probabilities and fractions of lenses in ten bins, with the numbers of images, (10,) each."""
    filled = numbers > 0
    _, (axis, below) = plt.subplots(
        2, 1, figsize=(5, 5), layout="constrained", sharex=True, gridspec_kw={"height_ratios": [3, 1]}
    )
    axis.plot([0, 1], [0, 1], color="0.5", lw=1, label="calibrated")
    bars = wilson(fraction[filled], numbers[filled])
    axis.errorbar(mean_p[filled], fraction[filled], yerr=bars, fmt="o", color="C0", label="network")
    axis.set(ylabel="fraction of lenses", title="Reliability of the network", ylim=(-0.03, 1.03))
    axis.legend()
    below.bar(np.arange(10) / 10, numbers, width=0.1, align="edge", color="C0", edgecolor="w")
    below.set(xlabel="probability of being a lens", ylabel="images")


def on_the_sky(
    before: np.ndarray, after: dict[float, np.ndarray], trained: float, tpr: np.ndarray, purities: Sequence[np.ndarray]
) -> None:
    """What rare lenses make of probabilities, and of a list of candidates.

    Args:
        before: probabilities from the network, (n,).
        after: the same on the sky, by the fraction of lenses there.
        trained: the fraction of lenses in training.
        tpr: true-positive rates, (m,).
        purities: at these rates, (m,) each: as in training, and for 1 lens in 1,000.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for (prevalence, values), style in zip(after.items(), ("C2-.", "C1--", "C0-"), strict=True):
        axes[0].plot(before, values, style, label=f"1 in {1 / prevalence:,.0f}")
    as_in_training = f"{trained:.2f}, as in training"
    axes[0].plot(before, before, color="0.5", lw=1, label=as_in_training)
    axes[0].set(xlabel="probability from the network", ylabel="probability on the sky", yscale="log", ylim=(1e-5, 1.5))
    axes[0].set_title("What becomes of a probability")
    axes[0].legend(fontsize=8, title="fraction of lenses", title_fontsize=8)
    for purity, colour, name in zip(purities, ("0.5", "C0"), (as_in_training, "1 in 1,000"), strict=True):
        axes[1].plot(tpr, purity, color=colour, label=name)
    axes[1].errorbar(0.245, 0.15, xerr=0.035, fmt="ks", ms=4, label="Jacobs et al. 2017, CFHTLS")
    axes[1].set(xlabel="completeness", ylabel="purity", yscale="log", xlim=(0, 1.02), ylim=(5e-4, 1.5))
    axes[1].set_title("What becomes of a list of candidates")
    axes[1].legend(fontsize=8, loc="lower left")


def worst_errors(stamps: Sequence[np.ndarray], titles: Sequence[str], pixel_scale: float) -> None:
    """Six missed lenses, then six non-lenses that were taken for lenses: stamps (s, s) after the stretch."""
    fig, axes = plt.subplots(2, 6, figsize=(11, 4.3), layout="constrained")
    for axis, stamp, title in zip(axes.ravel(), stamps, titles, strict=True):
        axis.imshow(stamp, cmap="gray", vmin=-1, vmax=6, origin="lower")
        axis.plot([3, 3 + 1 / pixel_scale], [3, 3], color="w", lw=2)
        axis.set_title(title, fontsize=9)
        axis.set(xticks=[], yticks=[])
    axes[0, 0].set_ylabel("missed lenses")
    axes[1, 0].set_ylabel("taken for lenses")
    fig.suptitle("The worst errors: the score, and what the object is")


def occlusion_maps(lenses: Sequence[tuple[str, np.ndarray, np.ndarray, float]], pixel_scale: float) -> None:
    """Of two lenses: a title, the stretched stamp (s, s), the drops (s, s), and the Einstein radius in arcsec."""
    fig, axes = plt.subplots(2, 2, figsize=(7, 6.4), layout="compressed")
    largest = max(*(np.abs(drops).max() for _, _, drops, _ in lenses), 1e-6)
    for line, (title, stretched, drops, theta) in zip(axes, lenses, strict=True):
        extent = np.array([-1, 1, -1, 1]) * len(stretched) / 2 * pixel_scale
        line[0].imshow(stretched, cmap="gray", vmin=-1, vmax=6, extent=extent, origin="lower")
        line[0].set_title(title, fontsize=9)
        drawn = line[1].imshow(drops, cmap="RdBu_r", vmin=-largest, vmax=largest, extent=extent, origin="lower")
        line[1].set_title("what covering a square costs", fontsize=9)
        levels = np.quantile(stretched, [0.85, 0.93, 0.98])
        line[1].contour(stretched, levels, colors="k", linewidths=0.7, extent=extent)
        for axis, colour in zip(line, ("w", "0.3"), strict=True):
            axis.add_patch(plt.Circle((0, 0), theta, fill=False, ec=colour, ls="--"))
            axis.set(xlabel="x [arcsec]", ylabel="y [arcsec]")
    fig.colorbar(drawn, ax=axes[:, 1], label="drop of the probability", shrink=0.6)
