"""Trained flows, on new samples of densities whose entropy is known."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats

from graders.checks.flows.flow import Flow, without_weights
from graders.checks.ladder import require
from graders.checks.trained import Measured

# What a trained flow must not exceed, tier by tier.
CEILINGS = {
    "banana_gap": (0.15, 0.05),  # nats above the entropy
    "banana_radius": (0.05,),  # Kolmogorov-Smirnov distance in latent space
    "ring_gap": (0.05,),
    "posterior_mean": (0.2,),  # rms error, in posterior standard deviations
    "posterior_cov": (0.2,),  # rms error of the elements of the whitened covariance
    "posterior_coverage": (0.06,),  # largest distance from a level
    "posterior_gap": (0.05,),
}
# What it must reach: gaps in units of their standard error. Below it is no density.
LEAST = -5.0
THRESHOLDS = {"banana_sigmas": (LEAST,), "ring_sigmas": (LEAST,), "posterior_sigmas": (LEAST,)}
HELD_OUT = 20_000
# How much worse it is at least, in nats, with all its variables at 0: what it knows it must have learnt.
LEARNT = 0.2


BEND, WIDTH = 0.175, 0.15


@functools.cache
def banana() -> tuple[np.ndarray, np.ndarray]:
    """Points of the banana that nobody has seen, in float32, and their true log-densities.

    x1 is standard normal and x2 given x1 is normal with mean -x1 and width 0.15; the bend has the Jacobian 1.
    """
    rng = np.random.default_rng(9001)
    first = rng.normal(size=HELD_OUT)
    points = np.stack([first, -first + WIDTH * rng.normal(size=HELD_OUT) + BEND * (first**2 - 1)], axis=1)
    points = points.astype(np.float32).astype(np.float64)
    first = points[:, 0]
    rest = points[:, 1] - BEND * (first**2 - 1) + first
    return points.astype(np.float32), scipy.stats.norm.logpdf(first) + scipy.stats.norm.logpdf(rest, scale=WIDTH)


@functools.cache
def ring() -> tuple[np.ndarray, np.ndarray]:
    """Points of the ring that nobody has seen, in float32, and their true log-densities; angles by inversion."""
    rng = np.random.default_rng(9002)
    angle = np.linspace(0, 2 * np.pi, 200_001)
    angle = np.interp(rng.uniform(size=HELD_OUT), (angle + 0.4 * np.sin(2 * angle)) / (2 * np.pi), angle)
    r = rng.normal(2.0, 0.15, size=HELD_OUT)
    points = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1).astype(np.float32)
    x, y = points.astype(np.float64).T
    r = np.hypot(x, y)
    weight = 1 + 0.8 * (x**2 - y**2) / r**2
    return points, scipy.stats.norm.logpdf(r, 2.0, 0.15) - np.log(2 * np.pi * r) + np.log(weight)


def _surprise_in_radius(r: float) -> float:
    return -scipy.stats.norm.pdf(r, 2, 0.15) * (scipy.stats.norm.logpdf(r, 2, 0.15) - np.log(r))


def _surprise_in_angle(angle: float) -> float:
    return float(scipy.special.entr((1 + 0.8 * np.cos(2 * angle)) / (2 * np.pi)))


def entropy_of_the_ring() -> float:
    """By quadrature, in nats: 1.873. The gap needs no entropy; this is what the notebook draws."""
    radial = scipy.integrate.quad(_surprise_in_radius, 0.8, 3.2)[0]
    return radial + scipy.integrate.quad(_surprise_in_angle, 0, 2 * np.pi)[0]


A = np.array([[0.8, 1.0], [0.8, 1.2], [0.7, 1.3], [0.6, 1.3], [0.5, 1.2]])
_NOISE = 0.25 * np.array([[0.4 ** abs(i - j) for j in range(5)] for i in range(5)])
_GAIN = A.T @ np.linalg.inv(A @ A.T + _NOISE)
POSTERIOR_COV = np.eye(2) - _GAIN @ A
_SCALE = np.sqrt(np.diag(A @ A.T + _NOISE))


@functools.cache
def simulations() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters (n, 2) and scaled data (n, 5) that nobody has seen, in float32, and the exact posterior means."""
    rng = np.random.default_rng(9003)
    theta = rng.normal(size=(HELD_OUT, 2))
    x = theta @ A.T + rng.multivariate_normal(np.zeros(5), _NOISE, size=HELD_OUT)
    scaled = (x / _SCALE).astype(np.float32)
    return theta.astype(np.float32), scaled, (scaled.astype(np.float64) * _SCALE) @ _GAIN.T


def _gap(log_prob: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """The mean of ln p - ln q, and the same in units of its standard error.

    float32 densities round at 1e-6; differences below 1e-5 nats do not count, so that q = p gives 0 and no large ratio.
    """
    difference = truth - log_prob
    error = max(float(scipy.stats.sem(difference)), 1e-5)
    return float(difference.mean()), float(difference.mean()) / error


def _measure_flow(flow: Any, held_out: Callable[[], tuple[np.ndarray, np.ndarray]], what: str) -> tuple[float, float]:
    points, truth = held_out()
    return _gap(Flow(flow, what).log_prob(points), truth)


def _measure_radius(flow: Any) -> float:
    points, _ = banana()
    z = Flow(flow, "the trained flow").inverse(points)
    return float(scipy.stats.kstest(np.sum(z**2, axis=1), scipy.stats.chi2(2).cdf).statistic)


def _measure_moments(posterior: Callable[..., Any]) -> tuple[float, float]:
    """Rms errors of the means and of the elements of the covariance, whitened by the exact posterior.

    40 data sets with 2000 samples each; from sampling alone 0.022 for both, sqrt(1/2000) and about as much.
    """
    _, x, means = simulations()
    samples = Flow(posterior, "the trained posterior", x[:40]).sample(2000, seed=7)
    root = np.linalg.inv(np.linalg.cholesky(POSTERIOR_COV))
    white = (samples - means[:40]) @ root.T
    off = white - white.mean(axis=0)
    cov = np.einsum("kni,knj->nij", off, off) / (len(white) - 1)
    return float(np.sqrt(np.mean(white.mean(axis=0) ** 2))), float(np.sqrt(np.mean((cov - np.eye(2)) ** 2)))


LEVELS = np.arange(0.1, 0.95, 0.1)


def _measure_coverage(posterior: Callable[..., Any]) -> float:
    """The largest distance of coverage from a level, over 2000 simulations with 200 samples each.

    The binomial error of a calibrated answer is at most 0.011: 0.06 is more than 5 standard errors, below 1e-6.
    """
    theta, x, _ = simulations()
    flow = Flow(posterior, "the trained posterior", x[:2000])
    true, sampled = flow.log_prob(theta[:2000]), flow.log_prob(flow.sample(200, seed=8))
    above = np.sort(np.mean(sampled > true, axis=0))
    return float(np.max(np.abs(np.searchsorted(above, LEVELS, side="right") / len(above) - LEVELS)))


def _measure_loss(posterior: Callable[..., Any]) -> tuple[float, float]:
    theta, x, means = simulations()
    log_prob = Flow(posterior, "the trained posterior", x).log_prob(theta)
    return _gap(log_prob, scipy.stats.multivariate_normal(np.zeros(2), POSTERIOR_COV).logpdf(theta - means))


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    values = {}
    for name, flow, held_out in (("banana", "banana_flow", banana), ("ring", "spline_flow", ring)):
        gap, sigmas = _measure_flow(namespace[flow], held_out, name)
        values |= {f"{name}_gap": gap, f"{name}_sigmas": sigmas}
    values["banana_radius"] = _measure_radius(namespace["banana_flow"])
    posterior = namespace["posterior"]
    values["posterior_mean"], values["posterior_cov"] = _measure_moments(posterior)
    values["posterior_coverage"] = _measure_coverage(posterior)
    values["posterior_gap"], values["posterior_sigmas"] = _measure_loss(posterior)
    return values


def _require_band(gap: float, sigmas: float, ceiling: float, what: str, entropy: float, why: str) -> None:
    """Not reliably below the entropy, and at most so much above.

    For a normalised density the expectation of the gap is positive or zero, so that 5 standard errors below zero come
    by chance with probability 3e-7.
    """
    nll = f"The NLL of {what} on {HELD_OUT} new points is {gap:.3f} nats above the entropy, {entropy:.3f}"
    Measured(sigmas, f"{nll}, which is {sigmas:.0f} standard errors").at_least(
        LEAST, "no density can be below, so log_prob is not normalised."
    )
    Measured(gap, nll).at_most(ceiling, why)


def _require_learnt(flow: Any, points: np.ndarray, given: np.ndarray | None = None) -> None:
    """A trained flow knows what it does by its variables; a flow of the right form without them knows nothing.

    Chance: none. At 0 the reference is the standard normal, 1.9 nats worse for the banana, 2.0 for the ring and 1.7 for
    the posterior; one that knows mean and covariance of the banana beforehand would still be 0.65 worse.
    """
    one = Flow(flow, "the trained flow", None if given is None else given[:2000])
    trained, empty = without_weights(one, points[:2000])
    require(
        not empty > trained - LEARNT,
        f"With all its variables at 0, the NLL of the trained flow is {trained - empty:.3f} nats higher, expected at "
        f"least {LEARNT:g}: what a flow knows must be in what the training changes.",
    )


def check_banana(banana_flow: Any, tier: int) -> None:
    """The gap to the entropy on 20,000 new points, from both sides.

    Chance: see `_require_band` for below; for above, over seeds of the training, docs/thresholds/flows.json.
    """
    gap, sigmas = _measure_flow(banana_flow, banana, "the trained flow")
    entropy = math.log(2 * math.pi * math.e * WIDTH)
    why = "the flow has not learnt the density well enough. See section 4."
    _require_band(gap, sigmas, CEILINGS["banana_gap"][tier - 1], "your RealNVP", entropy, why)
    _require_learnt(banana_flow, banana()[0])


def check_banana_latent(banana_flow: Any) -> None:
    """The radii of 20,000 new points in latent space, by SciPy's Kolmogorov-Smirnov distance to chi^2.

    Chance: a perfect flow exceeds 0.05 with probability 2 exp(-2 n 0.05^2), below 1e-40; trained ones, over seeds:
    docs/thresholds/flows.json.
    """
    distance = _measure_radius(banana_flow)
    found = (
        f"The squared radii of {HELD_OUT} new points in the latent space are at a distance of {distance:.3f} from chi^2"
    )
    Measured(distance, found).at_most(
        CEILINGS["banana_radius"][0], "the flow has not learnt the density well enough. See section 5."
    )
    _require_learnt(banana_flow, banana()[0])


def check_ring(spline_flow: Any) -> None:
    """The gap to the entropy of the ring on 20,000 new points, from both sides: see `_require_band`."""
    gap, sigmas = _measure_flow(spline_flow, ring, "the trained spline flow")
    why = "the flow with splines from your numbers has not learnt the density well enough. See section 6."
    _require_band(gap, sigmas, CEILINGS["ring_gap"][0], "the spline flow", entropy_of_the_ring(), why)
    _require_learnt(spline_flow, ring()[0])


def check_posterior_moments(posterior: Callable[..., Any]) -> None:
    """Means and covariances of samples for 40 new data sets, against the exact posterior: see `_measure_moments`."""
    mean, cov = _measure_moments(posterior)
    for value, quantity, what in ((mean, "posterior_mean", "mean"), (cov, "posterior_cov", "covariance")):
        found = (
            f"For 40 new data sets, the {what} of your posterior is off by {value:.2f} (rms, whitened by the exact "
            "posterior)"
        )
        Measured(value, found).at_most(CEILINGS[quantity][0], "it is not close to the exact posterior. See section 7.")
    theta, x, _ = simulations()
    _require_learnt(posterior, theta, x)


def check_posterior_coverage(posterior: Callable[..., Any]) -> None:
    """Coverage of regions of highest density at nine levels, over 2000 new simulations: see `_measure_coverage`.

    The prior passes here, as it should: `check_posterior_loss` is what it fails.
    """
    distance = _measure_coverage(posterior)
    found = f"Over 2000 new simulations, the coverage of your posterior is off by up to {distance:.3f} at some level"
    Measured(distance, found).at_most(
        CEILINGS["posterior_coverage"][0], "it is too narrow, too wide or in the wrong place. See section 7."
    )


def check_posterior_loss(posterior: Callable[..., Any]) -> None:
    """The expected log posterior on 20,000 new simulations, in the band above its optimum: see `_require_band`."""
    gap, sigmas = _measure_loss(posterior)
    best = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * POSTERIOR_COV)[1]
    why = "it is not as sharp as the exact posterior, or not calibrated. See section 7."
    _require_band(gap, sigmas, CEILINGS["posterior_gap"][0], "your posterior", best, why)
    _require_learnt(posterior, *simulations()[:2])
