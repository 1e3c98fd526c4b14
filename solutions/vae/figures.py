"""The figures of this assignment that take more than a few lines; the notebook computes what they show."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from galaxy_stamps import rows_of_stamps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import multivariate_normal

NAMES = ("magnitude", "ln (size / pixel)", "$e_1$", "$e_2$")
TRUE_NAMES = ("true magnitude", "ln (true half-light radius / arcsec)", "true $e_1$", "true $e_2$")


def scatter_of_pixels(stabilise: Callable, brightest: float, noise: float, exposure: float) -> None:
    """Standard deviations of pixels, drawn many times, by their brightness, before and after stabilising.

    Args:
        stabilise: of pixels in electrons/s, noise and exposure.
        brightest: the largest brightness, in electrons/s.
        noise: of an empty pixel, in electrons/s.
        exposure: in seconds.
    """
    rng, brightness = np.random.default_rng(0), np.geomspace(0.01, brightest, 12)
    electrons = rng.poisson(brightness * exposure, size=(3000, 12)) + rng.normal(0, noise * exposure, size=(3000, 12))
    pixels = electrons / exposure
    after = np.std(stabilise(pixels, noise, exposure), axis=0)
    _, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
    label = "I, in units of the noise of an empty pixel"
    axis.semilogx(brightness, np.std(pixels, axis=0) / noise, "C1o--", label=label)
    axis.semilogx(brightness, after, "C0o-", label="y")
    axis.set(xlabel="brightness of the pixel [electrons/s]", ylabel="standard deviation", ylim=(0, None))
    axis.set_title("Scatter of one pixel")
    axis.legend()


def reconstructions(stamps: np.ndarray, decoded: np.ndarray, differences: np.ndarray, magnitudes: np.ndarray) -> None:
    """Rows of stamps (n, 32, 32) in electrons/s, of what was made of them, and of differences in units of the noise."""
    titles = [f"mag {value:.1f}" for value in magnitudes]
    fig = rows_of_stamps({"galaxies": stamps, "reconstruction": decoded, "difference\n/ noise": stamps}, titles)
    for axis, difference in zip(fig.axes[2 * len(stamps) :], differences, strict=True):
        axis.images[0].set(data=difference, clim=(-5, 5))
    fig.colorbar(fig.axes[-1].images[0], ax=fig.axes, shrink=0.32, anchor=(0, 0), aspect=8, pad=0.01)


def scatter_of_codes(codes: np.ndarray, magnitudes: np.ndarray) -> None:
    """Codes (n, latent_dim) in the two dimensions of the largest scatter, and the scatter in each dimension."""
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    first, second, *_ = np.argsort(codes.std(axis=0))[::-1]
    points = axes[0].scatter(codes[:, first], codes[:, second], c=magnitudes, s=3, cmap="viridis")
    axes[0].add_patch(plt.Circle((0, 0), 2, fill=False, color="C3", lw=2))
    axes[0].set(xlabel=f"latent dimension {first}", ylabel=f"latent dimension {second}", aspect="equal")
    axes[0].set_title("autoencoder")
    fig.colorbar(points, ax=axes[0], label="magnitude")
    fig.get_layout_engine().set(wspace=0.1)
    axes[1].bar(range(codes.shape[1]), codes.std(axis=0), color="C0")
    axes[1].axhline(1.0, color="C3", lw=2, label="standard normal")
    axes[1].set(xlabel="latent dimension", ylabel="standard deviation of z", title="Scatter of the codes")
    axes[1].set_ylim(top=1.3 * axes[1].get_ylim()[1])  # room for the legend above the line
    axes[1].legend(loc="upper right")


def draws_and_ellipses(z: np.ndarray, centre: np.ndarray, widths: np.ndarray) -> None:
    """Draws (n, 2), and ellipses at 1, 2 and 3 standard deviations `widths` (2,) around the centre (2,)."""
    fig, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
    axis.plot(z[:, 0], z[:, 1], ".", ms=2, alpha=0.4, label="draws")
    angle = np.linspace(0, 2 * np.pi, 200)
    for radius in (1, 2, 3):
        edge = centre + radius * widths * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        axis.plot(edge[:, 0], edge[:, 1], "C3", lw=1, label="1, 2, 3 standard deviations" if radius == 1 else None)
    axis.set(xlabel="$z_1$", ylabel="$z_2$", title="Draws by reparametrisation", aspect="equal")
    fig.legend(loc="outside lower center", ncols=2, fontsize=8, markerscale=3)


def contours_of_kl(mean: np.ndarray, sigma: np.ndarray, kl: np.ndarray) -> None:
    """Contours of a divergence in nats over a grid of means and standard deviations, all of one shape."""
    _, axis = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
    lines = axis.contour(mean, sigma, kl, levels=[0.1, 0.5, 1, 2, 3, 5, 10, 30], colors="C0")
    axis.clabel(lines, fontsize=8, fmt="%g", colors="k")
    axis.plot(0, 1, "C3*", ms=12, label="the prior")
    axis.set(xlabel="mean", ylabel="standard deviation", yscale="log", title="KL divergence from N(0, 1) [nats]")
    axis.legend(loc="lower center", fontsize=8)  # between the contours


def estimates_of_kl(numbers: np.ndarray, estimates: list, exact: float) -> None:
    """Estimates of a divergence in nats, rows of one for each number of draws, and the exact one."""
    _, axis = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    axis.plot(numbers, np.transpose(estimates), "C0.", alpha=0.5)
    axis.axhline(exact, color="C3", label="closed form")
    axis.set(xscale="log", xlabel="draws K", ylabel="KL [nats]", title=f"{len(estimates)} estimates for each K")
    axis.legend()


def touching_bound(posterior: Callable, elbo: Callable) -> None:
    """Bounds in nats by the shift of a mean and by a factor on standard deviations, below the log-evidence.

    Args:
        posterior: of data (20,), a matrix W (20, 2) and sigma: mean (2,) and covariance (2, 2) of what made the data.
        elbo: of these and of mean and covariance of another Gaussian: its bound.
    """
    rng = np.random.default_rng(4)
    W, sigma = rng.normal(size=(20, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]]), 1.5
    x = W @ rng.normal(size=2) + sigma * rng.normal(size=20)
    mean, covariance = (np.asarray(part, dtype=float) for part in posterior(x, W, sigma))

    def bound(mean: np.ndarray, covariance: np.ndarray) -> float:
        return float(np.squeeze(elbo(x, W, sigma, mean, covariance)))

    evidence = multivariate_normal(np.zeros(20), W @ W.T + sigma**2 * np.eye(20)).logpdf(x)
    diagonal = bound(mean, np.diag(1 / np.diag(np.linalg.inv(covariance))))
    shifts, factors = np.linspace(-1, 1, 41), np.geomspace(0.4, 2.5, 41)
    by_shift = shifts, [bound(mean + np.array([shift, 0.0]), covariance) for shift in shifts]
    by_factor = factors, [bound(mean, factor**2 * covariance) for factor in factors]
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", sharey=True)
    axes[0].plot(*by_shift, label="ELBO")
    axes[1].plot(*by_factor, label="ELBO")
    axes[1].plot(1, diagonal, "kx", label="best diagonal q")
    axes[0].set(xlabel="shift of the mean of q along $z_1$", ylabel="nats", xticks=[-1, -0.5, 0, 0.5, 1])
    axes[1].set(xlabel="factor on the standard deviations of q", xscale="log")
    axes[1].xaxis.set_major_locator(plt.FixedLocator([0.5, 1, 2]))
    axes[1].xaxis.set_major_formatter(plt.ScalarFormatter())
    axes[1].xaxis.set_minor_formatter(plt.NullFormatter())
    for axis in axes:
        axis.axhline(evidence, color="C3", label="log-evidence")
        axis.legend(fontsize=8)
    fig.suptitle("A lower bound that touches at the exact posterior")


def running_mean(values: list[float], width: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """Means over `width` values in a row: the steps at their middle, and the means."""
    width = min(width, len(values))
    means = np.convolve(values, np.ones(width) / width, mode="valid")
    return np.arange(len(means)) + (width - 1) / 2, means


def training_history(history: dict[str, list[float]]) -> None:
    """The two terms of the loss and the weight of the second, as a `Trainer` has noted them."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    labels = {"reconstruction": "nats per pixel below the limit", "kl": "KL [nats per image]"}
    for axis, (key, label) in zip(axes, labels.items(), strict=True):
        axis.plot(*running_mean(history[key]), "C0")
        axis.set(xlabel="training step", ylabel=label)
    axes[0].set(yscale="log", title="reconstruction")
    axes[1].set(title="cost of the code")
    weight_axis = axes[1].twinx()
    weight_axis.plot(history["step"], history["weight"], "C1--")
    weight_axis.set_ylabel("weight of the KL term (dashed)", color="C1")


def bars_of_kl(sizes: np.ndarray, threshold: float) -> None:
    """The divergence in nats of each latent dimension, sorted, and a threshold."""
    _, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
    axis.bar(range(1, len(sizes) + 1), sizes, color="C0")
    axis.axhline(threshold, color="C3", lw=1, ls="--", label="threshold")
    axis.set(xlabel="latent dimension, sorted", ylabel="KL from the prior [nats]", title="What each dimension carries")
    axis.legend()


def rate_and_distortion(points: dict[float, tuple[float, float, int]]) -> Axes:
    """The curve of rate and distortion; `points` maps beta to both, and to the number of active dimensions."""
    _, axis = plt.subplots(figsize=(5.5, 3.9), layout="constrained")
    rate, distortion, _ = np.transpose(list(points.values()))
    axis.plot(rate, distortion, "C0o-")
    for beta, (x, y, number) in points.items():
        text = f"β = {beta}, {number} active"
        axis.annotate(text, (x, y), xytext=(6, 4), textcoords="offset points", fontsize=8)
    axis.set(xlabel="rate: KL [nats per image]", ylabel="distortion: nats per pixel below the limit", yscale="log")
    axis.set_title("Rate-distortion curve")
    axis.margins(y=0.12)
    axis.set_xlim(-0.04 * rate.max(), 1.35 * rate.max())  # room for the labels on the right
    return axis


def orders() -> dict[str, np.ndarray]:
    """Four rows of eight galaxies to order, by what changes along a row: magnitude, radius [arcsec], e1 and e2."""
    ranges = {
        "magnitude 21.1 to 22.9": (21.1, 22.9),
        "radius 0.3 to 0.8 arcsec": (0.3, 0.8),
        "$e_1$ from -0.5 to 0.5": (-0.5, 0.5),
        "$e_2$ from -0.5 to 0.5": (-0.5, 0.5),
    }
    rows = {label: np.tile([22.0, 0.5, 0.0, 0.0], (8, 1)) for label in ranges}
    for column, (label, ends) in enumerate(ranges.items()):
        rows[label][:, column] = np.linspace(*ends, 8)
    return rows


def measured_against_truth(truth: np.ndarray, measured: np.ndarray) -> None:
    """Four measurements (n, 4) against the truth (n, 4)."""
    fig, axes = plt.subplots(1, 4, figsize=(12, 3.1), layout="constrained")
    for k, axis in enumerate(axes):
        axis.plot(truth[:, k], measured[:, k], "C0.", ms=3)
        axis.set(xlabel=TRUE_NAMES[k], ylabel=f"measured {NAMES[k]}")
    fig.suptitle(f"{len(truth)} test galaxies, as measured by your moments")


def compared(samples: dict[str, np.ndarray], statistic: Callable, title: str) -> str:
    """Histograms of four measurements, with a statistic against the first sample; returns a text of the figure.

    Args:
        samples: maps a label to measurements (n, 4); the first are the real ones.
        statistic: of two samples (n,) and (m,), a number.
        title: of the figure.
    """
    fig, axes = plt.subplots(1, 4, figsize=(12, 2.9), layout="constrained")
    (first, reference), *others = samples.items()
    for k, axis in enumerate(axes):
        low, high = np.percentile(reference[:, k], [0.2, 99.8])
        edges = np.linspace(low - 0.15 * (high - low), high + 0.15 * (high - low), 26)
        axis.hist(reference[:, k], edges, density=True, color="0.8", label=first)
        lines = []
        for colour, (label, values) in zip(("C0", "C3"), others, strict=False):
            axis.hist(values[:, k], edges, density=True, histtype="step", color=colour, lw=1.5, label=label)
            lines.append(f"{label} {float(statistic(values[:, k], reference[:, k])):.3f}")
        axis.set(xlabel=f"measured {NAMES[k]}", yticks=[])
        axis.set_title(f"KS: {', '.join(lines)}", fontsize=10)
    axes[0].set_ylabel("density")
    axes[0].legend(fontsize=7, loc="upper left")
    fig.suptitle(title)
    return (
        f"{title}: four histograms, of the measured magnitude, ln of the size in pixels, e₁ and e₂. The test galaxies "
        f"are grey, the others are outlines. Their titles: {_titles(fig)}."
    )


def five_statistics(real: np.ndarray, made: np.ndarray, statistic: Callable) -> str:
    """A text with the statistic of each of magnitude, ln size, e1 and e2 (n, 4), and of |e|; of those that have all."""
    finite = (some[np.isfinite(some).all(axis=1)].T for some in (made, real))
    both = [[*some, np.hypot(*some[2:])] for some in finite]
    found = [float(statistic(*pair)) for pair in zip(*both, strict=True)]
    names = ("magnitude", "size", "e₁", "e₂", "|e|")
    values = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, found, strict=True))
    number = len(real)
    return (
        f"KS of flow and real, the {number} galaxies of valid and test: {values}\n"
        f"two samples of {number} from one distribution: each below {1.36 * np.sqrt(2 / number):.3f} in 95% of cases"
    )


def flow_training(losses: list[float], under_flow: float, under_prior: float) -> None:
    """Losses of a flow in nats by training step, and what it and the prior reach on test galaxies."""
    _, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
    axis.plot(*running_mean(losses), "C0", label="flow, training")
    axis.axhline(under_flow, color="C0", ls="--", label=f"flow, test galaxies: {under_flow:.2f}")
    axis.axhline(under_prior, color="C3", ls=":", label=f"prior, test galaxies: {under_prior:.2f}")
    axis.set(xlabel="training step", ylabel="negative log-density [nats]", title="The flow on the latent space")
    if np.isfinite([under_flow, under_prior]).all():  # the first steps are far above
        axis.set_ylim(min(under_flow, under_prior) - 3, max(under_flow, under_prior) + 8)
    axis.legend(fontsize=8)


def requested_and_measured(asked: np.ndarray, real: np.ndarray, made: np.ndarray) -> str:
    """Measurements (n, 4) of real and of made galaxies against the properties asked for; returns a text of the figure.

    The titles say how far those made are off the straight line through the real ones, in units of what these are.
    """
    fig, axes = plt.subplots(1, 4, figsize=(12, 3.1), layout="constrained")
    for k, axis in enumerate(axes):
        axis.plot(asked[:, k], made[:, k], "C0.", ms=4, alpha=0.6, mec="none", label="generated")
        axis.plot(asked[:, k], real[:, k], "k.", ms=1.5, label="test galaxies")
        middle, half = np.mean([real[:, k].min(), real[:, k].max()]), 0.6 * np.ptp(real[:, k])
        axis.set(xlabel=TRUE_NAMES[k].replace("true", "requested"), ylabel=f"measured {NAMES[k]}")
        axis.set_ylim(middle - half, middle + half)
        line = np.polyfit(asked[:, k], real[:, k], 1)
        off_real, off_made = (np.abs(values[:, k] - np.polyval(line, asked[:, k])) for values in (real, made))
        usual = np.sqrt(np.mean(off_real**2))
        ratio = np.sqrt(np.mean(np.fmin(off_made, 10 * usual) ** 2)) / usual
        axis.set_title(f"{ratio:.2f} times as far off the line as real ones", fontsize=8)
    axes[0].legend(fontsize=8, markerscale=2)
    fig.suptitle("What you asked for and what was measured")
    return (
        "Four scatter plots of what was measured against what was asked for: the magnitude, ln of the size, e₁ and e₂, "
        f"for the test galaxies in black and the generated ones in blue. Their titles: {_titles(fig)}."
    )


def _titles(fig: Figure) -> str:
    return "; ".join(axis.get_title() for axis in fig.axes)
