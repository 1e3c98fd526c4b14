"""What is right in `diffusion`: TensorFlow Probability, SciPy and loops; trained networks against an exact score.

A trained network is judged itself: the grader adds its own noise, scales inputs and outputs by itself, and draws with a
sampler of its own. The score of the blobs is exact. Galaxies are measured as in `vae`, against the same held-out ones.

False-failure rates over seeds: docs/thresholds/diffusion.json; what wrong answers reach: docs/thresholds/diffusion.md.
"""

import functools
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.linalg
import scipy.spatial.distance
import scipy.stats
import tensorflow as tf

from graders.checks.changes import one_column_changed
from graders.checks.domains import MANY, tiny
from graders.checks.galaxies import PIXELS, distances, held_out, in_electrons, measured, stabilised
from graders.checks.ladder import Function, Result, beside, draws, require
from graders.checks.networks import LARGER, built, graph_of
from graders.checks.oracles import oracle
from graders.checks.steps import StepCase, as_compiled
from graders.checks.trained import DATA, Measured

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for versions in a way that Python deprecates
    import tensorflow_probability as tfp

tfd = tfp.distributions

# What a trained network must not exceed, tier by tier: the largest relative error of the score over noise levels; the
# energy distance of its samples to data; the largest of five Kolmogorov-Smirnov statistics of its galaxies.
# `newness`: median distance to the nearest training code, that of held-out galaxies being 1.
CEILINGS = {"score_error": (0.2,), "energy": (0.005,), "ks": (0.14, 0.12, 0.105), "newness": (1.35,)}
# What it must reach. Two samples of 2000 real galaxies have a KS statistic below 0.005 with a probability below 1e-9
# for each measurement. Below this newness, galaxies are copies; above the ceiling they are unlike any.
THRESHOLDS = {"ks": (0.005,), "newness": (0.85,)}
LEVELS = (0.3, 0.6, 1.2, 2.5, 5.0)  # noise levels at which the score is judged
NUMBER = 2000  # of samples that a network makes
CODES = 24

# --- section 1: the score of noisy data -------------------------------------------------------------------------------


@oracle
def _score(y: np.ndarray, sigma: float, weights: np.ndarray, means: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The gradient of TensorFlow Probability's log density, by automatic differentiation in float64."""
    scales = np.sqrt(widths**2 + sigma**2)[:, None] * np.ones_like(means)
    mixture = tfd.MixtureSameFamily(
        tfd.Categorical(logits=np.log(weights)), tfd.MultivariateNormalDiag(means.copy(), scales)
    )
    points = tf.constant(y)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(mixture.log_prob(points))
    return np.asarray(tape.gradient(total, points))


def _mixtures() -> Iterator[tuple[np.ndarray, float, np.ndarray, np.ndarray, np.ndarray]]:
    """Points, noise and blobs: one and many of each, no noise and much, wide and narrow blobs, points far from all."""
    cases = [(1, 1, 1, 0.0, 1.0, 2.0), (3, 2, 3, 0.5, 1.0, 3.0), (2, 3, 2, 1e-3, 1e-3, 1e-2),
             (4, 1, 4, 30.0, 10.0, 90.0), (5, 5, 5, 0.0, 0.3, 1.0), (20, 2, 3, 0.1, 1.0, 400.0),
             (MANY, 2, 3, 1.0, 1.0, 3.0), (2, 2, 2, 0.0, 1e3, 3e3), (2, 4, 1, 2.0, 1.0, 1.0),
             (3, 2, 2, 1e-5, 1e-4, 2e-4)]  # fmt: skip
    for number, (rng, (n, d, k, sigma, width, far)) in enumerate(zip(draws(1301, len(cases)), cases, strict=True)):
        weights = rng.gamma(1.0, 1.0, size=k) + 1e-3
        if number == 1:
            weights[0] = 1e-9
        y, means = far * rng.normal(size=(d, n)).T, 2 * width * rng.normal(size=(k, d))
        yield y, sigma, weights / weights.sum(), means, width * np.exp(rng.normal(0, 0.7, size=k))


def check_score(mixture_score: Callable[..., Any]) -> None:
    """Against automatic differentiation of TensorFlow Probability's mixture; near and far, with and without noise.

    Far points belong to one blob, or to several; near ones to a faint blob, too.
    """
    student = Function(mixture_score, "mixture_score")
    why = "the pull of each blob, -(y - m) / v, weighted by the probability that y belongs to it"
    for case in _mixtures():
        expected = _score(*case)
        student(*case).close(expected, f"{why}. See section 1.", atol=tiny(expected))
    for rng in draws(1307, 1):  # far from two blobs that share the points, where both densities are 0; a whole number
        y = np.stack([rng.normal(0, 0.5, size=6), rng.uniform(58, 62, size=6)], axis=1)
        case = (y, 1, np.array([0.4, 0.6]), np.array([[-1.0, 0.0], [1.0, 0.0]]), np.ones(2))
        # In single precision, a logarithm of -900 is off by 6e-5, and a share by a few of these.
        student(*case).close(_score(*case), f"{why}. See section 1.", rtol=1e-3, atol=1e-3)
    for rng in draws(1308, 1):  # where a faint blob is as dense as one of 1e8 times its weight
        y, weights = 6.55 + 0.4 * rng.normal(size=(6, 1)), np.array([1 - 1e-8, 1e-8])
        case = (y, 0.0, weights, np.array([[0.0], [9.0]]), np.ones(2))
        student(*case).close(_score(*case), f"{why}. See section 1.", rtol=1e-3, atol=1e-3)


def _columns(seed: int, scales: tuple[float, ...]) -> Iterator[tuple[np.random.Generator, int, int, float]]:
    """A generator, n, d and a scale for each: one point and many, one dimension and several, all scales."""
    shapes = [(1, 1), (3, 3), (2, 5), (MANY, 2), (4, 1), (1, 6), (5, 2)]
    cases = [(*shapes[k % len(shapes)], scales[k % len(scales)]) for k in range(max(len(shapes), len(scales)))]
    for rng, (n, d, scale) in zip(draws(seed, len(cases)), cases, strict=True):
        yield rng, n, d, scale


def check_denoise(denoise: Callable[..., Any]) -> None:
    """Against the posterior mean of Gaussian data in closed form, and a loop; a number and a column of noise levels.

    Levels from 1e-6 to 1e6, with scores that match them, and a whole number.
    """
    student = Function(denoise, "denoise")
    why = "y plus the variance of the noise times the score"
    for number, (rng, n, d, scale) in enumerate(_columns(1302, (1.0, 1e-3, 200.0, 6.0, 1e-7, 1.0, 30.0))):
        y, score = scale * rng.normal(size=(2, d, n)).transpose(0, 2, 1)
        sigma = float(np.exp(rng.normal())) if number % 2 else np.exp(rng.normal(0, 1.5, size=(n, 1)))
        if number >= 4:
            size = (1e-6, 1e6, 1)[number - 4]
            sigma = 3 if number == 6 else size * sigma
            score /= size**2
        column = np.broadcast_to(sigma, (n, 1))
        expected = np.array(
            [[a + s[0] * s[0] * b for a, b in zip(p, q, strict=True)] for p, q, s in zip(y, score, column, strict=True)]
        )
        student(y, score, sigma).close(expected, f"{why}. See section 1.", atol=tiny(expected))
    for rng, sigma in zip(draws(1303, 3), (0.2, 2.0, 60.0), strict=True):  # data from N(m, t^2), where all is known
        m, t = rng.normal(size=2), float(np.exp(rng.normal()))
        y = m + np.hypot(t, sigma) * rng.normal(size=(6, 2))
        best = (t**2 * y + sigma**2 * m) / (t**2 + sigma**2)
        student(y, (m - y) / (t**2 + sigma**2), sigma).close(best, f"{why}. See section 1.", atol=tiny(y))


@oracle
def _matching(score: np.ndarray, noise: np.ndarray, sigma: np.ndarray) -> float:
    """Point by point: the squared length of sigma (score - slope), with the slope -noise / sigma."""
    lengths = [
        math.fsum((s * (a + e / s)) ** 2 for a, e in zip(row, kick, strict=True))
        for row, kick, s in zip(score, noise, sigma[:, 0], strict=True)
    ]
    return math.fsum(lengths) / len(lengths)


def check_matching(matching_loss: Callable[..., Any]) -> None:
    """Against a loop over points; levels that differ, scores of all sizes, the exact score of Gaussian data."""
    student = Function(matching_loss, "matching_loss")
    why = "the mean over points of the squared length of sigma times (score + noise / sigma)"
    for rng, n, d, scale in _columns(1304, (1.0, 0.03, 300.0, 2.0, 1e-4, 5.0, 60.0)):
        sigma = np.exp(rng.normal(0, 1.0, size=(n, 1)))
        noise = rng.normal(size=(d, n)).T
        score = scale * rng.normal(size=(n, d)) / sigma
        student(score, noise, sigma).close(_matching(score, noise, sigma), f"{why}. See section 1.")
    for rng in draws(1306, 1):  # hardly any noise, where scores are huge
        sigma, noise = 1e-7 * np.exp(rng.normal(size=(4, 1))), rng.normal(size=(4, 2))
        score = rng.normal(size=(4, 2)) / sigma
        student(score, noise, sigma).close(_matching(score, noise, sigma), f"{why}. See section 1.")
    for rng in draws(1305, 2):  # near the slope of each point, where the loss is small
        sigma, noise = np.exp(rng.normal(size=(5, 1))), rng.normal(size=(5, 3))
        score = -noise / sigma + 1e-3 * rng.normal(size=(5, 3))
        expected = _matching(score, noise, sigma)
        student(score, noise, sigma).close(expected, f"{why}. See section 1.", rtol=1e-3, atol=1e-9)


# --- section 2: a stochastic equation ---------------------------------------------------------------------------------


@oracle
def _kernel(t: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """The integral of beta by Simpson's rule, exact for a line; `math` for each time."""
    alphas, spreads = [], []
    for time in t.ravel():
        middle = low + (high - low) * time / 2
        integral = time / 6 * (low + 4 * middle + low + (high - low) * time)
        alphas.append(math.exp(-integral / 2))
        spreads.append(math.sqrt(-math.expm1(-integral)))
    return np.reshape(alphas, t.shape), np.reshape(spreads, t.shape)


def check_kernel(vp_kernel: Callable[..., Any]) -> None:
    """Against Simpson's rule and `math`; numbers and arrays of times, from 1e-15 to 1, rising and falling beta."""
    student = Function(vp_kernel, "vp_kernel")
    times = [
        0.3,
        1,
        1e-15,
        0.0,
        np.array([1e-9, 0.02, 0.7, 0.4]),
        np.array([1.0]),
        np.array([[0.1, 0.9], [0.5, 1e-5]]),
    ]
    betas = [(0.1, 20.0), (2.0, 2.0), (0.1, 1.0), (0.5, 10.0), (0.1, 20.0), (60.0, 100.0), (8.0, 0.01)]
    for rng in draws(1311, 2):
        times.append(rng.uniform(size=5))
        betas.append(tuple(np.exp(rng.normal(0, 1, size=2)).tolist()))
    times.append(next(draws(1312, 1)).uniform(size=MANY))
    betas.append((0.1, 20.0))
    for low, high in ((1, 20), (1e-6, 20)):  # times of each size, so also where the slope of beta begins to count
        times.append(np.geomspace(1e-14, 0.9, 60))
        betas.append((low, high))
    why = ("the exponential of minus half the integral of beta", "the root of 1 - alpha squared, with all its digits")
    for t, (low, high) in zip(times, betas, strict=True):
        expected = _kernel(np.asarray(t, dtype=float), low, high)
        parts = student(t, low, high).unpack("alpha", "sigma")
        for part, wanted, because in zip(parts, expected, why, strict=True):
            part.close(wanted, f"{because}. See section 2.", atol=1e-14)


@oracle
def _reversed(x: np.ndarray, score: np.ndarray, beta: float, step: float, noise: np.ndarray | None) -> np.ndarray:
    """Element by element, from f and g: time runs by -step."""
    moved = np.empty_like(x)
    for place in np.ndindex(*x.shape):
        drift, g = -0.5 * beta * x[place], math.sqrt(beta)
        if noise is None:
            moved[place] = x[place] - step * (drift - 0.5 * g**2 * score[place])
        else:
            moved[place] = x[place] - step * (drift - g**2 * score[place]) + g * math.sqrt(step) * noise[place]
    return moved


def check_reverse(reverse_step: Callable[..., Any]) -> None:
    """Against loops over elements, with noise and with None for the same points; small and large beta and steps.

    A beta may be a whole number.
    """
    student = Function(reverse_step, "reverse_step")
    for rng, n, d, scale in _columns(1313, (1.0, 3.0, 1e-6, 80.0, 0.1, 1e3, 1.0)):
        x, score, noise = scale * rng.normal(size=(3, d, n)).transpose(0, 2, 1)
        if d == 6:
            noise[:] = 0  # the SDE it is all the same
        beta, step = float(np.exp(rng.normal(1, 1.5))), float(np.exp(rng.normal(-3, 1.5)))
        beta = 3 if d == 1 else beta
        for kick, why in (
            (noise, "the SDE has the drift f - g² s, and g times the root of the step times the noise"),
            (None, "the ODE has half the factor at the score, and no noise"),
        ):
            expected = _reversed(x, score, beta, step, kick)
            student(x, score, beta, step, kick).close(expected, f"{why}. See section 2.", atol=tiny(expected))


# --- section 3: an ordinary equation ----------------------------------------------------------------------------------


def _require_noise(sigma: Any) -> None:
    """A number that is asked for at the noise level 0 and thrown away leaves no trace: so there is none."""
    if not np.all(np.asarray(sigma) > 0):
        raise ValueError("the score does not exist at the noise level 0: do not ask for it there")


def spring(y: Any, sigma: float) -> np.ndarray:
    """The score of Gaussian data whose mean is not 0, with noise; there is none at the noise level 0."""
    _require_noise(sigma)
    return (0.7 - np.asarray(y, dtype=float)) / (0.5 + sigma**2)


def stiff(y: Any, sigma: float) -> np.ndarray:
    """The score of data that hardly scatter, with noise: large where there is little of it; there is none without."""
    _require_noise(sigma)
    return -np.asarray(y, dtype=float) / (1e-12 + sigma**2)


def spring_divergence(y: Any, sigma: float) -> np.ndarray:
    """That of `spring`: (n, d) -> (n,)."""
    n, d = np.shape(y)
    return np.full(n, -d / (0.5 + sigma**2))


def waves(y: Any, sigma: float) -> np.ndarray:
    """A field that is no straight line, in which the coordinates are coupled; it lives at the noise level 0, too."""
    y = np.asarray(y, dtype=float)
    return np.sin(y + sigma) + 0.3 * np.roll(y, 1, axis=1) - 0.1 * y


def waves_divergence(y: Any, sigma: float) -> np.ndarray:
    """That of `waves`, for two dimensions or more: (n, d) -> (n,)."""
    y = np.asarray(y, dtype=float)
    return np.sum(np.cos(y + sigma), axis=1) - 0.1 * y.shape[1]


def calm(y: Any, sigma: float) -> np.ndarray:
    """The score of N(0, 1) data with noise, also without any."""
    return -np.asarray(y, dtype=float) / (1 + sigma**2)


def calm_divergence(y: Any, sigma: float) -> np.ndarray:
    """That of `calm`: (n, d) -> (n,)."""
    n, d = np.shape(y)
    return np.full(n, -d / (1 + sigma**2))


@oracle
def _heun(score: Callable[..., Any], y: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Heun's method in the form of a predictor and a corrector."""
    for k in range(len(sigmas) - 1):
        now, then = float(sigmas[k]), float(sigmas[k + 1])
        first = -now * score(y, now)
        predicted = y + (then - now) * first
        corrected = y + (then - now) / 2 * (first - then * score(predicted, then)) if then > 0 else predicted
        y = corrected
    return y


def check_heun(heun_sampler: Callable[..., Any]) -> None:
    """Against a predictor and corrector; one step and more, levels that end at 0, above or just above, many points.

    Down to 0 the score raises an error there, so that who asks for it fails. In many steps also against what is exact.
    """
    student = Function(heun_sampler, "heun_sampler")
    cases = [(spring, 1, 1, 2, 1.0), (spring, 3, 2, 6, 30.0), (waves, 2, 3, 5, 1.0), (waves, 4, 2, 2, 3.0),
             (spring, 5, 5, 9, 400.0), (waves, MANY, 2, 3, 0.5), (spring, 2, 1, 4, 1e-3), (spring, 3, 3, 3, 90.0),
             (waves, 3, 3, 7, 2.0), (stiff, 3, 2, 5, 1e-3), (stiff, 2, 2, 4, 1e-5),
             (stiff, 2, 2, 4, 5e-7)]  # fmt: skip
    why = "an Euler step, then the same step by the mean of the slopes at both ends, but Euler's alone down to 0"
    for number, (rng, (score, n, d, m, largest)) in enumerate(zip(draws(1321, len(cases)), cases, strict=True)):
        sigmas = largest * np.cumprod(np.r_[1.0, rng.uniform(0.3, 0.9, size=m - 1)])
        if number % 2 == 0:
            sigmas[-1] = 0.0
        y = (largest if score is stiff else max(largest, 0.1)) * rng.normal(size=(d, n)).T
        expected = _heun(score, y, sigmas)
        student(score, y, sigmas).close(expected, f"{why}. See section 3.", atol=tiny(expected))
    for rng in draws(1322, 1):
        y, sigmas = 10 * rng.normal(size=(4, 2)), np.append(np.linspace(10**0.25, 1e-3**0.25, 100) ** 4, 0.0)
        exact = 0.7 + (y - 0.7) * np.sqrt(0.5 / 100.5)
        student(spring, y, sigmas).close(exact, "that is what the ODE gives in many steps. See section 3.", atol=2e-3)


@oracle
def _log_density(score: Callable[..., Any], divergence: Callable[..., Any], x: np.ndarray, sigmas: np.ndarray) -> list:
    """The same predictor and corrector on points and logarithm together; SciPy's normal density at the end."""
    y, log_p = x, np.zeros(len(x))
    for k in range(len(sigmas) - 1):
        now, then = float(sigmas[k]), float(sigmas[k + 1])
        first, lost = -now * score(y, now), now * divergence(y, now)
        predicted = y + (then - now) * first
        log_p = log_p + (then - now) / 2 * (lost + then * divergence(predicted, then))
        y = y + (then - now) / 2 * (first - then * score(predicted, then))
    end = scipy.stats.norm(0, float(sigmas[-1])).logpdf(y).sum(axis=1)
    return list(end - log_p)


def check_density(ode_log_density: Callable[..., Any]) -> None:
    """Against a predictor and corrector of points and logarithm; one step and many, from 0 and above, far points.

    In many steps also against SciPy's normal density.
    """
    student = Function(ode_log_density, "ode_log_density")
    calm_one, wavy, pulled = (calm, calm_divergence), (waves, waves_divergence), (spring, spring_divergence)
    cases = [(*calm_one, 1, 1, 2, 1.0, 0.0), (*pulled, 3, 2, 5, 20.0, 0.1), (*wavy, 2, 3, 4, 1.0, 0.0),
             (*wavy, 4, 2, 2, 1.0, 0.3), (*pulled, 5, 4, 8, 200.0, 1e-3), (*calm_one, MANY, 2, 3, 2.0, 0.0),
             (*pulled, 2, 1, 6, 3.0, 0.5), (*wavy, 3, 3, 5, 1.5, 0.1), (*pulled, 2, 300, 3, 90.0, 0.1)]  # fmt: skip
    why = "the normal density at the end less the change of the logarithm, by the mean of its slopes in each step"
    for rng, (score, divergence, n, d, m, largest, first) in zip(draws(1331, len(cases)), cases, strict=True):
        inner = first + (largest - first) * np.sort(rng.uniform(size=m - 2)) ** 2
        sigmas = np.concatenate([[first], inner, [largest]])
        x = (8.0 if n == 5 else 1.0) * rng.normal(size=(d, n)).T
        expected = np.array(_log_density(score, divergence, x, sigmas))
        student(score, divergence, x, sigmas).close(expected, f"{why}. See section 3.")
    for rng in draws(1332, 1):
        x = rng.normal(size=(5, 3))
        exact = scipy.stats.norm.logpdf(x).sum(axis=1)
        found = student(calm, calm_divergence, x, np.linspace(0, 100**0.25, 240) ** 4)
        found.close(exact, "that is the exact density of a normal, to three digits. See section 3.", atol=5e-3)


# --- section 4: a network ---------------------------------------------------------------------------------------------


def _factors(sigma: Any, data_sd: float) -> tuple[Any, Any, Any]:
    """From the three wishes: the regression of x on y, what remains of x, and the spread of y."""
    skip = data_sd * data_sd / (data_sd * data_sd + sigma * sigma)
    remains = np.sqrt(((1 - skip) * data_sd) ** 2 + (skip * sigma) ** 2)
    return skip, remains, 1 / np.hypot(sigma, data_sd)


def check_preconditioning(preconditioning: Callable[..., Any]) -> None:
    """Against the variances of the three wishes; numbers, arrays, tensors, small and large noise, and compiled.

    In single precision, too, c_out has its digits where there is little noise; 1 - c_skip has none there.
    """
    student = Function(preconditioning, "preconditioning")
    compiled = Function(beside(preconditioning, as_compiled, preconditioning), "preconditioning, compiled,")
    why = (
        "the covariance of x and y over the variance of y",
        "the standard deviation of x - c_skip y, which is positive",
        "one over the standard deviation of y",
    )
    sigmas: list[Any] = [1.0, 0.02, 90.0, 3]
    for rng, n in zip(draws(1341, 4), (1, 3, 5, MANY), strict=True):
        sigmas += [np.exp(rng.normal(0, 2, size=(n, 1))), np.exp(rng.normal(0, 2, size=(n, 1)))]
    sigmas += [np.array([1e-4, 1e4]), np.array([0.5, 2.0, 0.1])]
    spreads = [1.0, 2.0, 0.5, 2, 1.0, 0.03, 40.0, 0.5, 1.0, 3.0, 1.0, 2.0, 0.7, 60.0]
    for number, (sigma, data_sd) in enumerate(zip(sigmas, spreads, strict=True)):
        expected = _factors(sigma, data_sd)
        forms = [(student, sigma)]
        if np.ndim(sigma) == 2 and number % 2:
            single = tf.constant(sigma, tf.float32)
            forms = [(student, single), (compiled, single)]
        for function, given in forms:
            parts = function(given, data_sd).unpack("c_skip", "c_out", "c_in")
            for part, wanted, because in zip(parts, expected, why, strict=True):
                # In single precision, what is taken away from 1 is off by up to 5e-7, if c_in is squared for it.
                part.close(wanted, f"{because}. See section 4.", atol=1e-9 if given is sigma else 1e-6)


def check_network(build_network: Callable[..., Any]) -> None:
    """Properties at weights that the grader draws: shapes, size, all inputs count for all outputs, no bounds."""
    for rng, (d, hidden) in zip(draws(1351, 3), ((2, 24), (1, 16), (5, 130)), strict=True):
        network = built(
            build_network, "build_network", d, hidden,
            inputs=(d + 1,), outputs=(d,), most=100_000, see="See section 4.",
        )  # fmt: skip
        network.require_hidden(hidden, d + 1, d, (3, 4))
        x = rng.normal(size=(12, d + 1)).astype(np.float32)
        network.require_outputs(network.require_steady(1352, x), "outputs")
        network.require_inputs(1353, x, one_column_changed(x, "input"), each=True)
        network.require_unbounded(1354, x, 1e4, LARGER)
        network.require_bent(1355, x, np.ones(d + 1, np.float32))
        network.require_bends(1357, x)


def _missed(target: Any, answer: Any) -> Any:
    """The mean over the batch of squared distances; for `stepped`."""
    return tf.reduce_mean(tf.reduce_sum((answer - target) ** 2, axis=1))


def _given_and_wanted(
    x: np.ndarray, sigma: np.ndarray, noise: np.ndarray, data_sd: float
) -> tuple[np.ndarray, np.ndarray]:
    """What the network is given for a batch, and what it must give, in float64 before it is rounded."""
    x, sigma, noise = (part.astype(float) for part in (x, sigma, noise))
    skip, out, into = _factors(sigma, data_sd)
    y = x + sigma * noise
    given = np.concatenate([into * y, np.log(sigma) / 4], axis=1)
    return given.astype(np.float32), ((x - skip * y) / out).astype(np.float32)


# With the standard deviation of the data; how far the network is from the best one, times that of one drawn at random:
# a small loss has digits, and a large one counts, too; and how far the logarithms of noise levels scatter, or None for
# levels from 0.005 to 200: below, single precision loses digits.
_STEPS = (
    (StepCase(16, (3, 4, 2), ("SGD", 0.05, {})), 1.0, 1.0, 1.2),
    (StepCase(5, (4, 4, 3), ("SGD", 0.02, {"decay": 0.25}), compiled=True), 2.5, 1.0, 1.2),
    (StepCase(1, (2, 4, 1), ("Adam", 0.05, {}), compiled=True), 0.4, 1.0, 1.2),
    (StepCase(6, (3, 4, 2), ("SGD", 0.05, {"momentum": 0.9}), frozen=1), 1.0, 1.0, 1.2),
    (StepCase(7, (3, 4, 2), ("SGD", 0.5, {})), 1.0, 0.02, 1.2),
    (StepCase(9, (3, 4, 2), ("SGD", 0.05, {})), 1.0, 1.0, None),
    (StepCase(4, (3, 4, 2), ("SGD", 1e-5, {})), 1.0, 100.0, 1.2),
    (StepCase(8, (3, 4, 2), ("SGD", 0.05, {})), 1e-3, 1.0, 1.2),
    (StepCase(MANY, (3, 2), ("SGD", 1e-7, {})), 1.0, 3000.0, 1.2),
)


def check_step(train_step: Callable[..., Any]) -> None:
    """Two steps each, by several optimisers, of networks with and without frozen layers, some of them compiled.

    Loss and weights are those of automatic differentiation on a copy, which is given what the network must give.
    """
    for rng, (case, data_sd, far, scatter) in zip(draws(1361, len(_STEPS)), _STEPS, strict=True):
        weights, batches = [far * array for array in case.weights(rng)], []
        for _ in range(2):
            x, noise = rng.normal(size=(2, case.n, case.sizes[-1]))
            sigma = np.exp(rng.normal(0, scatter or 1.0, size=(case.n, 1)))
            sigma = sigma if scatter else np.geomspace(0.005, 200, case.n)[:, None]
            if data_sd < 0.1:  # noise of the size of the data: else 1 less a share loses digits in single precision
                sigma = data_sd * sigma
            # with all of the first part, the best guess is right, and the network has nothing to add
            noise = (1 - far) * sigma / data_sd * x + far * noise
            batches.append(tuple(part.astype(np.float32) for part in (data_sd * x, sigma, noise)))
        given = [(*map(tf.constant, batch), data_sd) for batch in batches]
        within = [_given_and_wanted(*batch, data_sd) for batch in batches]
        case.require(train_step, "train_step", weights, _missed, within, given, "See section 4.")


# --- section 5: codes, and what is near -------------------------------------------------------------------------------


@oracle
def _principal(rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvectors of the covariance matrix, by SciPy."""
    mean = np.array([math.fsum(column) / len(rows) for column in rows.T])
    away = rows - mean
    values, vectors = scipy.linalg.eigh(away.T @ away / len(rows))
    return mean, vectors[:, ::-1][:, :k].T, np.sqrt(np.maximum(values[::-1][:k], 0))


def check_components(principal_components: Callable[..., Any]) -> None:
    """Against eigenvectors of the covariance matrix, of either sign; few and many rows, one component and all.

    Some rows do not vary along the last component: round-off must not make its variance negative.
    """
    student = Function(principal_components, "principal_components")
    cases = [(3, 2, 1, 1.0), (8, 3, 3, 1.0), (5, 9, 3, 20.0), (40, 5, 2, 1e-5), (MANY, 4, 4, 3.0), (6, 1, 1, 1.0),
             (30, 12, 6, 400.0), (6, 6, 5, 1.0), *((7, p, p, 1.0) for p in (2, 3, 4, 5, 6))]  # fmt: skip
    for rng, (n, p, k, scale) in zip(draws(1371, len(cases)), cases, strict=True):
        turn = scipy.stats.ortho_group.rvs(p, random_state=rng) if p > 1 else np.ones((1, 1))
        sizes = 0.6 ** np.arange(p)
        if n == 7:
            sizes[-1] = 0.0
        rows = scale * (rng.normal(size=(p, n)).T * sizes @ turn + 3 * rng.normal(size=p))
        mean, vectors, spreads = _principal(rows, k)
        parts = student(rows, k).unpack("the mean", "the components", "the standard deviations")
        parts[0].close(mean, "the mean over the rows. See section 5.", atol=tiny(mean))
        found = parts[1].array((k, p))
        for number, (one, wanted) in enumerate(zip(found, vectors, strict=True)):
            sign = 1.0 if one @ wanted > 0 else -1.0
            near = Result(sign * one, f"component {number} from {parts[1].called.partition(' from ')[2]}")
            near.close(wanted, "a direction of length 1, orthogonal to those before. See section 5.", atol=1e-4)
        why = "the root of the mean over n of the squares along each component"
        parts[2].close(spreads, f"{why}. See section 5.", atol=tiny(spreads))
    for rng in draws(1374, 1):  # four rows of rank 2 in six dimensions: any third component that has length 1 will do
        rows = rng.normal(size=(4, 2)) @ rng.normal(size=(2, 6)) + rng.normal(size=6)
        mean, vectors, spreads = _principal(rows, 3)
        parts = student(rows, 3).unpack("the mean", "the components", "the standard deviations")
        parts[0].close(mean, "the mean over the rows. See section 5.", atol=tiny(mean))
        parts[2].close(spreads, f"{why}. See section 5.", atol=tiny(spreads))
        found, called = parts[1].array((3, 6)), parts[1].called.partition(" from ")[2]
        Result(
            found @ found.T, f"The matrix of products of components from {called}, of data that vary along two,"
        ).close(
            np.eye(3),
            "each has length 1, and they are orthogonal, also where nothing varies. See section 5.",
            atol=1e-4,
        )
        signs = np.where(np.sum(found[:2] * vectors[:2], axis=1) > 0, 1.0, -1.0)[:, None]
        Result(signs * found[:2], f"The pair of first components from {called}").close(
            vectors[:2], "the directions in which the data vary most. See section 5.", atol=1e-4
        )


@oracle
def _nearest(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """SciPy's distances of all pairs; Python's smallest, of which it takes the first."""
    pairs = scipy.spatial.distance.cdist(a, b)
    numbers = [min(range(len(b)), key=row.__getitem__) for row in pairs]
    return pairs.min(axis=1), np.array(numbers)


def check_nearest(nearest: Callable[..., Any]) -> None:
    """Against SciPy's distances; one row, many, ties, rows that are the same, far from zero, tiny and large numbers."""
    student = Function(nearest, "nearest")
    cases = [(1, 1, 1, 1.0, 0.0), (4, 3, 2, 1.0, 0.0), (3, 6, 5, 1e-3, 0.0), (5, 4, 3, 200.0, 0.0),
             (2, MANY, 2, 1.0, 0.0), (MANY, 3, 2, 1.0, 0.0), (3, 3, 3, 1e-3, 1e3), (4, 5, 24, 1.0, -60.0),
             (9, 4, 2, 1e-9, 0.0), (3, 4, 2, 1e9, 0.0)]  # fmt: skip
    why = ("the Euclidean distance to the nearest row", "the number of the nearest row, the first if several are")
    for number, (rng, (n, m, d, scale, offset)) in enumerate(zip(draws(1372, len(cases)), cases, strict=True)):
        a = offset + scale * rng.normal(size=(d, n)).T
        b = offset + scale * rng.normal(size=(m, d))
        if number == 1:
            b[2] = b[1]
            a[0], a[1] = b[1], b[0] + 1e-3
        if m == MANY:
            a[0] = b[-1] + 1e-3
        expected = _nearest(a, b)
        parts = student(a, b).unpack("the distances", "the numbers")
        parts[0].close(expected[0], f"{why[0]}. See section 5.", atol=tiny(expected[0]))
        parts[1].close(expected[1], f"{why[1]}. See section 5.", rtol=0, atol=1e-3)
    grid = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 0.0]])
    for row, place in (([1.0, 0.0], 0), ([2.0, 0.0], 1), ([1.0, 1.0], 0), ([3.0, 3.0], 1), ([-1.0, 5.0], 2)):
        parts = student(np.array([row]), grid).unpack("the distances", "the numbers")
        parts[1].close(np.array([place]), f"{why[1]}. See section 5.", rtol=0, atol=1e-3)
    for rng in draws(1373, 1):  # ties among many, also of rows that are far from each other in b
        a, b = rng.integers(0, 6, size=(40, 2)).astype(float) + 0.5, rng.integers(0, 6, size=(MANY, 2)).astype(float)
        _, numbers = student(a, b).unpack("the distances", "the numbers")
        numbers.close(_nearest(a, b)[1], f"{why[1]}. See section 5.", rtol=0, atol=1e-3)


# --- section 6: under a condition -------------------------------------------------------------------------------------


@oracle
def _guided(denoised: np.ndarray, covariance: np.ndarray, z: np.ndarray, H: np.ndarray, r: float, sigma: float) -> Any:
    """Point by point: the gradient of TFP's log density of z for y, where D moves by V / sigma^2 times as much."""
    rows = []
    for mean, matrix in zip(denoised, covariance, strict=True):
        spread = tf.constant(H @ matrix @ H.T + r**2 * np.eye(len(z)))
        normal = tfd.MultivariateNormalTriL(np.zeros(len(z)), tf.linalg.cholesky(spread))
        step = tf.zeros(len(mean), tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(step)
            moved = mean + tf.linalg.matvec(matrix, step) / sigma**2
            value = normal.log_prob(z - tf.linalg.matvec(H, moved))
        rows.append(np.asarray(tape.gradient(value, step)))
    return np.array(rows)


def _conditional(
    y: np.ndarray, m: np.ndarray, C: np.ndarray, z: np.ndarray, H: np.ndarray, r: float, sigma: float
) -> Any:
    """For Gaussian data: the score of y given z less that of y, from the covariance of y and z together."""
    of_y = C + sigma**2 * np.eye(len(m))
    of_z, both = H @ C @ H.T + r**2 * np.eye(len(z)), C @ H.T
    gain = both @ np.linalg.inv(of_z)
    given = np.linalg.inv(of_y - gain @ both.T)
    return -(y - m - gain @ (z - H @ m)) @ given + (y - m) @ np.linalg.inv(of_y)


def check_guidance(guidance: Callable[..., Any]) -> None:
    """Against automatic differentiation point by point, and, for Gaussian data, the exact conditional score."""
    student = Function(guidance, "guidance")
    cases = [(1, 2, 1, 1.0, 1.0), (3, 3, 2, 0.3, 5.0), (4, 2, 2, 2.0, 0.1), (2, 1, 1, 0.05, 1.0), (5, 5, 1, 1.0, 30.0),
             (3, 2, 3, 0.7, 2.0), (2, 3, 3, 40, 3), (3, 3, 1, 1.0, 1e-2), (3, 4, 2, 1e-3, 1e-2),
             (3, 4, 3, 0.1, 1.0)]  # fmt: skip
    why = "V Hᵀ S⁻¹ (z - H D) / sigma², with S = H V Hᵀ + r² I, for each point by itself"
    for rng, (n, d, m, r, sigma) in zip(draws(1381, len(cases)), cases, strict=True):
        roots = rng.normal(size=(n, d, d + 1))
        covariance = min(sigma, 1.0) ** 2 * (roots @ roots.transpose(0, 2, 1) / d + 0.1 * np.eye(d))
        size = 100.0 if n == 5 else 2.0
        units = np.geomspace(0.1, 100.0, m)[:, None] if (d, m) == (4, 3) else 1.0  # measured in units of their own
        parts = (
            size * rng.normal(size=(d, n)).T,
            covariance,
            size * rng.normal(size=m),
            units * rng.normal(size=(m, d)),
        )
        expected = _guided(*parts, r, sigma)
        student(*parts, r, sigma).close(expected, f"{why}. See section 6.", atol=10 * tiny(expected))
    for rng, (n, d, m, r, sigma) in zip(
        draws(1382, 4),
        ((3, 3, 1, 0.3, 1.0), (4, 2, 2, 1.0, 0.2), (2, 4, 2, 0.1, 8.0), (MANY, 2, 1, 0.5, 1.5)),
        strict=True,
    ):
        root, mean, H = rng.normal(size=(d, d + 1)), rng.normal(size=d), rng.normal(size=(m, d))
        C = root @ root.T / d + 0.1 * np.eye(d)
        y, z = mean + 2 * max(sigma, 1.0) * rng.normal(size=(n, d)), rng.normal(size=m)
        V = np.linalg.inv(np.linalg.inv(C) + np.eye(d) / sigma**2)
        denoised = mean + (y - mean) @ np.linalg.inv(C + sigma**2 * np.eye(d)) @ C
        exact = _conditional(y, mean, C, z, H, r, sigma)
        found = student(denoised, np.tile(V, (n, 1, 1)), z, H, r, sigma)
        found.close(exact, "that is the exact conditional score of Gaussian data. See section 6.", atol=tiny(exact))


# --- what is trained --------------------------------------------------------------------------------------------------

_WEIGHTS = np.array([0.5, 0.3, 0.2])
_MEANS = np.array([[-2.0, 0.0], [1.5, 1.5], [1.0, -2.0]])
_WIDTHS = np.array([0.4, 0.3, 0.6])


def _blobs(n: int, rng: np.random.Generator) -> np.ndarray:
    """Points (n, 2) of the notebook's data."""
    blob = np.searchsorted(np.cumsum(_WEIGHTS)[:-1], rng.uniform(size=n), side="right")
    return rng.normal(_MEANS[blob], _WIDTHS[blob, None])


def _denoiser(network: Any, called: str, d: int, data_sd: Any) -> Callable[[np.ndarray, float], np.ndarray]:
    """D(y, sigma) of a trained network itself, as a graph, scaled by this module."""
    compiled = graph_of(network, called, (d + 1,))
    spread = Result(data_sd, "the standard deviation of the data").number()

    def denoised(y: np.ndarray, sigma: float) -> np.ndarray:
        skip, out, into = _factors(sigma, spread)
        given = np.column_stack([into * y, np.full(len(y), math.log(sigma) / 4)])
        answers = np.asarray(compiled(given.astype(np.float32)), dtype=float)
        require(answers.shape == y.shape, f"{called} gives the shape {answers.shape} for inputs {given.shape}.")
        require(np.isfinite(answers).all(), f"{called} gives values that are nan or infinite.")
        return skip * y + out * answers

    return denoised


def _draw(denoised: Callable[[np.ndarray, float], np.ndarray], y: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Samples by Heun's method, in the form dy / dsigma = (y - D) / sigma."""
    for now, then in itertools.pairwise(sigmas):
        slope = (y - denoised(y, now)) / now
        moved = y + (then - now) * slope
        if then > 0:
            moved = y + (then - now) * (slope + (moved - denoised(moved, then)) / then) / 2
        y = moved
    return y


def _levels(n: int, largest: float) -> np.ndarray:
    """Noise levels as in the notebook, with 0 at the end."""
    return np.append(np.linspace(largest ** (1 / 7), 0.02 ** (1 / 7), n) ** 7, 0.0)


def _score_error(network: Any, data_sd: Any) -> tuple[float, float]:
    """The largest relative error of the score over `LEVELS`, and the level where it is."""
    denoised, errors = _denoiser(network, "network", 2, data_sd), {}
    for sigma in LEVELS:
        rng = np.random.default_rng(13001)
        y = _blobs(NUMBER, rng) + sigma * rng.normal(size=(NUMBER, 2))
        exact = _score(y, sigma, _WEIGHTS, _MEANS, _WIDTHS)
        learnt = (denoised(y, sigma) - y) / sigma**2
        errors[sigma] = float(np.sqrt(np.mean((learnt - exact) ** 2) / np.mean(exact**2)))
    worst = max(errors, key=errors.get)
    return errors[worst], worst


def check_learnt_score(network: Any, data_sd: Any) -> None:
    """The relative error of the score on 2000 new noisy points at each of five levels, against the exact one."""
    error, sigma = _score_error(network, data_sd)
    found = f"The relative error of the score that your network has learnt is {error:.3f} at the noise level {sigma:g}"
    Measured(error, found).at_most(
        CEILINGS["score_error"][0],
        "does the training loss still fall at the end, and is each noise level trained? See section 4.",
    )


def _energy(network: Any, data_sd: Any) -> float:
    """The energy distance of 2000 samples from a network to 4000 points of the data."""
    rng = np.random.default_rng(13002)
    made = _draw(_denoiser(network, "network", 2, data_sd), 10 * rng.normal(size=(NUMBER, 2)), _levels(24, 10.0))
    data = _blobs(2 * NUMBER, rng)
    between = scipy.spatial.distance.cdist(made, data).mean()
    within = scipy.spatial.distance.pdist(made).mean() + scipy.spatial.distance.pdist(data).mean()
    return float(2 * between - within)


def check_learnt_samples(network: Any, data_sd: Any) -> None:
    """The energy distance of samples to data: about 0 for the exact score, where it scatters by 0.002."""
    value = _energy(network, data_sd)
    Measured(value, f"2000 points made with your network have an energy distance of {value:.4f} to the data").at_most(
        CEILINGS["energy"][0], "does the training loss still fall at the end? See section 4."
    )


@functools.cache
def _released() -> np.ndarray:
    """The 5000 stamps that the notebook learns from, a copy: rows (5000, 1024) in units of the noise."""
    with np.load(DATA / "galaxies_released.npz", allow_pickle=False) as file:
        images = file["pixels"][file["part"] != "test"] * float(file["step"])
        return stabilised(images, float(file["noise"])).reshape(-1, PIXELS)


@functools.cache
def _largest_variances() -> np.ndarray:
    """Of these rows, along their first 24 principal components; the smallest first."""
    covariance = np.cov(_released().T, bias=True)
    return scipy.linalg.eigh(covariance, eigvals_only=True, subset_by_index=(PIXELS - CODES, PIXELS - 1))


def _transform(parts: Any) -> tuple[list[np.ndarray], np.ndarray]:
    """Mean row, components, spreads, mean and standard deviation of bent codes; and the codes of released stamps.

    What a student's cells say of codes is not believed: they are made here. The components must carry the variance of
    the released stamps: along noise, copies would be new. The 24th has 3.7 of it, noise has 1; half is asked for, which
    components of a tenth of the stamps have, too.
    """
    names = ("mean_row", "components", "spreads")
    shapes = ((PIXELS,), (CODES, PIXELS), (CODES,))
    mean_row, components, spreads = (
        Result(part, name).array(shape) for part, name, shape in zip(parts, names, shapes, strict=True)
    )
    off = float(np.abs(components @ components.T - np.eye(CODES)).max())
    require(
        off <= 1e-3,
        f"The product of two components of the stamps is off by {off:.3g}, expected 1 of each with itself and 0 of two "
        "others: they have length 1 and are orthogonal. See section 5.",
    )
    along = (_released() - mean_row) @ components.T
    least = float(np.min(np.linalg.eigvalsh(np.cov(along.T, bias=True)) / _largest_variances()))
    require(
        least >= 0.5,
        f"Along some of the 24 components the stamps have {least:.2g} times the variance that they have along the "
        "principal ones, expected at least 0.5: the codes hold noise in place of galaxies. See section 5.",
    )
    require(
        spreads.min() > 0,
        f"The smallest of the 24 standard deviations along components of the stamps is {spreads.min():.3g}, expected a "
        "positive one: codes are divided by them. See section 5.",
    )
    bent = np.arcsinh(1.5 * along / spreads)
    middle, width = bent.mean(axis=0), bent.std(axis=0)
    return [mean_row, components, spreads, middle, width], (bent - middle) / width


def _new_codes(network: Any) -> tuple[np.ndarray, np.random.Generator]:
    """2000 codes that a network makes, and the generator that goes on."""
    rng = np.random.default_rng(13003)
    denoised = _denoiser(network, "galaxy_network", CODES, 1.0)
    return _draw(denoised, 15 * rng.normal(size=(NUMBER, CODES)), _levels(24, 15.0)), rng


def _statistics(network: Any, transform: Any) -> dict[str, float]:
    """The KS statistic of each measurement, 2000 made galaxies against 2000 held-out ones."""
    (mean_row, components, spreads, bent_mean, bent_sd), _ = _transform(transform)
    codes, rng = _new_codes(network)
    along = spreads / 1.5 * np.sinh(np.clip(bent_mean + bent_sd * codes, -20, 20))
    noise = rng.normal(size=(NUMBER, PIXELS))
    rows = mean_row + along @ components + noise - noise @ components.T @ components
    return distances(measured(in_electrons(rows.reshape(-1, 32, 32), held_out()[2])))


def check_galaxies(network: Any, transform: Any, tier: int) -> None:
    """KS statistics of five measurements, 2000 made galaxies against 2000 held-out ones, as in `vae`.

    Two samples of 2000 from one distribution exceed 0.0617 once in 1000 times for each measurement.
    """
    statistics = _statistics(network, transform)
    worst = max(statistics, key=statistics.get)
    found = f"The KS statistic of the measured {worst} of 2000 generated galaxies is {statistics[worst]:.3f}"
    judged = Measured(statistics[worst], found)
    judged.at_least(THRESHOLDS["ks"][0], "two samples of real galaxies are not as alike. See section 5.")
    judged.at_most(
        CEILINGS["ks"][tier - 1],
        "it is distributed unlike that of real galaxies: does the loss still fall at the end? See section 5.",
    )


def _newness(network: Any, transform: Any) -> float:
    """The median distance of new codes to the nearest training code, in units of that of held-out galaxies."""
    (mean_row, components, spreads, bent_mean, bent_sd), learnt = _transform(transform)
    images, _, noise = held_out()
    along = (stabilised(images, noise).reshape(-1, PIXELS) - mean_row) @ components.T
    real = (np.arcsinh(1.5 * along / spreads) - bent_mean) / bent_sd
    near = [
        np.median(scipy.spatial.distance.cdist(some, learnt).min(axis=1)) for some in (_new_codes(network)[0], real)
    ]
    return float(near[0] / near[1])


def check_newness(network: Any, transform: Any) -> None:
    """New galaxies are as far from the training set as held-out ones are; the median of 2000 scatters by 0.01.

    Those that are much farther are no galaxies: codes of one Gaussian, or of a network that has learnt nothing, have
    1.6. How often the reference misses: docs/thresholds/diffusion.json.
    """
    value = _newness(network, transform)
    found = (
        f"The median distance of new galaxies to the nearest training one is {value:.2f} times that of held-out ones"
    )
    judged = Measured(value, found)
    judged.at_least(THRESHOLDS["newness"][0], "are these copies? See section 5.")
    judged.at_most(CEILINGS["newness"][0], "these are unlike real ones. Does the training loss fall? See section 5.")


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    transform = tuple(namespace[name] for name in ("mean_row", "components", "spreads"))
    return {
        "score_error": _score_error(namespace["network"], namespace["DATA_SD"])[0],
        "energy": _energy(namespace["network"], namespace["DATA_SD"]),
        "ks": max(_statistics(namespace["galaxy_network"], transform).values()),
        "newness": _newness(namespace["galaxy_network"], transform),
    }
