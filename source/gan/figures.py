"""The figures of this assignment that take more than a few lines; the notebook computes what they show."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np


def best_discriminators(x: np.ndarray, p: np.ndarray, generators: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Two generators at points x (n,).

    Args:
        x: the points.
        p: the density of real data there, (n,).
        generators: by the title of their panel, the density of generated data and the best discriminator, (n,) each.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", sharey=True)
    for axis, (title, (q, best)) in zip(axes, generators.items(), strict=True):
        axis.fill_between(x, p, color="C0", alpha=0.3, label="real, $p$")
        axis.fill_between(x, q, color="C1", alpha=0.3, label="generated, $q$")
        axis.plot(x, best, "k", label="$D^*$")
        axis.axhline(0.5, color="k", lw=0.8, ls=":")
        axis.set(xlabel="$x$", title=title)
    axes[0].set(ylabel="density, or probability of real")
    axes[1].legend(loc="upper right")


def value_and_distance(shifts: np.ndarray, values: np.ndarray) -> None:
    """The value of the game in nats by the shift of the generator (n,); the Wasserstein distance equals the shift."""
    figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
    axis.plot(shifts, values, label=r"$V(D^*, G) = 2\,$JSD$\,-\,\ln 4$")
    axis.axhline(0, color="k", lw=0.8, ls="--", label="its largest value, 0")
    axis.set(xlabel="shift of the generator [standard deviations]", ylabel="value [nats]", ylim=(-1.5, 0.1))
    right = axis.twinx()
    right.plot(shifts, shifts, "C1:", label="Wasserstein distance (right-hand scale)")
    right.set(ylabel="distance [standard deviations]", ylim=(-0.5, 8.5))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8)


def losses_of_one_logit(logits: np.ndarray, losses: dict[str, tuple[list, list]]) -> None:
    """The saturating and the non-saturating loss in nats, by name, and the sizes of their gradients, by the logit."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for (name, (heights, sizes)), style in zip(losses.items(), ("C1--", "C0-"), strict=True):
        axes[0].plot(logits, heights, style, label=name)
        axes[1].plot(logits, sizes, style, label=name)
    axes[0].set(xlabel=r"logit $\ell$ of a generated sample", ylabel="generator's loss [nats]")
    axes[1].set(xlabel=r"logit $\ell$ of a generated sample", ylabel=r"$|\partial L_G / \partial \ell|$")
    axes[1].annotate("the discriminator\nis sure: fake", (-7.5, 0.4))
    axes[1].annotate("is fooled", (4.8, 0.45))
    axes[0].legend()


def trained_discriminator(
    loss_by_epoch: list[float], best_loss: float, x: np.ndarray, both_d: Sequence, both_ratios: Sequence
) -> None:
    """A training, and what it led to.

    Args:
        loss_by_epoch: the cross-entropy in nats.
        best_loss: the lowest possible one.
        x: points, (n,).
        both_d: there, the best discriminator and the trained one, (n,) each.
        both_ratios: there, the true density ratio and that from the logits, (n,) each.
    """
    _, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    axes[0].plot(1 + np.arange(len(loss_by_epoch)), loss_by_epoch, "o-", label="training")
    axes[0].axhline(best_loss, color="k", ls=":", label="the best possible")
    axes[0].set(xlabel="epoch", ylabel="binary cross-entropy [nats]", title="Training")
    axes[1].plot(x, both_d[0], "k", lw=2, label="$D^*$")
    axes[1].plot(x, both_d[1], "C1--", label="trained network")
    axes[1].set(xlabel="$x$", ylabel="probability of real", title="The discriminator", ylim=(-0.04, 1.04))
    axes[2].semilogy(x, both_ratios[0], "k", lw=2, label="$p/q$")
    axes[2].semilogy(x, both_ratios[1], "C1--", label="from your logits")
    axes[2].set(xlabel="$x$", ylabel="density ratio", ylim=(1e-4, 100), title="The density ratio")
    for axis in axes:
        axis.legend(loc="upper right")  # above the curves


def game_on_the_ring(
    panels: dict[str, np.ndarray], centres: np.ndarray, radius: float, losses: np.ndarray, title: str
) -> None:
    """A generator's points at five times, and the losses.

    Args:
        panels: points (n, 2) by the title of their panel.
        centres: of circles, (modes, 2).
        radius: of the circles, three standard deviations of the real points.
        losses: of the discriminator and of the generator in nats, (rounds, 2).
        title: of the figure.
    """
    figure = plt.figure(figsize=(12, 4.6), layout="constrained")
    axes = figure.subplot_mosaic([list("abcde"), list("fffff")], height_ratios=[1.5, 1])
    real = np.repeat(centres, 30, axis=0)
    real = real + radius / 3 * np.random.default_rng(0).normal(size=real.shape)
    for name, (above, points) in zip("abcde", panels.items(), strict=True):
        for centre in centres:
            axes[name].add_patch(plt.Circle(centre, radius, fill=False, color="0.3", lw=0.8, zorder=3))
        axes[name].plot(*real.T, ".", color="0.75", ms=2, label="real points")
        axes[name].plot(*points.T, "C1.", ms=2, label="generated points")
        axes[name].set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="$x_1$", yticks=[-2, 0, 2])
        axes[name].set_title(above, fontsize=10)
    axes["a"].set(ylabel="$x_2$")
    axes["f"].plot(losses[:, 0], lw=0.8, label="discriminator")
    axes["f"].plot(losses[:, 1], lw=0.8, label="generator")
    axes["f"].axhline(np.log(4), color="C0", ls=":", lw=1, label=r"$\ln 4$")
    axes["f"].axhline(np.log(2), color="C1", ls=":", lw=1, label=r"$\ln 2$")
    axes["f"].set(xlabel="round", ylabel="loss [nats]")
    both = [line for name in "af" for line in axes[name].get_lines()]
    figure.legend(handles=both, ncols=6, loc="outside lower center", markerscale=4)
    figure.suptitle(title)


def shuffled_distances(tests: dict[str, tuple[float, np.ndarray, float]]) -> None:
    """Of samples, by name: the distance observed, those after shuffling (n,), and the p-value."""
    _, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
    for row, (observed, shuffled, p_value) in enumerate(tests.values()):
        label = "shuffled" if row == 0 else None
        axis.plot(shuffled, np.full(len(shuffled), row), "|", color="0.5", ms=14, label=label)
        axis.plot(observed, row, "C3o", label="observed" if row == 0 else None)
        axis.annotate(f"p = {p_value:.2f}", (observed, row), (0, 12), textcoords="offset points", ha="center")
    axis.set_yticks(range(len(tests)), tests)
    axis.margins(x=0.1)
    axis.set(xlabel="energy distance from 150 points of the ring", xscale="log", ylim=(-0.5, len(tests) - 0.4))
    axis.legend(loc="lower right")


def power_spectra(k: np.ndarray, exact: np.ndarray, measured: np.ndarray, squashed: np.ndarray) -> None:
    """Spectra (n,) in (Mpc/h)^2 by wavenumbers in h/Mpc: the exact one, that of maps, and that of squashed maps."""
    _, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
    axis.loglog(k, exact, "k", lw=2, label="exact")
    axis.loglog(k, measured, "C0o", label="your spectrum of 200 maps")
    axis.loglog(k, squashed, "C1:", label="your spectrum of the squashed maps")
    axis.set(xlabel="$k$ [h/Mpc]", ylabel="$P(k)$ [(Mpc/h)$^2$]")
    for ticks, values in ((axis.xaxis, [0.1, 0.2, 0.4, 0.8]), (axis.yaxis, [1, 2, 5, 10, 20, 50])):
        ticks.set_major_locator(plt.FixedLocator(values))
        ticks.set_major_formatter(plt.FormatStrFormatter("%g"))
        ticks.set_minor_formatter(plt.NullFormatter())
    axis.legend()


def rows_of_maps(rows: Sequence[np.ndarray], box: float) -> None:
    """Two rows of six density maps (6, n, n) with sides of `box` Mpc/h."""
    figure, axes = plt.subplots(2, 6, figsize=(11, 4), layout="constrained")
    for axis, rho in zip(axes.flat, np.concatenate(rows), strict=True):
        picture = axis.imshow(
            np.log10(rho + 1e-3), vmin=-1, vmax=1, cmap="magma", origin="lower", extent=(0, box, 0, box)
        )
        axis.set(xlabel="$x$ [Mpc/h]", ylabel="$y$ [Mpc/h]")
        axis.label_outer()
    figure.colorbar(picture, ax=axes, label=r"$\log_{10} \rho$")


def maps_compared(
    k: np.ndarray, ratios: dict[str, np.ndarray], edges: np.ndarray, shares: dict[str, np.ndarray], losses: np.ndarray
) -> None:
    """Real and generated maps, and the training.

    Args:
        k: wavenumbers in h/Mpc, (n,).
        ratios: of spectra to the exact one, (n,), by name: of real maps, of generated ones.
        edges: of bins of log10 of the density, (m + 1,).
        shares: the distributions in these bins, (m,), by name: of real maps, of generated ones.
        losses: of the discriminator and of the generator in nats, (steps, 2).
    """
    _, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    axes[0].axhline(1, color="k", lw=1)
    for off, grey in ((0.5, "0.92"), (0.35, "0.84")):
        axes[0].fill_between(k, np.exp(-off), np.exp(off), color=grey, label=rf"$\ln P$ off by at most {off}")
    for (name, ratio), style in zip(ratios.items(), ("C0o-", "C1s--"), strict=True):
        axes[0].plot(k, ratio, style, label=name)
    axes[0].set(xlabel="$k$ [h/Mpc]", ylabel="$P(k)$ / exact", ylim=(0, 2.6), title="Power spectrum")
    for (name, share), style in zip(shares.items(), ("C0-", "C1--"), strict=True):
        axes[1].semilogy((edges[:-1] + edges[1:]) / 2, np.maximum(share, 1e-4), style, label=name)
    axes[1].set(xlabel=r"$\log_{10} \rho$ of a cell", ylabel="probability density", ylim=(2e-4, 3))
    axes[1].set(title="Distribution of the density")
    axes[2].plot(losses[:, 0], lw=0.7, label="discriminator")
    axes[2].plot(losses[:, 1], lw=0.7, label="generator")
    axes[2].set(xlabel="step", ylabel="loss [nats]", title="Training")
    for axis in axes:
        axis.legend(fontsize=8)
