"""The figures of this assignment that take more than a few lines; the notebook computes what they show."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

RADII = {"68.3%": 1.515, "95.4%": 2.486}  # of circles that hold this share of the standard normal in the plane
STYLES = ("-", "--")  # of the two circles
Curve = tuple[np.ndarray, np.ndarray, np.ndarray]  # steps, training losses and held-out losses, as `train` returns them


def circles() -> np.ndarray:
    """The two circles of `RADII` around the origin, (2, 200, 2)."""
    angle = np.linspace(0, 2 * np.pi, 200)
    return np.stack([radius * np.stack([np.cos(angle), np.sin(angle)], axis=1) for radius in RADII.values()])


def ellipses(mean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The contours (2, 200, 2) of a Gaussian, mean (2,) and covariance (2, 2), that hold the shares of `RADII`."""
    return mean + circles() @ np.linalg.cholesky(cov).T


def grid_lines(low: float = -2.5, high: float = 2.5, count: int = 15, points: int = 121) -> np.ndarray:
    """Lines of a square grid, (2 * count, points, 2): first the vertical ones, then the horizontal ones."""
    at, along = np.linspace(low, high, count), np.linspace(low, high, points)
    vertical = np.stack(np.broadcast_arrays(at[:, None], along[None, :]), axis=-1)
    return np.concatenate([vertical, vertical[..., ::-1]])


def _draw_lines(axis: Axes, lines: np.ndarray, colors: tuple[str, str] = ("C0", "C1")) -> None:
    """A grid that may be bent, (lines, points, 2): vertical lines in the first colour, others in the second."""
    for number, line in enumerate(lines):
        axis.plot(line[:, 0], line[:, 1], color=colors[0] if number < len(lines) // 2 else colors[1], lw=0.6)


def densities_of_one_point(samples: np.ndarray, y: np.ndarray, densities: dict[str, np.ndarray], b: float) -> None:
    """A histogram of samples y = 1 + density contrast (n,), and two densities at points y (m,), by name."""
    _, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
    axis.hist(samples, np.linspace(0, 4, 81), density=True, color="0.8", label="samples of y")
    for (name, density), style in zip(densities.items(), ("C0-", "C1--"), strict=True):
        axis.plot(y, density, style, label=name)
    axis.set(xlabel="y = 1 + δ", ylabel="density p(y)", title=f"Log-normal density contrast at one point, b = {b}")
    axis.legend()


def banana_and_gaussian(points: tuple[np.ndarray, np.ndarray], contours: tuple[np.ndarray, np.ndarray]) -> None:
    """Samples, Omega_m and sigma_8 (n,) each, and the two contours of a Gaussian, (2, m) each."""
    _, axis = plt.subplots(figsize=(5.4, 4), layout="constrained")
    axis.plot(*points, ".", ms=2, color="0.5", label="samples")
    for omega, sigma, share, style in zip(*contours, RADII, STYLES, strict=True):
        axis.plot(omega, sigma, f"C1{style}", label=f"Gaussian, {share}")
    axis.set(xlabel="$\\Omega_m$", ylabel="$\\sigma_8$", title="A banana, and the best Gaussian")
    axis.legend()


def bent_grid(lines: np.ndarray, moved: np.ndarray, moved_area: np.ndarray, log_det: np.ndarray) -> None:
    """A square grid before and after a layer.

    Args:
        lines: of the grid, (lines, points, 2).
        moved: where the layer takes them, of the same shape.
        moved_area: where it takes points (n, n, 2) that fill the square.
        log_det: its log-determinants there, (n, n).
    """
    fig, axes = plt.subplots(1, 2, figsize=(6, 5), layout="compressed", sharex=True, sharey=True)
    _draw_lines(axes[0], lines, ("0.3", "0.3"))
    axes[0].set(xlabel="$x_1$", ylabel="$x_2$", title="before", aspect="equal", xlim=(-2.8, 2.8))
    across, up = moved_area.transpose(2, 0, 1)
    shown = axes[1].pcolormesh(across, up, log_det, cmap="PuOr", vmin=-0.5, vmax=0.5, shading="gouraud")
    _draw_lines(axes[1], moved, ("0.3", "0.3"))
    axes[1].set(xlabel="$y_1$", ylabel="$y_2$", title="after one coupling layer", aspect="equal")
    fig.colorbar(shown, ax=axes[1], label="ln |det J|")


def samples_and_density(points: np.ndarray, edge: np.ndarray, density: np.ndarray, total: float) -> None:
    """Samples (n, 2), and a density (m, m) over a grid of coordinates (m,), with what it adds up to."""
    fig, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained", sharex=True, sharey=True)
    axes[0].plot(*points.T, ".", ms=2, color="0.4")
    axes[0].set(xlabel="$x_1$", ylabel="$x_2$", title="samples", xlim=(-8, 8), ylim=(-8, 8))
    shown = axes[1].pcolormesh(edge, edge, density.T, cmap="viridis")
    axes[1].set(xlabel="$x_1$", title=f"density; the sum over the grid is {total:.3f}")
    fig.colorbar(shown, ax=axes[1], label="p(x)")


def training(curves: dict[str, Curve], entropy: float, truth: float, title: str, top: float = 0.6) -> None:
    """Losses of flows in nats by training step.

    Args:
        curves: by the beginning of their labels.
        entropy: of the data.
        truth: the loss of the true density on the held-out points.
        title: of the figure.
        top: how far above the entropy the axis ends.
    """
    fig, axis = plt.subplots(figsize=(8.5, 4), layout="constrained")
    _draw_losses(axis, curves, entropy, truth, "entropy of the data", top)
    axis.set_title(title)
    fig.legend(loc="outside right upper", fontsize=8)


def _draw_losses(axis: Axes, curves: dict[str, Curve], entropy: float, truth: float, what: str, top: float) -> None:
    for number, (name, (steps, losses, watched)) in enumerate(curves.items()):
        axis.plot(steps, losses, f"C{number}-", lw=0.8, alpha=0.6, label=f"{name}training")
        axis.plot(steps, watched, f"C{number}--", label=f"{name}held out")
    axis.axhline(entropy, color="k", lw=1, ls=":", label=f"{what}: {entropy:.3f}")
    axis.axhspan(entropy, entropy + 0.05, color="k", alpha=0.1, label="at most 0.05 nats above", lw=0)
    axis.axhspan(entropy - 1, entropy, color="C3", alpha=0.1, label="below the entropy: only by chance", lw=0)
    axis.axhline(truth, color="C3", lw=1, ls="-.", label=f"the truth, held out: {truth:.3f}")
    axis.set(xlabel="step", ylabel="NLL [nats]", ylim=(entropy - 0.1, entropy + top))


def banana_learnt(
    plane: tuple[np.ndarray, np.ndarray], maps: dict[str, np.ndarray], samples: tuple[np.ndarray, np.ndarray]
) -> None:
    """Two log-densities over a grid of Omega_m and sigma_8, and samples.

    Args:
        plane: both parameters of the grid, (m, m) each.
        maps: log-densities (m, m) in nats, by name.
        samples: both parameters, (n,) each.
    """
    fig, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained", sharex=True, sharey=True)
    for axis, (name, values) in zip(axes[:2], maps.items(), strict=True):
        shown = axis.pcolormesh(*plane, values, cmap="viridis", vmin=-10, vmax=1)
        axis.set(title=name, xlabel="$\\Omega_m$")
    fig.colorbar(shown, ax=axes[:2], label="ln p(y) [nats]")
    axes[2].plot(*samples, ".", ms=2, color="0.4")
    axes[2].set(title="samples of the flow", xlabel="$\\Omega_m$", xlim=(0.05, 0.55), ylim=(0.45, 1.25))
    axes[0].set_ylabel("$\\sigma_8$")


def flow_as_a_map(latent: Sequence[np.ndarray], bent: Sequence[np.ndarray]) -> None:
    """The lines of a grid, (lines, points, 2), and `circles`, in the latent space and in the data space, sheared."""
    _, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained")
    sheared = [np.stack([part[..., 0], part.sum(axis=-1)], axis=-1) for part in bent]
    for axis, (lines, rings) in zip(axes, (latent, sheared), strict=True):
        _draw_lines(axis, lines)
        for ring, share, style in zip(rings, RADII, STYLES, strict=True):
            axis.plot(*ring.T, f"k{style}", label=f"{share} of the mass inside")
    axes[0].set(xlabel="$z_1$", ylabel="$z_2$", title="latent space", aspect="equal")
    axes[1].set(xlabel="$y_1$", ylabel="$y_1 + y_2$", title="data space")
    axes[1].legend(fontsize=8)


def latent_spaces(samples: dict[str, np.ndarray], squared_radii: dict[str, np.ndarray]) -> None:
    """Two samples (n, 2) beside circles, and the cumulative fractions of their squared radii (n,), which are sorted."""
    _, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
    for axis, (name, points) in zip(axes[:2], samples.items(), strict=True):
        axis.plot(*points.T, ".", ms=2, color="0.4")
        for ring, label, style in zip(circles(), ("68.3% of a normal density inside", "95.4%"), STYLES, strict=True):
            axis.plot(*ring.T, f"C0{style}", label=label)
        axis.set(xlabel="$z_1$", ylabel="$z_2$", title=f"held-out points, {name}", aspect="equal")
        axis.set(xlim=(-5, 5), ylim=(-4, 8))
    axes[1].legend(fontsize=8)
    r2 = np.linspace(0, 12, 300)
    axes[2].plot(r2, 1 - np.exp(-r2 / 2), "k:", label="$\\chi^2_2$")
    for (name, values), style in zip(reversed(squared_radii.items()), ("C0-", "C1--"), strict=True):
        axes[2].plot(values, np.arange(1, len(values) + 1) / len(values), style, label=name)
    axes[2].set(xlabel="squared radius $r^2$", ylabel="cumulative fraction", xlim=(0, 12))
    axes[2].legend()


def splines(x: np.ndarray, curves: list[tuple]) -> None:
    """Splines at points (n,): of each the values (n,), the slopes (n,), and both coordinates of its knots."""
    _, axes = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
    for number, (values, slopes, knots) in enumerate(curves):
        axes[0].plot(x, values, f"C{number}-")
        axes[0].plot(*knots, f"C{number}o", ms=4)
        axes[1].plot(x, slopes, f"C{number}-")
    axes[0].set(xlabel="x", ylabel="y", title="spline")
    axes[1].set(xlabel="x", ylabel="dy/dx", title="slope", yscale="log")


def maps_of_the_ring(side: np.ndarray, maps: dict[str, np.ndarray]) -> None:
    """Densities (m, m) over a grid of coordinates (m,) in units of 10 degrees, by name."""
    fig, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained", sharey=True)
    for axis, (name, density) in zip(axes, maps.items(), strict=True):
        shown = axis.pcolormesh(side, side, density.T, cmap="viridis", vmin=0, vmax=0.4)
        axis.set(title=name, xlabel="$x_1$ [10 degrees]", aspect="equal")
    axes[0].set_ylabel("$x_2$ [10 degrees]")
    fig.colorbar(shown, ax=axes, label="p(x) [per (10 degrees)$^2$]", extend="max")


def exact_posteriors(prior_cov: np.ndarray, means: np.ndarray, cov: np.ndarray, theta: np.ndarray) -> None:
    """The prior, and posteriors of means (n, 2) and one covariance (2, 2), with the true parameters (n, 2)."""
    fig, axis = plt.subplots(figsize=(6, 4.2), layout="compressed")
    axis.plot(*ellipses(np.zeros(2), prior_cov)[0].T, "k:", label="prior, 68.3%")
    for number, (mean, true) in enumerate(zip(means, theta, strict=True)):
        axis.plot(*ellipses(mean, cov)[0].T, f"C{number}-", label=f"posterior {number + 1}, 68.3%")
        axis.plot(*true, f"C{number}x", ms=7, mew=2)
    axis.plot([], [], "kx", ms=7, mew=2, label="true parameters")
    axis.set(xlabel="shift of $\\Omega_m$ [prior σ]", ylabel="shift of $\\sigma_8$ [prior σ]", aspect="equal")
    fig.legend(loc="outside right center", fontsize=8)


def posterior_training(curve: Curve, best: float, truth: float, prior: float) -> None:
    """Losses of a conditional flow in nats by training step, in full and near the limit.

    Args:
        curve: of the flow.
        best: the entropy of the posterior.
        truth: the loss of the exact posterior on the held-out pairs.
        prior: the loss of the prior as the answer.
    """
    fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axis in axes:
        _draw_losses(axis, {"": curve}, best, truth, "entropy of the posterior", 0.15)
    axes[0].axhline(prior, color="C2", lw=1, label=f"the prior as the answer: {prior:.3f}")
    axes[0].set(ylim=(best - 0.2, prior + 0.2), title="Neural posterior estimation")
    axes[0].set_ylabel("loss, mean of $-\\ln q(\\theta | x)$ [nats]")
    axes[1].set(ylabel="", title="the same, near the limit")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)


def posterior_samples(samples: np.ndarray, means: np.ndarray, cov: np.ndarray, theta: np.ndarray) -> None:
    """Samples (n, 3, 2) for three data sets, their exact means (3, 2) and covariance (2, 2), and the truths (3, 2)."""
    _, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained", sharex=True, sharey=True)
    for number, axis in enumerate(axes):
        axis.plot(*samples[:, number].T, ".", ms=2, color="0.6", label="samples of the flow")
        for contour, share, style in zip(ellipses(means[number], cov), RADII, STYLES, strict=True):
            axis.plot(*contour.T, f"C0{style}", label=f"exact, {share}")
        axis.plot(*theta[number], "C1x", ms=8, mew=2, label="truth")
        axis.set(xlabel="shift of $\\Omega_m$ [prior σ]", title=f"data set {number + 1}")
    axes[0].set_ylabel("shift of $\\sigma_8$ [prior σ]")
    axes[0].legend(fontsize=8)


def fractions_inside(levels: np.ndarray, fractions: dict[str, np.ndarray], count: int) -> None:
    """Fractions (n,) of `count` truths inside of regions, by the levels (n,) of these, of five answers by name."""
    fig, axis = plt.subplots(figsize=(6.5, 4.4), layout="compressed")
    error = 2 * np.sqrt(levels * (1 - levels) / count)
    axis.fill_between(levels, levels - error, levels + error, color="0.85", label="calibrated, 2σ")
    for (name, inside), style in zip(fractions.items(), ("k-", "C0-", "C1--", "C2-.", "C3:"), strict=True):
        axis.plot(levels, inside, style, lw=1.2, label=name)
    axis.set(xlabel="level α of the region", ylabel="fraction of truths inside", aspect="equal")
    fig.legend(loc="outside right center", fontsize=8)
