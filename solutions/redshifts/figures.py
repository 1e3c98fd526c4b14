"""The figures of this assignment; the notebook computes what they show."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np


def photometry(bands: dict[str, tuple[int, int]], galaxies: dict[str, tuple], errors: np.ndarray) -> None:
    """Spectra, and magnitudes less that in r, of two galaxies.

    Args:
        bands: the edges of each band, in Å.
        galaxies: by label, wavelengths in Å and fluxes (n,), and magnitudes (5,).
        errors: of the magnitudes, (5,).
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for axis in axes:
        for number, (name, (low, high)) in enumerate(bands.items()):
            axis.axvspan(low, high, color=f"C{number}", alpha=0.15, lw=0)
            axis.text((low + high) / 2, 0.97, name, ha="center", va="top", transform=axis.get_xaxis_transform())
    middles = [(low + high) / 2 for low, high in bands.values()]
    bars = np.hypot(errors, errors[2])
    bars[2] = 0  # by definition: r less r
    looks = (("ko-", -60), ("rs--", 60))  # side by side, so that no point hides behind another's bar
    for (label, (wavelengths, flux, magnitudes)), (style, shift) in zip(galaxies.items(), looks, strict=True):
        axes[0].plot(wavelengths, flux / flux[-1], style[0] + style[2:], label=label)
        axes[1].errorbar(np.add(middles, shift), magnitudes - magnitudes[2], bars, fmt=style, ms=4, lw=1)
    axes[0].set(xlabel="observed wavelength [Å]", ylabel="flux, that at 9700 Å is 1", yscale="log", ylim=(0.06, 4))
    axes[1].set(xlabel="observed wavelength [Å]", ylabel="magnitude - magnitude in r", ylim=(0.55, -0.45))
    axes[1].text(0.02, 0.04, "up is brighter; r less r has no error", transform=axes[1].transAxes)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)


def densities(z: np.ndarray, lines: dict[str, tuple[str, np.ndarray]], label: str, truth: Sequence) -> None:
    """Densities of four galaxies against the redshift.

    Args:
        z: the redshifts of the grid, (n,).
        lines: by their label, a style and densities (4, n).
        label: of the vertical axis.
        truth: four redshifts, or none.
    """
    figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained", sharex=True)
    for number, axis in enumerate(axes):
        for name, (style, rows) in lines.items():
            axis.plot(z, rows[number], style, label=name)
            if style == "-":
                axis.lines[-1].set_color("0.6")
        if len(truth):
            axis.axvline(truth[number], color="C1", ls="--", label="truth")
        axis.set(xlabel="redshift z", xlim=(0, 2.6))
    axes[0].set_ylabel(label)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)


def data_flow() -> None:
    """From magnitudes through a network to a density."""
    _, axis = plt.subplots(figsize=(10, 2.2), layout="constrained")
    axis.set(xlim=(0, 10), ylim=(0, 2.2))
    axis.axis("off")
    boxes = [(0.9, 1.1, "five\nmagnitudes x"), (2.9, 1.1, "colours,\nr - 22"), (4.8, 1.1, "dense network")]
    boxes += [(6.8, 1.8, "K logits"), (6.8, 1.1, "K means"), (6.8, 0.4, "K scales"), (9, 1.1, "density\nq(z | x)")]
    for x, y, name in boxes:
        axis.text(x, y, name, ha="center", va="center", bbox={"boxstyle": "round,pad=0.45", "fc": "white", "ec": "C0"})
    arrows = [(1.6, 1.1, 2.3, 1.1), (3.5, 1.1, 3.95, 1.1)]
    arrows += [arrow for y in (1.8, 1.1, 0.4) for arrow in ((5.65, 1.1, 6.2, y), (7.4, y, 8.35, 1.1))]
    for x, y, to_x, to_y in arrows:
        axis.annotate("", (to_x, to_y), (x, y), arrowprops={"arrowstyle": "->", "color": "0.4"})


def smooth(curve: np.ndarray, number: int = 50) -> tuple[np.ndarray, list[float]]:
    """Steps and means of a curve over stretches of it."""
    parts = np.array_split(curve, min(number, len(curve)))
    return np.cumsum([len(part) for part in parts]), [part.mean() for part in parts]


def losses(curve: np.ndarray, held_out: float, exact: float, single: float) -> None:
    """A loss in nats by step, and what the network, the exact density and one Gaussian have on held-out galaxies."""
    _, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
    axis.plot(*smooth(curve), "C0-", label="your network, training")
    axis.axhline(held_out, color="C0", ls="--", label="your network, held out")
    axis.axhline(exact, color="k", label="exact p(z | x)")
    axis.axhline(single, color="C2", ls=":", label="one Gaussian, the best")
    axis.set(xlabel="step", ylabel="mean of -ln q(z | x) [nats]", ylim=(exact - 0.2, exact + 1.2))
    axis.legend()


def histograms_of_pit(ranks: dict[str, np.ndarray], distances: list[float], gaps: list[float]) -> None:
    """Four histograms of PIT by name, with the line of a flat one; prints distances from it, and gaps in nats."""
    print("answer           distance of the PIT   gap [nats]")
    for name, distance, gap in zip(ranks, distances, gaps, strict=True):
        print(f"{name:16} {distance:.3f}                 {gap:.2f}")
    _, axes = plt.subplots(1, 4, figsize=(11, 2.6), layout="constrained", sharey=True)
    for axis, (name, values) in zip(axes, ranks.items(), strict=True):
        axis.hist(values, np.linspace(0, 1, 21), color="0.7")
        axis.axhline(len(values) / 20, color="k", lw=1)
        axis.set(xlabel="PIT", title=name)
    axes[0].set_ylabel("galaxies")


def tomographic_bins(z: np.ndarray, stacked: np.ndarray, members: list[tuple], edges: np.ndarray) -> None:
    """Stacked densities of four bins and true redshifts in each; prints their means.

    Args:
        z: the redshifts of the grid, (n,).
        stacked: a density for each bin, (4, n).
        members: for each bin, the true redshifts and the modes of its galaxies.
        edges: of the bins, (5,).
    """
    print("bin         mean redshift: true       stacked   modes")
    figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained", sharex=True)
    for axis, row, (truth, points), low, high in zip(axes, stacked, members, edges[:-1], edges[1:], strict=True):
        error = truth.std() / np.sqrt(len(truth))
        means = f"{np.trapezoid(z * row, z):.3f}     {points.mean():.3f}"
        print(f"{low} to {high}  {truth.mean():14.3f} ± {error:.3f}   {means}")
        axis.axvspan(low, high, color="C0", alpha=0.15, lw=0, label="the bin")
        axis.hist(truth, np.linspace(0, 3.5, 53), density=True, color="0.7", label="true redshifts")
        axis.plot(z, row, "C3-", label="stacked")
        axis.set(xlabel="redshift z", xlim=(0, 3.5))
    axes[0].set_ylabel("density n(z) of the bin")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)


def maps(shown: dict[str, np.ndarray]) -> None:
    """Four maps (s, s), of a Gaussian field or of the density contrast, by title."""
    fig, axes = plt.subplots(1, 4, figsize=(11, 3), layout="compressed")
    for axis, (title, values) in zip(axes, shown.items(), strict=True):
        image = axis.imshow(values, vmin=-2, vmax=4)
        axis.set(title=title, xticks=[], yticks=[])
    fig.colorbar(image, ax=axes, label="g, or density contrast δ", extend="both")


def slopes(curve: np.ndarray, held_out: float, fit: float, truth: np.ndarray, found: np.ndarray) -> None:
    """Errors of slopes in units of the limit, by step and on held-out maps, and slopes (n,) found against the truth."""
    _, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    axes[0].plot(*smooth(curve), "C0-", label="your network, training")
    axes[0].axhline(held_out, color="C0", ls="--", label="your network, held out")
    axes[0].axhline(fit, color="C1", ls=":", label="fit to P(k)")
    axes[0].axhline(1, color="k", label="the limit")
    axes[0].set(xlabel="step", ylabel="rms error / limit", ylim=(0.5, 7))
    axes[0].legend()
    axes[1].plot(truth, found, ".", ms=2, label="your network")
    axes[1].plot([1, 3], [1, 3], "k-", lw=1, label="perfect")
    axes[1].set(xlabel="true slope", ylabel="slope from the map", aspect="equal")
    axes[1].legend()


def table_of_points(points: dict[str, np.ndarray], truth: np.ndarray, metrics: Callable) -> None:
    """Prints errors of point estimates (n,) of redshifts.

    Args:
        points: by name.
        truth: the redshifts, (n,).
        metrics: of estimates, truth and a limit: bias, scatter and the fraction of outliers beyond it.
    """
    print("from the exact p(z | x)   rms    mean |error|   bias     σ_MAD   η(0.05)   η(0.15)")
    for name, point in points.items():
        off = point - truth
        bias, width, many = (float(part) for part in metrics(point, truth, 0.05))
        most = float(metrics(point, truth, 0.15)[2])
        rms, size = np.sqrt(np.mean(off**2)), np.mean(np.abs(off))
        print(f"{name:24} {rms:.3f}   {size:.3f}      {bias:+.3f}    {width:.3f}   {many:.1%}     {most:.1%}")
