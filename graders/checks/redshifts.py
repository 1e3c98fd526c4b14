"""What is right in `redshifts`: loops, SciPy and automatic differentiation; networks against exact posteriors.

A trained network is judged itself, on galaxies and maps of this module's own, and not by functions of the notebook. On
n galaxies the gap is the mean of ln p(z|x) - ln q(z|x), with p the exact posterior: its expectation is a KL divergence,
which no normalised q makes negative. On maps, the rms error is in units of that of the exact posterior's mean.

False-failure rates over seeds: docs/thresholds/redshifts.json; what wrong answers reach: docs/thresholds/redshifts.md.
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.changes import one_column_changed
from graders.checks.domains import MANY, tiny
from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, beside, draws, parameters_of, require
from graders.checks.networks import LARGER, ORDINARY, answers_of, built
from graders.checks.oracles import oracle
from graders.checks.steps import StepCase
from graders.checks.trained import Measured

# What a trained network must not exceed, tier by tier.
CEILINGS = {
    "gap": (0.35, 0.22, 0.15),  # nats above the exact posterior
    "map_ratio": (2.1, 1.85),  # rms error, that of the exact posterior's mean being 1
}
# What it must reach: below that it is better than the best.
THRESHOLDS = {"gap_sigmas": (-5.0,), "map_ratio": (0.9,)}
HELD_OUT, HELD_OUT_MAPS = 4000, 2000
WIDE = 1e4  # what numbers without bounds go beyond: some are clipped at 100 or 1000, to be safe

# --- section 1: one redshift for each galaxy --------------------------------------------------------------------------


@oracle
def _metrics(z_phot: np.ndarray, z_true: np.ndarray, cut: float) -> tuple[float, float, float]:
    """One object at a time; SciPy's median absolute deviation."""
    residuals = [(phot - true) / (1 + true) for phot, true in zip(z_phot, z_true, strict=True)]
    width = 1.4826 * float(scipy.stats.median_abs_deviation(residuals))
    return math.fsum(residuals) / len(residuals), width, sum(abs(r) > cut for r in residuals) / len(residuals)


def _redshifts() -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Points, truths and a cut: one object, even and odd numbers, many, ties with the cut, tiny and large residuals."""
    cases = [(1, 0.1), (2, 0.1), (5, 0.05), (8, 0.15), (MANY, 0.15), (1 + MANY, 0.02), (6, 1e-4), (7, 3.0), (40, 60.0)]
    for rng, (n, cut) in zip(draws(seed=911, count=len(cases)), cases, strict=True):
        z_true = rng.gamma(2.0, 0.5, size=n) * (100 if cut > 50 else 1)
        yield z_true + (1 + z_true) * cut * rng.standard_t(2, size=n), z_true, cut
    yield np.array([0.25, 0.75, -0.25, 1.5, 0.5]), np.array([0.0, 0.25, 0.0, 1.0, 0.0]), 0.25
    yield np.array([-0.3, -0.1, -0.2, 0.0]), np.array([0.0, 0.1, 0.2, 0.3]), 0.2
    yield np.array([1e-8, 2e-8, -3e-8]), np.zeros(3), 1.5e-8
    yield 1100 + 1e-3 * np.array([1.3, -2.1, 0.4, 5.2, -0.7]), np.full(5, 1100.0), 1.5e-6
    for rng in draws(seed=912, count=1):  # the same points with other truths, and others with the same cut
        z_phot, *z_true = rng.gamma(2.0, 0.5, size=(7, 3)).T
        yield from ((z_phot, truth, 0.3) for truth in z_true)


def check_metrics(redshift_metrics: Callable[..., Any]) -> None:
    """Against a loop over objects and SciPy's median absolute deviation."""
    student = Function(redshift_metrics, "redshift_metrics")
    why = (
        "the mean of the residuals divided by 1 + z",
        "1.4826 times the median distance of these residuals from their median",
        "the fraction of residuals whose absolute value is above the cut",
    )
    for z_phot, z_true, cut in _redshifts():
        expected = _metrics(z_phot, z_true, cut)
        parts = student(z_phot, z_true, cut).unpack("the bias", "sigma_MAD", "eta")
        for part, wanted, because in zip(parts, expected, why, strict=True):
            part.close(wanted, f"{because}. See section 1.", atol=1e-12 if cut < 1e-5 else 1e-6)


# --- section 2: densities on a grid -----------------------------------------------------------------------------------


def _covariance(rng: np.random.Generator, b: int, scale: float) -> np.ndarray:
    root = rng.normal(size=(b, b + 2))
    return scale**2 * (root @ root.T / b + 0.3 * np.eye(b))


@oracle
def _likelihood(x: np.ndarray, predicted: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Galaxy by galaxy and template by template, by SciPy's normal density less its value at the peak."""
    normal = scipy.stats.multivariate_normal(np.zeros(len(cov)), cov)
    return np.array([[[normal.logpdf(one - m) for m in row] for row in predicted] for one in x]) - normal.logpdf(
        np.zeros(len(cov))
    )


def check_likelihood(log_likelihood: Callable[..., Any]) -> None:
    """Against `scipy.stats.multivariate_normal`; 1 to 6 bands, tiny and large errors, near and far templates.

    Also bands whose errors differ by a factor of 1,000, and templates a hundred errors away.
    """
    student = Function(log_likelihood, "log_likelihood")
    cases = [(1, 1, 1, 1, 1.0), (3, 4, 2, 2, 0.3), (2, 1, 3, 5, 0.1), (1, 5, 1, 3, 1e-3), (4, 2, 2, 6, 30.0),
             (2, 2, 2, 2, 1.0), (3, 3, 3, 3, 0.5), (1, 3, 2, 5, 0.1), (2, 3, 1, 4, 1.0)]  # fmt: skip
    for rng, (n, n_z, n_t, b, scale) in zip(draws(seed=921, count=len(cases)), cases, strict=True):
        x, cov = 22 + scale * rng.normal(size=(n, b)), _covariance(rng, b, scale)
        predicted = 22 + 2 * scale * rng.normal(size=(n_z, n_t, b))
        if b == 4:
            units = np.geomspace(0.03, 30, b)
            cov *= np.outer(units, units)
            predicted[0] += 100 * units
        why = "half of (x - m) times the inverse covariance times (x - m), summed over bands, with a minus"
        for templates in (predicted, predicted[::-1] + scale):
            student(x, templates, cov).close(_likelihood(x, templates, cov), f"{why}. See section 2.")
    for rng in draws(seed=922, count=1):  # many galaxies, arrays that are not contiguous, faint and negative numbers
        x, cov = rng.normal(size=(3, MANY)).T, _covariance(rng, 3, 1.0)
        predicted = rng.normal(-3, 4, size=(3, 2, 2)).T.copy(order="F")
        why = "each galaxy and each template by themselves"
        student(x, predicted, cov).close(_likelihood(x, predicted, cov), f"{why}. See section 2.")
        near, why = x[:3] + 1e-4 * predicted[0, 0], "differences far below the errors count, too"
        exact = _likelihood(near, x[None, :3], cov)
        student(near, x[None, :3], cov).close(exact, f"{why}. See section 2.", rtol=1e-4, atol=1e-10)


@oracle
def _posterior(log_like: np.ndarray, prior: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Each galaxy by itself, with Python's sums: the largest logarithm that the prior allows becomes 0."""
    densities = []
    for one in log_like:
        allowed = max(one[i, j] for i, j in np.ndindex(*prior.shape) if prior[i, j] > 0)
        row = [
            math.fsum(prior[i, j] * math.exp(one[i, j] - allowed) for j in range(prior.shape[1]) if prior[i, j] > 0)
            for i in range(len(z))
        ]
        densities.append(np.array(row) / float(scipy.integrate.trapezoid(row, z)))
    return np.array(densities)


def _grid(rng: np.random.Generator, n: int, low: float = 0.0, high: float = 3.0) -> np.ndarray:
    """Rising numbers at uneven steps."""
    return low + (high - low) * np.cumsum(rng.uniform(0.2, 2.0, size=n)) / (2 * n)


def _priors(rng: np.random.Generator, n_z: int, n_t: int) -> np.ndarray:
    prior = rng.uniform(0.1, 2.0, size=(n_z, n_t))
    if n_z > 3:
        prior[1] = 0.0
        prior[2, 0] = 0.0
    return prior


def check_posterior(grid_posterior: Callable[..., Any]) -> None:
    """Against sums over types one galaxy at a time; uneven grids, one type, one galaxy, priors with zeros."""
    student = Function(grid_posterior, "grid_posterior")
    cases = [(1, 2, 1), (3, 5, 2), (1, 6, 3), (2, 4, 4), (4, 9, 1), (5, 5, 5), (MANY, 4, 2)]
    widths = (3.0, 3.0, 0.003, 3e5, 3.0, 3.0, 3.0)
    for rng, (n, n_z, n_t), width in zip(draws(seed=923, count=len(cases)), cases, widths, strict=True):
        log_like, prior, z = 2 * rng.normal(size=(n, n_z, n_t)), _priors(rng, n_z, n_t), _grid(rng, n_z, high=width)
        if n == 4:
            log_like = np.asfortranarray(log_like)
            prior *= 1e-15
        why = "sum prior times likelihood over the types, and divide by the integral over the uneven grid"
        for known in (prior, _priors(rng, n_z, n_t)):
            expected = _posterior(log_like, known, z)
            student(log_like, known, z).close(expected, f"{why}. See section 2.", atol=tiny(expected))


def check_posterior_far(grid_posterior: Callable[..., Any]) -> None:
    """Log-likelihoods far from 0; the largest of them where the prior is zero, or low. As `check_posterior`."""
    student = Function(grid_posterior, "grid_posterior")
    cases = [(-5000.0, 1.0, 0.0), (4000.0, 1.0, 0.0), (-800.0, 5.0, 2000.0), (-1e6, 30.0, 0.0), (0.0, 200.0, 9000.0)]
    for rng, (shift, spread, forbidden) in zip(draws(seed=924, count=len(cases)), cases, strict=True):
        prior, z = _priors(rng, 6, 3), _grid(rng, 6)
        log_like = shift + spread * rng.normal(size=(3, 6, 3)) + forbidden * (prior == 0)
        log_like[0] -= 700.0
        why = "take the largest logarithm that the prior allows away from each galaxy's own"
        student(log_like, prior, z).close(_posterior(log_like, prior, z), f"{why}. See section 2.")
    for rng in draws(seed=926, count=2):  # where the prior is low, though not zero, the data may be for it
        prior, z, decades = _priors(rng, 9, 3), _grid(rng, 9), rng.uniform(0, 14, size=(9, 3))
        log_like = rng.normal(size=(3, 9, 3)) + np.log(10) * decades * (prior > 0)
        prior *= 10.0**-decades
        why = "a prior that is low is not zero: the likelihood may be large there"
        student(log_like, prior, z).close(_posterior(log_like, prior, z), f"{why}. See section 2.")


def _densities(rng: np.random.Generator, n: int, z: np.ndarray) -> np.ndarray:
    """Normalised densities with a zero, so that their integral pauses, though never at ½, and with ties.

    Some largest ones are larger than others by a millionth.
    """
    density = rng.gamma(0.7, 1.0, size=(n, len(z)))
    if len(z) > 5:
        density[:, 1:3] = 0.0
        density[::2, -2] = density[::2, -1] = density[::2].max(axis=1)
        density[1::2, -1] = density[1::2].max(axis=1) * (1 + 1e-6)
    return density / scipy.integrate.trapezoid(density, z, axis=1)[:, None]


_SHAPES = [(1, 2), (3, 3), (1, 7), (5, 5), (4, 6), (7, 20), (MANY, 6), (2, MANY)]


def _cases_of_densities(seed: int) -> Iterator[tuple[np.random.Generator, np.ndarray, np.ndarray]]:
    """Densities (n, n_z) on uneven grids, some of them over negative or tiny or large numbers."""
    for number, (rng, (n, n_z)) in enumerate(zip(draws(seed, count=len(_SHAPES)), _SHAPES, strict=True)):
        low, high = [(0.0, 3.0), (-4.0, 2.0), (0.0, 0.03), (0.0, 600.0)][number % 4]
        z = _grid(rng, n_z, low, high)
        density = _densities(rng, n, z)
        yield rng, np.asfortranarray(density) if number == 4 else density, z


@oracle
def _points(density: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """SciPy's cumulative trapezoidal rule, and the crossing of ½ by hand in its step."""
    below = scipy.integrate.cumulative_trapezoid(density, z, axis=1, initial=0)
    medians = []
    for row in below:
        after = int(np.flatnonzero(row >= 0.5)[0])
        share = (0.5 - row[after - 1]) / (row[after] - row[after - 1])
        medians.append(z[after - 1] + share * (z[after] - z[after - 1]))
    modes = [z[list(row).index(max(row))] for row in density]
    return scipy.integrate.trapezoid(density * z, z, axis=1), np.array(medians), np.array(modes)


def check_points(best_points: Callable[..., Any]) -> None:
    """Against SciPy's trapezoidal rules and a search of each row; uneven grids, zeros, ties of the largest density."""
    student = Function(best_points, "best_points")
    why = (
        "the integral of z times the density, by the trapezoidal rule",
        "where the integral from the left, linear between points of the grid, is a half",
        "the first point of the grid with the highest density",
    )
    for _, density, z in _cases_of_densities(seed=925):
        for grid in (z, z + z[-1] - z[0]):
            parts = student(density, grid).unpack("the means", "the medians", "the modes")
            for part, wanted, because in zip(parts, _points(density, grid), why, strict=True):
                part.close(wanted, f"{because}. See section 2.")


# --- section 3: a mixture density network -----------------------------------------------------------------------------


@oracle
def _mixture(z: np.ndarray, logits: np.ndarray, means: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """SciPy's normal densities and sums of exponentials, in float64."""
    z, logits, means, scales = (np.asarray(part, np.float64) for part in (z, logits, means, scales))
    log_weights = logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)
    return scipy.special.logsumexp(log_weights + scipy.stats.norm.logpdf(z[:, None], means, scales), axis=1)


def _mixture_in_tensorflow(z: Any, logits: Any, means: Any, scales: Any) -> tf.Tensor:
    z, logits, means, scales = (tf.convert_to_tensor(part) for part in (z, logits, means, scales))
    logarithms = tf.nn.log_softmax(logits) - ((z[:, None] - means) / scales) ** 2 / 2 - tf.math.log(scales)
    return tf.reduce_logsumexp(logarithms, axis=1) - math.log(2 * math.pi) / 2


def check_mixture(mixture_log_density: Callable[..., Any]) -> None:
    """Against SciPy's logarithms in float64; both precisions, one component, logits of 1000, points far out."""
    student = Function(mixture_log_density, "mixture_log_density")
    cases = [(1, 1, 1.0, 0.0), (4, 2, 2.0, 0.0), (3, 3, 1.0, 30.0), (2, 2, 1000.0, 0.0), (1, 5, 300.0, 100.0),
             (5, 6, 2.0, 3.0), (MANY, 2, 1.0, 0.0), (4, 3, 1.0, -80.0),
             (6, 1, 1.0, 1e-5), (3, 2, 1.0, 1e4)]  # fmt: skip
    for dtype in (np.float64, np.float32):
        for rng, (n, k, spread, far) in zip(draws(seed=931, count=len(cases)), cases, strict=True):
            scales = np.exp(rng.normal(-1, 0.8, size=(n, k)))
            z, means = rng.normal(size=n) + far, rng.normal(size=(n, k))
            if far in (1e-5, 1e4):  # tiny and huge scales
                scales, z, means = far * scales, far * rng.normal(size=n), far * means
            parts = (z, spread * rng.normal(size=(n, k)) + rng.uniform(-5, 5), means, scales)
            parts = tuple(part.astype(dtype) for part in parts)
            result = student(*(tf.constant(part) for part in parts))
            rtol = 1e-4 if dtype is np.float64 else 1e-3
            why = "ln of the sum of weighted normal densities, in logarithms throughout"
            result.close(_mixture(*parts), f"{why}. See section 3.", rtol=rtol, atol=1e-6 if rtol < 1e-3 else 1e-4)
        # Far from all components, which share the point: the largest of their densities alone is not their sum.
        (rng,) = draws(seed=936, count=1)
        parts = [np.array([40.0, -40.0]), np.zeros((2, 6)), 1e-3 * rng.normal(size=(2, 6)), np.ones((2, 6))]
        parts = [part.astype(dtype) for part in parts]
        result = student(*(tf.constant(part) for part in parts))
        result.close(_mixture(*parts), f"{why}. See section 3.", rtol=rtol)
    for rng, (n, k) in zip(draws(seed=932, count=3), ((3, 2), (1, 4), (3, 3)), strict=True):
        parts = [rng.normal(size=n), *rng.normal(size=(2, n, k)), np.exp(0.3 * rng.normal(size=(n, k)))]
        parts[2][0, 0] = parts[0][0]  # on a peak
        if k == 3:  # far from all, and shared
            parts = [np.array([15.0, -14.0, 2.0]), parts[1], 0.1 * parts[2], np.ones((3, 3))]
        names = ["z", "logits", "means", "scales"]
        given = [part.astype(np.float32) for part in parts]
        require_gradients(student, _mixture_in_tensorflow, given, names, rng, "See section 3.")


def _parameters_in_tensorflow(raw: Any, centres: Any) -> tuple[tf.Tensor, ...]:
    raw, k = tf.convert_to_tensor(raw), len(centres)
    return raw[:, :k], raw[:, k : 2 * k] + centres, tf.math.log1p(tf.exp(raw[:, 2 * k :])) + 0.005


def check_parameters(mixture_parameters: Callable[..., Any]) -> None:
    """Against `np.logaddexp` in float64, in both precisions; raw numbers of all sizes, one component, one object."""
    student = Function(mixture_parameters, "mixture_parameters")
    cases = [(1, 1, 1.0), (4, 2, 1.0), (3, 3, 8.0), (1, 5, 60.0), (2, 6, 1e-3), (MANY, 2, 3.0), (2, 2, 1000.0)]
    for dtype, number in ((np.float64, 933), (np.float32, 9330)):
        for rng, (n, k, spread) in zip(draws(number, count=len(cases)), cases, strict=True):
            raw, centres = (spread * rng.normal(size=(n, 3 * k))).astype(dtype), (rng.uniform(-1, 3, k)).astype(dtype)
            parts = student(tf.constant(raw), centres).unpack("the logits", "the means", "the scales")
            exact = raw.astype(np.float64)
            expected = (
                exact[:, :k],
                exact[:, k : 2 * k] + centres.astype(np.float64),
                0.005 + np.logaddexp(0, exact[:, 2 * k :]),
            )
            why = (
                "the first K raw numbers as they are",
                "the next K raw numbers plus the centres",
                "0.005 plus the softplus of the last K",
            )
            for part, wanted, because in zip(parts, expected, why, strict=True):
                part.close(wanted, f"{because}. See section 3.")
            _, means, _ = student(tf.constant(raw), centres + 1).unpack("the logits", "the means", "the scales")
            means.close(expected[1] + 1, f"{why[1]}. See section 3.")
    for rng, (n, k) in zip(draws(seed=934, count=3), ((3, 2), (1, 3), (4, 2)), strict=True):
        raw = rng.normal(size=(n, 3 * k))
        if n == 4:
            raw[:, -1] = [200.0, 20.0, -20.0, -200.0]  # exp(200) is infinite in single precision
        given = (raw.astype(np.float32), rng.normal(size=k).astype(np.float32))
        require_gradients(student, _parameters_in_tensorflow, given, ["raw"], rng, "See section 3.")


def check_network(build_network: Callable[..., Any]) -> None:
    """Properties at weights that the grader draws: shapes, steadiness, every input and output counts, no bounds.

    Its size is that of two or three hidden layers or a few more, for few neurons and for many.
    """
    for rng, (n_inputs, k, hidden) in zip(draws(seed=935, count=3), ((5, 6, 24), (3, 1, 6), (2, 4, 48)), strict=True):
        network = built(
            build_network, "build_network", n_inputs, k, hidden,
            inputs=(n_inputs,), outputs=(3 * k,), most=100_000, see="See section 3.",
        )  # fmt: skip
        network.require_hidden(hidden, n_inputs, 3 * k, (2, 3))
        x = rng.normal(size=(12, n_inputs)).astype(np.float32)
        network.require_outputs(network.require_steady(936, x), "outputs")
        network.require_inputs(937, x, one_column_changed(x, "feature"), each=True)
        network.require_unbounded(938, x, WIDE, LARGER)
        network.require_bent(939, x, np.ones(n_inputs, np.float32))
        network.require_bends(949, x)


# --- section 3.5: one step of training --------------------------------------------------------------------------------


def _loss(name: str) -> Any:
    """A loss of targets and answers, which are not exchangeable; the second is negative. For `beside`."""
    if name == "quartic":
        return lambda target, answer: tf.reduce_mean((2.0 * target - answer) ** 4)
    return lambda target, answer: tf.reduce_sum(tf.exp(0.3 * answer) - target * answer) - 60.0


def _quartic(target: Any, answer: Any) -> Any:
    return _loss("quartic")(target, answer)


def _exponential(target: Any, answer: Any) -> Any:
    return _loss("exponential")(target, answer)


_STEPS = (
    (_quartic, StepCase(16, (3, 4, 2), ("SGD", 0.05, {}), scale=0.03)),
    (_exponential, StepCase(5, (3, 4, 2), ("SGD", 0.02, {"decay": 0.25}), compiled=True)),
    (_exponential, StepCase(1, (2, 3, 1), ("Adam", 0.05, {}), compiled=True)),
    (_exponential, StepCase(8, (3, 4, 2), ("SGD", 0.01, {"momentum": 0.9}))),
    (_exponential, StepCase(6, (3, 4, 2), ("SGD", 0.05, {}), frozen=1)),
    (_quartic, StepCase(7, (2, 5, 4, 1), ("Adam", 0.02, {}), frozen=2, compiled=True)),
    (_quartic, StepCase(MANY, (2, 1), ("Adam", 0.1, {}), scale=3000.0)),
)


def check_step(train_step: Callable[..., Any]) -> None:
    """Two steps each, by several optimisers, of networks with and without frozen layers, some of them compiled.

    Loss and weights are those of automatic differentiation on a copy.
    """
    for rng, (loss, case) in zip(draws(seed=941, count=len(_STEPS)), _STEPS, strict=True):
        weights, function = case.weights(rng), beside(train_step, _loss, loss.__name__[1:])
        batches = [(case.inputs(rng), case.targets(rng)) for _ in range(2)]
        given = [(function, *map(tf.constant, batch)) for batch in batches]
        case.require(train_step, "train_step", weights, loss, batches, given, "See section 3.5.")


# --- section 4: calibration, n(z), other priors -----------------------------------------------------------------------


@oracle
def _pit(density: np.ndarray, z: np.ndarray, z_true: np.ndarray) -> np.ndarray:
    """SciPy's cumulative trapezoidal rule, and the share of one step by hand."""
    ranks = []
    for row, truth in zip(scipy.integrate.cumulative_trapezoid(density, z, axis=1, initial=0), z_true, strict=True):
        if truth <= z[0] or truth >= z[-1]:
            ranks.append(0.0 if truth <= z[0] else row[-1])
            continue
        after = int(np.flatnonzero(z > truth)[0])
        ranks.append(
            row[after - 1] + (row[after] - row[after - 1]) * (truth - z[after - 1]) / (z[after] - z[after - 1])
        )
    return np.array(ranks)


def check_pit(pit: Callable[..., Any]) -> None:
    """Against SciPy's trapezoidal rule; truths between, on and beyond the points of uneven grids."""
    student = Function(pit, "pit")
    for rng, density, z in _cases_of_densities(seed=951):
        width = z[-1] - z[0]
        z_true = rng.uniform(z[0] - 0.2 * width, z[-1] + 0.2 * width, size=len(density))
        z_true[::5] = rng.choice(z, size=len(z_true[::5]))
        why = "the integral up to the truth, by the trapezoidal rule, linear between points of the grid"
        for truths in (z_true, z_true[::-1] - 0.1 * width):
            student(density, z, truths).close(_pit(density, z, truths), f"{why}. See section 4.")


@oracle
def _bins(density: np.ndarray, points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """One object at a time into its bin, by `bisect`'s rule."""
    total, number = np.zeros((len(edges) - 1, density.shape[1])), np.zeros(len(edges) - 1)
    for row, point in zip(density, points, strict=True):
        place = int(np.searchsorted(edges, point, side="right")) - 1
        if 0 <= place < len(number):
            total[place] += row
            number[place] += 1
    return total / np.maximum(number, 1)[:, None]


def check_bins(bin_densities: Callable[..., Any]) -> None:
    """Against a loop over objects; empty bins, points on edges and outside, one bin, one object, negative numbers."""
    student = Function(bin_densities, "bin_densities")
    cases = [(1, 2, 1), (6, 3, 2), (3, 4, 5), (40, 5, 4), (5, 5, 5), (MANY, 3, 3), (8, MANY, 2)]
    why = "the mean of the densities of those with edge <= point < next edge, and zeros for an empty bin"
    for rng, (n, n_z, m) in zip(draws(seed=952, count=len(cases)), cases, strict=True):
        density = rng.gamma(1.0, 1.0, size=(n_z, n)).T if n == 6 else rng.gamma(1.0, 1.0, size=(n, n_z))
        edges = np.sort(rng.uniform(-1, 3, size=m + 1))
        points = rng.uniform(-1.5, 3.5, size=n)
        points[::3] = rng.choice(edges, size=len(points[::3]))
        for between in (edges, edges + 0.3):
            student(density, points, between).close(_bins(density, points, between), f"{why}. See section 4.")
    for rng in draws(seed=953, count=1):  # tiny and large numbers; edges far from the points
        density, points = 1e3 * rng.gamma(1.0, 1.0, size=(9, 4)), 1e-7 * rng.uniform(size=9)
        edges = 1e-7 * np.array([0.0, 0.3, 0.6, 0.9])
        student(density, points, edges).close(_bins(density, points, edges), f"{why}. See section 4.")
        points, edges = 1e3 * rng.uniform(size=9), np.array([0.0, 200.0, 201.0, 900.0])
        student(density, points, edges).close(_bins(density, points, edges), f"{why}. See section 4.")


@oracle
def _reweighted(density: np.ndarray, old: np.ndarray, new: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Element by element; SciPy's trapezoidal rule."""
    changed = np.array(
        [[p * n / o if o > 0 else 0.0 for p, o, n in zip(row, old, new, strict=True)] for row in density]
    )
    return changed / scipy.integrate.trapezoid(changed, z, axis=1)[:, None]


def check_reweight(reweight: Callable[..., Any]) -> None:
    """Against a loop and SciPy's trapezoidal rule; zeros in both priors, priors of any scale, uneven grids."""
    student = Function(reweight, "reweight")
    why = "density times new over old, 0 where the old one is, divided by its integral over the uneven grid"
    for number, (rng, density, z) in enumerate(_cases_of_densities(seed=954)):
        old, new = rng.gamma(2.0, 1.0, size=(2, len(z)))
        if len(z) > 5:
            old[[0, -1]] = 0.0
            new[[0, 4]] = 0.0
            if number % 2:
                density[:, [0, -1]] = 0.0  # as an exact posterior has it; otherwise as a network has
        if len(z) > 7:
            old[3] = 0.0  # between others
        old *= 1e4 ** (number - 3)
        for known in (old, old + new.max() * z**2):
            expected = _reweighted(density, known, new, z)
            student(density, known, new, z).close(expected, f"{why}. See section 4.", atol=tiny(expected))


# --- section 5: maps --------------------------------------------------------------------------------------------------


def _patterns(n: int, d: int) -> np.ndarray:
    """Fixed maps (d, n, n), none of them symmetric, whose element [0, 0] is large."""
    rows, columns = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    maps = np.stack([np.sin(1.0 + rows * (i + 1.3) + columns * (i + 0.6)) for i in range(d)])
    maps[:, 0, 0] = 7.0
    return maps


def straight(theta: np.ndarray) -> np.ndarray:
    """Ln P that is linear in each parameter, on 4 x 4 pixels."""
    return np.tensordot(theta, _patterns(4, len(theta)), axes=1)


def cubic(theta: np.ndarray) -> np.ndarray:
    """Ln P that bends, so that one-sided differences are off, on 5 x 5 pixels."""
    return np.tensordot(theta**3 + 2 * theta**2, _patterns(5, len(theta)), axes=1) + np.prod(theta)


def faint(theta: np.ndarray) -> np.ndarray:
    """Ln P that depends little on the parameters, on 2 x 2 pixels."""
    return -20.0 + 1e-2 * np.tensordot(np.cos(theta), _patterns(2, len(theta)), axes=1)


def steep(theta: np.ndarray) -> np.ndarray:
    """Ln P with large derivatives, on 48 x 48 pixels, more than a thousand modes."""
    return 300.0 * np.tensordot(np.sinh(theta), _patterns(48, len(theta)), axes=1)


def hollow(theta: np.ndarray) -> np.ndarray:
    """Ln P that is minus infinity for k = 0, on 3 x 3 pixels."""
    log_power = np.tensordot(theta, _patterns(3, len(theta)), axes=1)
    log_power[0, 0] = -np.inf
    return log_power


_SIDES = {straight: 4, cubic: 5, faint: 2, steep: 48, hollow: 3}


@oracle
def _fisher(log_power: Callable[..., Any], theta: np.ndarray, step: float) -> np.ndarray:
    """Mode by mode and pair by pair, from central differences."""
    n, d = _SIDES[log_power], len(theta)
    slopes = []
    for i in range(d):
        up, down = theta.copy(), theta.copy()
        up[i], down[i] = theta[i] + step, theta[i] - step
        slopes.append((log_power(up) - log_power(down)) / (2 * step))
    modes = [mode for mode in np.ndindex(n, n) if mode != (0, 0)]
    return np.array([[math.fsum(a[m] * b[m] for m in modes) / 2 for b in slopes] for a in slopes])


def check_fisher(fisher_matrix: Callable[..., Any]) -> None:
    """Against a loop over modes with central differences; one to four parameters, curved and faint spectra."""
    student = Function(fisher_matrix, "fisher_matrix")
    cases = [(straight, 1, 0.01), (straight, 3, 0.5), (cubic, 2, 0.1), (cubic, 1, 1.0), (faint, 2, 0.05),
             (steep, 1, 0.2), (cubic, 4, 0.3), (straight, 2, 1e-3), (hollow, 2, 0.1)]  # fmt: skip
    why = "half the sum over all modes but k = 0 of products of two central differences"
    for rng, (log_power, d, step) in zip(draws(seed=961, count=len(cases)), cases, strict=True):
        theta = rng.uniform(-1.5, 1.5, size=d)
        theta[-1] += 60.0 if (log_power, d) == (cubic, 2) else 0.0
        with np.errstate(invalid="ignore"):
            result = student(log_power, theta, step)
            expected = _fisher(log_power, theta, step)
        scale = float(np.abs(expected).max())
        result.close(expected, f"{why}. See section 5.", atol=1e-6 * min(scale, 1.0))


@oracle
def _slopes(maps: np.ndarray, grid: np.ndarray, log_powers: np.ndarray) -> np.ndarray:
    """Each map by itself: the squared modes by explicit sums over pixels, and SciPy's trapezoidal rule."""
    n = maps.shape[1]
    waves = np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n)
    densities = []
    for one in maps:
        power = np.abs(waves @ one @ waves) ** 2 / n**2
        log_like = []
        for log_power in log_powers:
            terms = power * np.exp(-log_power) + log_power
            log_like.append(-0.5 * (math.fsum(terms.ravel()[1:])))
        row = np.exp(np.array(log_like) - max(log_like))
        densities.append(row / scipy.integrate.trapezoid(row, grid))
    return np.array(densities)


def _of_real_maps(log_powers: np.ndarray) -> np.ndarray:
    """The same for k and -k, as in real maps: half of the modes tell all."""
    return (log_powers + np.roll(log_powers[:, ::-1, ::-1], 1, axis=(1, 2))) / 2


def check_slope(slope_posterior: Callable[..., Any]) -> None:
    """Against explicit Fourier sums of each map; odd sizes, maps with a mean, far log-likelihoods, uneven grids."""
    student = Function(slope_posterior, "slope_posterior")
    cases = [(1, 2, 2, 1.0), (3, 3, 4, 1.0), (2, 4, 5, 0.1), (1, 8, 6, 30.0), (4, 5, 4, 3.0), (3, 7, 3, 1.0),
             (2, 6, MANY, 1.0), (5, 5, 5, 1e-3), (300, 2, 3, 1.0), (2, 40, 3, 1.0)]  # fmt: skip
    why = "minus half the sum of p / P + ln P over all modes but k = 0, as a density over the uneven grid"
    for rng, (n, side, m, scale) in zip(draws(seed=962, count=len(cases)), cases, strict=True):
        maps = scale * rng.normal(size=(n, side, side)) + rng.normal()
        log_powers = 2 * np.log(scale) + 0.6 * rng.normal(size=(m, side, side))
        log_powers = _of_real_maps(log_powers)
        log_powers[:, 0, 0] = 9 * rng.normal(size=m)
        grid = _grid(rng, m, -1.0, 4.0)
        maps = np.asfortranarray(maps) if n == 4 else maps
        for powers in (log_powers, log_powers[::-1]):
            student(maps, grid, powers).close(_slopes(maps, grid, powers), f"{why}. See section 5.")
    for rng in draws(seed=963, count=1):  # log-likelihoods of -1e6 and so, and P near that of the maps or far from it
        maps = 100 * rng.normal(size=(3, 6, 6))
        log_powers = np.log(np.array([1.0, 1.0 + 1e-6, 1.0 + 3e-6]))[:, None, None] + np.zeros((3, 6, 6))
        grid = np.array([0.0, 0.5, 2.0])
        student(maps, grid, log_powers).close(_slopes(maps, grid, log_powers), f"{why}. See section 5.")
        log_powers = _of_real_maps(5 * rng.normal(size=(3, 6, 6)))
        student(maps, grid, log_powers).close(_slopes(maps, grid, log_powers), f"{why}. See section 5.")


_NUMBERS_OF_CELLS = 20_000  # of a layer of their own that wraps by them, in each convolution of a map of 48 x 48


def check_map_network(build_map_network: Callable[..., Any]) -> None:
    """Properties at weights that the grader draws: the same for shifted maps, another for shuffled pixels.

    Widths are multiples of 4, as in the public test: some take a fourth of the channels, or groups of them, and over
    one channel alone, a normalisation gives the same whatever it is.
    """
    see = "See section 5."
    wide = built(build_map_network, "build_map_network", 8, 40, inputs=(8, 8, 1), outputs=(1,), most=_most(40), see=see)
    count, least = parameters_of(wide.model), 2 * 9 * 40 * 40
    require(
        count >= least,
        f"{wide.called} has {count} parameters, expected at least {least}: convolutions with 40 filters. {see}",
    )
    number = sum(weight.ndim == 4 and weight.shape[0] > 1 for weight in wide.model.get_weights())
    require(
        2 < number < 5, f"{wide.called} has {number} convolutions that see neighbours, expected three or four. {see}"
    )
    for rng, (size, width) in zip(draws(seed=964, count=2), ((8, 8), (12, 4)), strict=True):
        network = built(
            build_map_network, "build_map_network", size, width,
            inputs=(size, size, 1), outputs=(1,), most=_most(width), see=see, constants=_NUMBERS_OF_CELLS,
        )  # fmt: skip
        x = rng.normal(size=(8, size, size, 1)).astype(np.float32)
        answers = network.require_steady(965, x)
        network.require_outputs(answers, "outputs")
        for shift in ((1, 0), (0, 1), (3, -2)):
            shifted = network.at(965, 6, ORDINARY, np.roll(x, shift, axis=(1, 2)))[0]
            if not np.allclose(answers, shifted, rtol=1e-3, atol=1e-3 * np.ptp(answers)):
                network.fails(
                    "gives another number for a shifted map: wrap each convolution, do not stride or pool between, and "
                    "average over the whole map."
                )
        mixed = x.reshape(8, -1)[:, rng.permutation(size * size)].reshape(x.shape)
        moved = network.at(965, 6, ORDINARY, mixed)[0]
        if np.abs(moved - answers).max() < 1e-2 * np.ptp(answers):
            network.fails("gives the same when the pixels of a map are shuffled: it must see neighbours.")
        network.require_unbounded(966, x, WIDE, LARGER)
        network.require_bent(967, x, rng.normal(size=x.shape).astype(np.float32))
        _require_activations(network, x)
    _require_average(build_map_network, see)
    _require_no_sum(build_map_network, see)


def _most(width: int) -> int:
    """The parameters of four convolutions of several times this width, and of a large head."""
    return 900 * width**2 + 20_000 + 1500 * width


def _require_activations(network: Any, maps: np.ndarray) -> None:
    """Three convolutions that see neighbours bend."""
    means = np.random.default_rng(969).normal(size=(len(maps), 1, 1, 1))
    straight = network.straight(970, (maps + means).astype(np.float32))
    shapes = [weight.shape for weight in network.model.get_weights()], [shape for _, shape in straight]
    number, flat = (sum(len(shape) == 4 and shape[0] > 1 for shape in some) for some in shapes)
    if number - flat < 3:
        network.fails(
            f"has no activation behind {flat} of its {number} convolutions: with the layer that follows, each of these "
            "is one linear map."
        )


def _require_average(build_map_network: Callable[..., Any], see: str) -> None:
    """Every pixel of a large map counts.

    Where a maximum is taken at the end, those near the largest values count alone: each of its features sees 9 x 9
    pixels behind four convolutions, so that four filters, or eight in the last, see at most 648 of 2304.
    """
    network = built(
        build_map_network, "build_map_network", 48, 4,
        inputs=(48, 48, 1), outputs=(1,), most=_most(4), see=see, constants=_NUMBERS_OF_CELLS,
    )  # fmt: skip
    for rng in draws(seed=968, count=1):
        x = rng.normal(size=(1, 48, 48, 1)).astype(np.float32)
        changed = np.repeat(x, 97, axis=0)
        changed.reshape(97, -1)[np.arange(1, 97), rng.choice(48 * 48, size=96, replace=False)] += 0.3
        answers = network.at(968, 12, ORDINARY, changed)[0][..., 0]
        counts = np.abs(answers[:, 1:] - answers[:, :1]) > 1e-5 * np.abs(answers).max(axis=1, keepdims=True)
        if (share := counts.mean(axis=1).max()) < 0.75:
            network.fails(
                f"gives a number that {share:.0%} of the pixels of a map of 48 x 48 count for: average over the whole "
                "map at the end, so that each pixel counts."
            )


def _take_over(model: Any, other: Any) -> bool:
    """Gives a model the weights of another, if they have one form; says whether they do."""
    if [weight.shape for weight in model.weights] != [weight.shape for weight in other.weights]:
        return False
    for weight, own in zip(model.weights, other.weights, strict=True):
        weight.assign(own)
    return True


def _require_no_sum(build_map_network: Callable[..., Any], see: str) -> None:
    """A periodic map that is laid out twice along each axis has the averages that it had, and other sums.

    Networks whose layers depend on the size of the map are not held against each other.
    """
    small, large = (
        built(
            build_map_network, "build_map_network", size, 8,
            inputs=(size, size, 1), outputs=(1,), most=_most(8), see=see, constants=_NUMBERS_OF_CELLS,
        ) for size in (8, 16)
    )  # fmt: skip
    if not beside(build_map_network, _take_over, large.model, small.model):
        return
    for rng in draws(seed=972, count=1):
        x = rng.normal(size=(8, 8, 8, 1)).astype(np.float32)
        answers = small.at(972, 6, ORDINARY, x)[0]
        laid_out = large.at(972, 6, ORDINARY, np.tile(x, (1, 2, 2, 1)))[0]
        if not np.allclose(answers, laid_out, rtol=1e-3, atol=1e-3 * np.ptp(answers)):
            large.fails(
                "gives another number for a periodic map laid out twice along each axis than at half the size: do not "
                "add up, but average over the whole map."
            )


# --- what is trained --------------------------------------------------------------------------------------------------

_BANDS = ((3200, 4000), (4100, 5500), (5600, 6900), (7000, 8200), (8300, 9500))
_ERRORS = np.array([0.2, 0.08, 0.08, 0.1, 0.16])
_COV = np.diag(_ERRORS**2) + 0.8**2
_TYPES = np.linspace(0, 1, 11)
_Z = np.expm1(np.linspace(0, np.log(4.5), 801))  # finer than the notebook's
CENTRES = np.linspace(0.2, 2.2, 6)


def _magnitudes(z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The notebook's model, band by band: (n,) -> (n, 5)."""
    columns = []
    for low, high in _BANDS:
        rest = np.linspace(low, high, 41) / (1 + z[:, None])
        step = 1 - (0.15 + 0.75 * t[:, None]) * scipy.special.expit((3900 - rest) / 120)
        flux = (rest / 4500) ** (2.5 * t[:, None] - 1.5) * step * np.where(rest < 1216, 0.05, 1.0)
        columns.append(22 - 2.5 * np.log10(flux.mean(axis=1)))
    return np.stack(columns, axis=1)


@functools.cache
def _galaxies() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Redshifts, features (n, 5) in float32 and exact ln p(z | x) of galaxies that nobody has seen.

    The density at the truth itself is exact; the grid serves for the normalisation alone.
    """
    rng = np.random.default_rng(9101)
    fine = np.linspace(0, 3.5, 20001)
    below = scipy.integrate.cumulative_trapezoid(fine**2 * np.exp(-((fine / 0.7) ** 1.5)), fine, initial=0)
    z = np.interp(rng.uniform(size=HELD_OUT), below / below[-1], fine)
    x = _magnitudes(z, rng.choice(_TYPES, size=HELD_OUT)) + rng.multivariate_normal(np.zeros(5), _COV, size=HELD_OUT)
    inverse = np.linalg.inv(np.linalg.cholesky(_COV)).T
    grid = (_magnitudes(np.repeat(_Z, 11), np.tile(_TYPES, len(_Z))) @ inverse).T
    at_truth = np.stack([(x - _magnitudes(z, np.full(HELD_OUT, t))) @ inverse for t in _TYPES])
    top = scipy.special.logsumexp(-0.5 * np.sum(at_truth**2, axis=2), axis=0) + _log_prior(z)
    evidence = []
    for part in np.split(x @ inverse, 40):
        chi2 = np.sum(part**2, axis=1)[:, None] + np.sum(grid**2, axis=0) - 2 * part @ grid
        joint = scipy.special.logsumexp(-0.5 * chi2.reshape(len(part), len(_Z), 11), axis=2) + _log_prior(_Z)
        peak = joint.max(axis=1)
        evidence.append(np.log(scipy.integrate.trapezoid(np.exp(joint - peak[:, None]), _Z, axis=1)) + peak)
    given = np.concatenate([x[:, :-1] - x[:, 1:], x[:, 2:3] - 22], axis=1).astype(np.float32)
    return z, given, top - np.concatenate(evidence)


def _log_prior(z: np.ndarray) -> np.ndarray:
    return 2 * np.log(np.maximum(z, 1e-12)) - (z / 0.7) ** 1.5


def _gap(network: Any) -> tuple[float, float, float]:
    """The mean of ln p - ln q over new galaxies, the same in its standard errors, and the entropy that is the limit."""
    z, given, log_p = _galaxies()
    raw = answers_of(network, "network", given)
    require(raw.shape == (HELD_OUT, 18), f"network gives the shape {raw.shape} for {HELD_OUT} galaxies, expected 18 "
            "columns.")  # fmt: skip
    log_q = _mixture(z, raw[:, :6], CENTRES + raw[:, 6:12], 0.005 + np.logaddexp(0, raw[:, 12:]))
    difference = log_p - log_q
    return float(difference.mean()), float(difference.mean() / scipy.stats.sem(difference)), float(-log_p.mean())


def check_gap(network: Any, tier: int) -> None:
    """The gap to the exact posterior on 4,000 new galaxies, from both sides.

    The expectation of the gap is a KL divergence, so that 5 standard errors below zero come by chance with probability
    3e-7; above, over seeds of the training, docs/thresholds/redshifts.json.
    """
    gap, sigmas, entropy = _gap(network)
    found = (
        f"The mean of -ln q of your network on {HELD_OUT} new galaxies is {gap:.3f} nats above the limit {entropy:.3f}"
    )
    Measured(sigmas, f"{found}, which is {sigmas:.0f} standard errors").at_least(
        THRESHOLDS["gap_sigmas"][0], "no density can be below it."
    )
    Measured(gap, found).at_most(
        CEILINGS["gap"][tier - 1], "does the loss still fall at the end, and do all components take part?"
    )


def _log_powers(slopes: Sequence[float] | np.ndarray) -> np.ndarray:
    """Ln P of the notebook's maps: k to the power of minus the slope, with the variance 1."""
    axis = 16 * np.fft.fftfreq(16)
    k = np.sqrt(axis[:, None] ** 2 + axis**2)
    k[0, 0] = 1.0
    power = k ** -np.asarray(slopes)[:, None, None]
    power[:, 0, 0] = 0.0
    power *= 256 / power.sum(axis=(1, 2), keepdims=True)
    power[:, 0, 0] = 1.0
    return np.log(power)


@functools.cache
def _maps() -> tuple[np.ndarray, np.ndarray, float]:
    """Slopes, log-normal maps (n, 16, 16) in float32, and the rms error of the exact posterior's mean."""
    rng = np.random.default_rng(9102)
    slopes = rng.uniform(1, 3, size=HELD_OUT_MAPS)
    modes = np.fft.fft2(rng.normal(size=(HELD_OUT_MAPS, 16, 16))) * np.exp(_log_powers(slopes) / 2)
    modes[:, 0, 0] = 0.0
    gaussian = np.fft.ifft2(modes).real
    grid = np.linspace(1, 3, 401)
    log_p = _log_powers(grid).reshape(401, 256)[:, 1:]
    power = (np.abs(modes) ** 2 / 256).reshape(HELD_OUT_MAPS, 256)[:, 1:]
    log_like = -0.5 * (power @ np.exp(-log_p).T + log_p.sum(axis=1))
    density = np.exp(log_like - log_like.max(axis=1, keepdims=True))
    best = scipy.integrate.trapezoid(density * grid, grid, axis=1) / scipy.integrate.trapezoid(density, grid, axis=1)
    limit = float(np.sqrt(np.mean((best - slopes) ** 2)))
    return slopes, np.expm1(gaussian - 0.5).astype(np.float32), limit


def _map_ratio(map_network: Any) -> tuple[float, float]:
    """The rms error of a network on new maps, in units of the limit, and the limit."""
    slopes, maps, limit = _maps()
    found = answers_of(map_network, "map_network", maps[..., None])
    require(found.shape == (HELD_OUT_MAPS, 1), f"map_network gives the shape {found.shape} for {HELD_OUT_MAPS} maps.")
    return float(np.sqrt(np.mean((found[:, 0] + 2 - slopes) ** 2))) / limit, limit


def check_map_error(map_network: Any, tier: int) -> None:
    """The rms error on 2,000 new log-normal maps, in units of that of the exact posterior's mean, from both sides.

    The ratio of two rms errors on the same maps scatters by less than 0.03, so that 0.9 comes by chance with a
    probability below 1e-3 even for the exact answer; above, over seeds, docs/thresholds/redshifts.json.
    """
    ratio, limit = _map_ratio(map_network)
    found = f"On {HELD_OUT_MAPS} new log-normal maps, your network's rms error is {ratio:.2f} limits of {limit:.4f}"
    Measured(ratio, found).at_least(THRESHOLDS["map_ratio"][0], "nobody can do better than the exact posterior.")
    Measured(ratio, found).at_most(
        CEILINGS["map_ratio"][tier - 1], "does the loss still fall at the end, and is the target the slope less 2?"
    )


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    gap, sigmas, _ = _gap(namespace["network"])
    return {"gap": gap, "gap_sigmas": sigmas, "map_ratio": _map_ratio(namespace["map_network"])[0]}
