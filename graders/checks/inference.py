"""What is right in `inference`: loops, SciPy, closed forms and float64; trained flows against the exact posterior.

A trained flow is judged by its networks, on pairs of this module's own, and not by functions of the notebook. Over
pairs, the KL is the mean of ln p(theta|x) - ln q(theta|x) with the exact posterior p: in expectation it is a KL
divergence, which no normalised q makes negative.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.changes import one_column_changed
from graders.checks.domains import MANY
from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, beside, draws, fail, require
from graders.checks.networks import LARGER, ORDINARY, Network, answers_of, graph_beside
from graders.checks.oracles import oracle
from graders.checks.steps import dense_network
from graders.checks.trained import Measured

CEILINGS = {
    "kl_without_200": (1.8,),  # nats above the exact posterior
    "kl_with_50": (0.9,),
    "kl_with_200": (0.3,),
    "ratio_50": (0.9,),  # with the score, that without being 1
    "ratio_200": (0.9,),
}
THRESHOLDS = {"lowest_sigmas": (-5.0,)}  # below, it is better than the best
HELD_OUT = 1000

# --- section 1: rejection ---------------------------------------------------------------------------------------------


@oracle
def _near(theta: np.ndarray, x: np.ndarray, observed: np.ndarray, scales: np.ndarray, epsilon: float) -> np.ndarray:
    """One simulation at a time."""
    kept = []
    for one, data in zip(theta, x, strict=True):
        squares = [((a - b) / s) ** 2 for a, b, s in zip(data, observed, scales, strict=True)]
        if math.sqrt(math.fsum(squares) / len(squares)) <= epsilon:
            kept.append(one)
    return np.array(kept).reshape(-1, theta.shape[1])


def check_rejection(nearby_simulations: Callable[..., Any]) -> None:
    """Against a loop; one and many simulations, near and far, none and all kept, the same parameters or data twice.

    Distances are epsilon, or a little more.
    """
    student = Function(nearby_simulations, "nearby_simulations")
    why = "those whose root mean square of (x - observed) / scales is at most epsilon. See section 1."
    cases = [(1, 1, 1, 5.0), (6, 2, 3, 1.0), (5, 5, 5, 1.2), (40, 3, 2, 0.7), (MANY, 2, 4, 2.0), (9, 2, 2, 1e-3),
             (60, 1, 4, 50.0), (30, 2, 1, 0.5), (6, 2, 3, 0.8), (1, 3, 2, 9.0)]  # fmt: skip
    for number, (rng, (n, p, d, epsilon)) in enumerate(zip(draws(seed=1011, count=len(cases)), cases, strict=True)):
        scales = np.exp(2 * rng.normal(size=d)) * 10.0 ** (number - 3)
        observed = 60 * scales * rng.normal(size=d)
        far = 10.0 ** rng.uniform(0, 3, size=(n, 1)) if epsilon > 10 else 1.0
        x = observed + far * scales * rng.normal(size=(d, n)).T
        theta = rng.normal(size=(p, n)).T * (1 if number % 2 else 1e-8)
        expected = _near(theta, x, observed, scales, epsilon)
        tiny = 1e-6 * float(np.abs(expected).max(initial=0.0))
        student(theta, x, observed, scales, epsilon).close(expected, why, atol=tiny)
    theta = np.array([[2.0], [1.0], [4.0], [2.0], [2.0], [3.0], [5.0]])
    x = np.array([[1.0, 1.0], [-1.0, 1.0], [1.5, 0.0], [0.0, 1.0], [9.0, 9.0], [1.0003, 1.0003], [1.0, 1.0]])
    for units in (1.0, -0.5):  # the second answer has the shape of the first
        student(units * theta, x, np.zeros(2), np.ones(2), 1.0).close(units * theta[[0, 1, 3, 6]], why)


# --- section 2: ratio and likelihood ----------------------------------------------------------------------------------


@oracle
def _ratio(logits: np.ndarray, prior: np.ndarray, area: float) -> np.ndarray:
    """SciPy's sum of exponentials."""
    with np.errstate(divide="ignore"):
        joint = logits + np.log(prior)
    return np.exp(joint - scipy.special.logsumexp(joint, axis=1, keepdims=True)) / area


def check_ratio(ratio_posterior: Callable[..., Any]) -> None:
    """Against SciPy; one data set, one cell, priors with zeros or of any size, the largest logit there, or the lowest.

    Logits are between -5000 and 5000, as the text says.
    """
    student = Function(ratio_posterior, "ratio_posterior")
    why = "prior times the exponential of the logit, divided by its sum times the area. See section 2."
    cases = [(1, 1, 0.0, 1.0), (3, 4, 0.0, 2.0), (2, 7, 4950.0, 0.1), (4, 5, -4950.0, 1e-3), (2, 4, 700.0, 1e5),
             (3, 6, 0.0, 1e-7), (MANY, 3, 10.0, 1.0), (2, MANY, 0.0, 0.01), (4, 9, -30.0, 1.0),
             (1, 3, 0.0, 1.0), (4, 9, 3.0, 0.2)]  # fmt: skip
    for number, (rng, (n, m, shift, area)) in enumerate(zip(draws(seed=1021, count=len(cases)), cases, strict=True)):
        prior, logits = rng.gamma(1.0, 1.0, size=m) * 10.0 ** (-number), shift + 4 * rng.normal(size=(m, n)).T
        if m > 4:
            prior[[1, 3]] = 0.0
            logits[:, 1], logits[:, 3] = 5000.0, -5000.0
        if number == 1:
            logits[0] += 4000.0
        if number == 8:  # far out, where the prior is low, the data may be for it
            decades = rng.uniform(0, 14, size=m)
            prior, logits = prior * 10.0**-decades, np.where(prior > 0, logits + np.log(10) * decades, logits)
        expected = _ratio(logits, prior, area)
        student(logits, prior, area).close(expected, why, atol=1e-6 * float(expected.max()))


@oracle
def _fit(features: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By a QR decomposition of scaled features, and a sum of outer products."""
    size = np.abs(features).max(axis=0)
    q, r = np.linalg.qr(features / size)
    weights = np.linalg.solve(r, q.T @ x) / size[:, None]
    residuals = x - features @ weights
    return weights, sum(np.outer(row, row) for row in residuals) / len(x)


def check_likelihood(fit_likelihood: Callable[..., Any]) -> None:
    """Against a QR decomposition; one feature, one band, few and many simulations, any units."""
    student = Function(fit_likelihood, "fit_likelihood")
    cases = [(2, 1, 1, 1.0, 1.0), (5, 2, 3, 1.0, 1.0), (4, 3, 4, 1e-6, 1.0), (30, 6, 2, 1e6, 1.0),
             (MANY, 3, 2, 1.0, 1.0), (6, 5, 6, 100.0, 1.0), (20, 3, 2, 1.0, 1e-8), (5, 2, 3, 2.0, 1.0),
             (6, 1, 4, 1.0, 1.0)]  # fmt: skip
    for rng, (n, f, d, scale, unit) in zip(draws(seed=1022, count=len(cases)), cases, strict=True):
        features = rng.normal(size=(f, n)).T + 0.5
        x = scale * (rng.normal(size=(n, d)) + 3 * (-1) ** np.arange(d))  # correlated, with both signs
        features = features * unit * np.where(np.arange(f) == 1, unit**0.3, 1.0)  # one is smaller still
        weights, cov = _fit(features, x)
        parts = student(features, x).unpack("the weights", "the covariance")
        why = "the weights of least squares. See section 2."
        parts[0].close(weights, why, rtol=1e-3, atol=1e-6 * np.abs(weights).max())
        why = "the mean over simulations of the products of residuals. See section 2."
        parts[1].close(cov, why, rtol=1e-3, atol=1e-6 * np.abs(cov).max())


@oracle
def _bands(estimate: np.ndarray, power: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """SciPy's gamma distribution, of a shape of half the modes, whose mean is the power."""
    return np.array(
        [[math.fsum(scipy.stats.gamma.logpdf(seen, modes / 2, scale=2 * true / modes)) for true in power]
         for seen in estimate]
    )  # fmt: skip


def check_bands(log_band_powers: Callable[..., Any]) -> None:
    """Against SciPy's gamma distribution; one band, one mode, many, powers of any size, far-off models."""
    student = Function(log_band_powers, "log_band_powers")
    why = "the chi-squared density of each band, its factors of the powers included, summed over bands. See section 2."
    cases = [(1, 1, 1, 1.0), (3, 2, 4, 1.0), (2, 3, 3, 1e-15), (4, 4, 4, 1e9), (MANY, 2, 2, 60.0), (2, MANY, 1, 1.0),
             (3, 5, 2, 1e-3), (2, 2, MANY, 1.0), (3, 2, 4, 1.0), (1, 3, 4, 1.0)]  # fmt: skip
    for number, (rng, (k, m, d, scale)) in enumerate(zip(draws(seed=1023, count=len(cases)), cases, strict=True)):
        modes = rng.integers(1, 12 if number % 2 else 400, size=d)
        power = scale * np.exp(rng.normal(size=(d, m))).T
        estimate = scale * np.exp(rng.normal(size=(d, k))).T
        modes[0] = 1 if number == 0 else modes[0]
        student(estimate, power, modes).close(_bands(estimate, power, modes), why)
    modes = np.array([3, 40000])
    estimate, power = np.array([[1e-4, 1.002], [0.9, 1.0]]), np.array([[1.0, 1.0], [2.0, 1.001]])
    student(estimate, power, modes).close(_bands(estimate, power, modes), why)


# --- section 3: scores ------------------------------------------------------------------------------------------------


def _simulator(A: np.ndarray, Q: np.ndarray, B: np.ndarray, sigma: np.ndarray) -> Any:
    """The log-likelihood of x = A theta + Q theta^2 + B z theta_1 + noise, for `beside`."""

    def log_likelihood(theta: Any, z: Any, x: Any) -> Any:
        linear, square, latent = (tf.constant(part.T, theta.dtype) for part in (A, Q, B))
        mean = theta @ linear + theta**2 @ square + (z @ latent) * theta[:, :1]
        return -0.5 * tf.reduce_sum(((x - mean) / tf.constant(sigma, theta.dtype)) ** 2, axis=1)

    return log_likelihood


@oracle
def _joint(parts: list, theta: np.ndarray, z: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The derivative by hand, row by row."""
    A, Q, B, sigma = parts
    rows = []
    for t, latent, data in zip(theta, z, x, strict=True):
        off = (data - A @ t - Q @ t**2 - (B @ latent) * t[0]) / sigma**2
        slopes = A + 2 * Q * t
        slopes[:, 0] += B @ latent
        rows.append(off @ slopes)
    return np.array(rows)


def check_joint(joint_score: Callable[..., Any]) -> None:
    """Against a derivative by hand; simulators that bend, in which z multiplies theta; both precisions, one run."""
    student = Function(joint_score, "joint_score")
    why = "the derivative of each row's log-likelihood for that row's theta. See section 3."
    cases = [(1, 1, 1, 1, 1.0), (5, 2, 1, 4, 1.0), (3, 3, 3, 3, 0.5), (4, 2, 3, 1, 1e4), (MANY, 2, 1, 2, 1.0),
             (2, 4, 2, 5, 1e-2), (5, 2, 1, 4, 1.0), (1, 3, 2, 4, 1.0)]  # fmt: skip
    for dtype in ("float64", "float32"):
        for rng, (n, p, k, d, scale) in zip(draws(seed=1031, count=len(cases)), cases, strict=True):
            parts = [rng.normal(size=(d, p)), rng.normal(size=(d, p)), rng.normal(size=(d, k))]
            parts.append(scale * np.exp(0.3 * rng.normal(size=d)))
            theta, z = rng.normal(size=(n, p)).astype(dtype), rng.normal(size=(n, k)).astype(dtype)
            x = (scale * rng.normal(size=(n, d))).astype(dtype)
            expected = _joint(parts, *(part.astype("float64") for part in (theta, z, x)))
            function = beside(joint_score, _simulator, *parts)
            result = student(function, *(tf.constant(part) for part in (theta, z, x)))
            result.close(expected, why, rtol=1e-3, atol=1e-4 * min(1.0, float(np.abs(expected).max())))


@oracle
def _marginal(theta: np.ndarray, x: np.ndarray, A: np.ndarray, B: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The mean of the joint score over z given x and theta, row by row: z has the mean V B^T cov^-1 (x - A theta)."""
    inverse = np.linalg.inv(cov)
    spread = np.linalg.inv(np.eye(B.shape[1]) + B.T @ inverse @ B)
    rows = []
    for t, data in zip(theta, x, strict=True):
        off = data - A @ t
        rows.append(A.T @ inverse @ (off - B @ (spread @ B.T @ inverse @ off)))
    return np.array(rows)


def _covariance(rng: np.random.Generator, d: int, scale: float = 1.0) -> np.ndarray:
    """Of d bands in one unit; five bands have units that differ by up to a factor 100."""
    root, units = rng.normal(size=(d, d + 2)), scale * np.logspace(-1, 1, d) if d == 5 else np.full(d, scale)
    return np.outer(units, units) * (root @ root.T / d + 0.3 * np.eye(d))


def check_marginal(marginal_score: Callable[..., Any]) -> None:
    """Against the mean of the joint score over z; one to six bands, as many or more latent numbers, any noise."""
    student = Function(marginal_score, "marginal_score")
    why = "A^T times the inverse of the covariance of noise and latent numbers together, times x - A theta."
    cases = [(1, 1, 1, 1, 1.0), (4, 4, 2, 1, 1.0), (3, 3, 3, 3, 0.3), (2, 6, 2, 4, 1e-3), (5, 2, 2, 1, 200.0),
             (MANY, 3, 2, 2, 1.0), (2, 2, 1, 4, 1.0), (7, 5, 1, 2, 1e3), (4, 4, 2, 1, 1.0),
             (1, 3, 2, 2, 1.0)]  # fmt: skip
    for rng, (n, d, p, k, scale) in zip(draws(seed=1032, count=len(cases)), cases, strict=True):
        A, B, cov = rng.normal(size=(p, d)).T, scale * rng.normal(size=(d, k)), _covariance(rng, d, scale)
        A = min(scale, 1.0) * A  # so that x - A theta keeps its digits in single precision
        theta = 2 * rng.normal(size=(p, n)).T
        x = theta @ A.T + scale * rng.normal(size=(n, d))
        expected = _marginal(theta, x, A, B, cov)
        tiny = 1e-6 * float(np.abs(expected).max())
        student(theta, x, A, B, cov).close(expected, f"{why} See section 3.", rtol=1e-3, atol=tiny)


@oracle
def _scatter(A: np.ndarray, B: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """A^T cov^-1 B times z scatters like this, z having the covariance V given x and theta."""
    inverse = np.linalg.inv(cov)
    root = np.linalg.cholesky(np.linalg.inv(np.eye(B.shape[1]) + B.T @ inverse @ B))
    moved = A.T @ inverse @ B @ root
    return moved @ moved.T


def check_scatter(score_scatter: Callable[..., Any]) -> None:
    """Against the posterior of z; one to six bands, several latent numbers, correlated noise of any size."""
    student = Function(score_scatter, "score_scatter")
    why = "A^T times the difference of two inverses, of noise alone and of noise and latent numbers, times A."
    cases = [(1, 1, 1, 1.0), (4, 2, 1, 1.0), (3, 3, 3, 0.3), (6, 2, 4, 1e-3), (2, 2, 1, 200.0), (MANY // 10, 2, 3, 1.0),
             (2, 1, 4, 1.0), (5, 1, 2, 1e3), (3, 2, 3, 1e4), (4, 2, 1, 1.0)]  # fmt: skip
    for rng, (d, p, k, scale) in zip(draws(seed=1033, count=len(cases)), cases, strict=True):
        A, B, cov = rng.normal(size=(p, d)).T, scale * rng.normal(size=(d, k)), _covariance(rng, d, scale)
        expected = _scatter(A, B, cov)
        # It is a difference, and digits that are lost count in units of what it is taken from.
        tiny = 1e-5 * float(np.abs(expected).max()) + 1e-6 * float(np.abs(A.T @ np.linalg.solve(cov, A)).max())
        student(A, B, cov).close(expected, f"{why} See section 3.", rtol=1e-3, atol=tiny)


# --- section 4: a flow ------------------------------------------------------------------------------------------------


def _require_smooth(network: Network, seed: int, rng: np.random.Generator, inputs: int) -> None:
    """Along a line, second differences are not zero at nearly all points, as they are for straight pieces.

    For steps twice as long the largest is four times as large. It is only twice as large where the slope jumps.

    In units of the largest answer, the median is 5e-6 or more for tanh, softplus and the like, and below 4e-7, which is
    round-off, for straight pieces; the ratio is 3.7 or more, and 2.7 or less with corners (100 networks of each kind).
    """
    start, direction = rng.normal(size=(2, inputs))
    line = start + 2 * direction / np.linalg.norm(direction) * np.linspace(-3, 3, 601)[:, None]
    (answers,) = network.at(seed, 7, ORDINARY, line.astype(np.float32))
    once, twice = (np.abs(answers[:, 2 * k :] + answers[:, : -2 * k] - 2 * answers[:, k:-k]) for k in (1, 2))
    if np.median(np.median(twice, axis=1) / np.abs(answers).max(axis=1), axis=0).min() < 1.4e-6:
        network.fails("consists of straight pieces, so that its second derivative is zero: use a smooth activation.")
    if np.median(twice.max(axis=1) / once.max(axis=1), axis=0).min() < 3:
        network.fails("has corners, where its slope jumps: use a smooth activation in both hidden layers.")


def check_networks(build_networks: Callable[..., Any]) -> None:
    """Properties of each network at drawn weights: smooth, steady, of linear outputs, every input and output counts.

    There are two hidden layers of the size that was asked for, each with an activation, and new ones in each call.
    """
    student, see = Function(build_networks, "build_networks"), "See section 4."
    for rng, (number, hidden, n_data) in zip(
        draws(seed=1041, count=3), ((2, 40, 4), (1, 10, 1), (5, 6, 3)), strict=True
    ):
        result = student(number, hidden, n_data)
        models = [part.value for part in result.sequence(number, "networks")]
        again = [part.value for part in student(number, hidden, n_data).sequence(number, "networks")]
        weights = 0
        for place, model in enumerate(models):
            called = f"network {place} of {result.called}"
            if not callable(model) or getattr(model, "get_weights", None) is None or not model.get_weights():
                fail(f"{called} is not a Keras model that is ready for use: start it with tfk.Input. {see}")
            most = 6 * hidden * (hidden + n_data + 4) + 100
            network = Network(model, graph_beside(model, called, (1 + n_data,), most), called, see)
            x = rng.normal(size=(12, 1 + n_data)).astype(np.float32)
            answers = network.require_steady(1042, x)
            require(answers.shape[-1] == 2, f"{called} gives {answers.shape[-1]} numbers, expected 2. {see}")
            network.require_hidden(hidden, 1 + n_data, 2, (2, 2))
            network.require_outputs(answers, "outputs")
            network.require_inputs(1043, x, one_column_changed(x, "input"))
            network.require_unbounded(1044, x, 1e4, LARGER)
            network.require_linear_outputs(1049, x, (1, 2))
            _require_smooth(network, 1045, rng, 1 + n_data)
            network.require_activations(1048, x, hidden, 2)
            network.require_gradients((1 + n_data,))
            network.require_reached((1 + n_data,))
            weights += len(model.trainable_variables)
        shared = beside(build_networks, _number_of_weights, [*models, *again])
        require(
            shared == 2 * weights,
            f"{result.called} gives networks that share weights, with each other or with those of another call. {see}",
        )


def _number_of_weights(models: list) -> int:
    """How many different ones there are."""
    return len({id(weight) for model in models for weight in model.trainable_variables})


def _flow_in_numpy(weights: Sequence[list], theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Log q in float64: the Jacobian of a chain of layers, point by point and layer by layer."""

    def answer(parts: list, given: np.ndarray) -> np.ndarray:
        inner = np.tanh(given @ parts[0] + parts[1])
        return inner @ parts[2] + parts[3]

    pair, total = theta.astype(float), np.zeros(len(theta))
    for parts in weights:
        given = answer([part.astype(float) for part in parts], np.column_stack([pair[:, 0], x]))
        scale = np.exp(-2 * np.tanh(given[:, 1] / 2))
        pair, total = np.column_stack([(pair[:, 1] - given[:, 0]) * scale, pair[:, 0]]), total + np.log(scale)
    return scipy.stats.norm.logpdf(pair).sum(axis=1) + total


def _flow_in_tensorflow(weights: Sequence[list]) -> Callable[..., Any]:
    """The same for gradients."""

    def log_prob(theta: Any, x: Any) -> Any:
        theta, x = tf.convert_to_tensor(theta), tf.convert_to_tensor(x)
        total = 0.0
        for parts in weights:
            first, second, third, fourth = (tf.cast(part, theta.dtype) for part in parts)
            given = tf.tanh(tf.concat([theta[:, :1], x], 1) @ first + second) @ third + fourth
            log_scale = 2 * tf.tanh(given[:, 1] / 2)
            moved = (theta[:, 1] - given[:, 0]) * tf.exp(-log_scale)
            theta, total = tf.stack([moved, theta[:, 0]], 1), total + log_scale
        return -tf.reduce_sum(theta**2, 1) / 2 - total

    return log_prob


def check_flow(flow_log_prob: Callable[..., Any]) -> None:
    """Against NumPy in float64, and gradients; one layer to five, one point, other numbers of data, points far out."""
    student = Function(flow_log_prob, "flow_log_prob", keeps=())
    why = "the standard normal density of what comes out, less the log-scales of all layers. See section 4."
    cases = [(1, 1, 1, 1.0), (2, 5, 4, 1.0), (3, 4, 2, 8.0), (5, 3, 4, 1.0), (2, MANY, 3, 1.0),
             (4, 2, 2, 1e-3), (2, 5, 4, 1.0)]  # fmt: skip
    for rng, (number, n, d, spread) in zip(draws(seed=1046, count=len(cases)), cases, strict=True):
        shapes = ((1 + d, 6), (6,), (6, 2), (2,))
        weights = [[rng.normal(size=shape).astype(np.float32) for shape in shapes] for _ in range(number)]
        theta, x = (spread * rng.normal(size=(n, size)).astype(np.float32) for size in (2, d))
        networks = [beside(flow_log_prob, dense_network, parts) for parts in weights]
        result = student(networks, tf.constant(theta), tf.constant(x))
        result.close(_flow_in_numpy(weights, theta, x), why, rtol=1e-3, atol=1e-3)
        if n <= 5 and spread == 1.0:
            _require_gradient(flow_log_prob, networks, weights, theta, x, rng)


def _partly(function: Any, networks: Any) -> Any:
    return lambda theta, x: function(networks, theta, x)


def _slopes_for_weights(function: Any, networks: list, theta: Any, x: Any, factors: Any) -> list:
    """Gradients of a weighted sum of ln q for all that the networks learn; 0 numbers where none arrives."""
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(function(networks, tf.constant(theta), tf.constant(x)) * factors)
    slopes = tape.gradient(total, [variable for network in networks for variable in network.trainable_variables])
    return [np.zeros(0) if slope is None else np.asarray(slope) for slope in slopes]


def _require_gradient(
    function: Any, networks: list, weights: list, theta: np.ndarray, x: np.ndarray, rng: np.random.Generator
) -> None:
    given, see = Function(beside(function, _partly, function, networks), "flow_log_prob"), "See section 4."
    require_gradients(given, _flow_in_tensorflow(weights), (theta, x), ["theta"], rng, see)
    factors = rng.normal(size=len(theta)).astype(np.float32)
    exact = [[tf.Variable(part.astype(float)) for part in parts] for parts in weights]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(_flow_in_tensorflow(exact)(theta.astype(float), x.astype(float)) * factors)
    wanted = tape.gradient(total, [part for parts in exact for part in parts])
    try:
        found = beside(function, _slopes_for_weights, function, networks, theta, x, factors)
    except Exception as error:
        fail(f"The gradient of flow_log_prob for the networks' weights stopped with {type(error).__name__}. {see}")
    wanted = [np.asarray(part) for part in wanted]
    # Of all arrays: where a tanh is saturated, single precision leaves few digits of what is small.
    scale = max(float(np.abs(part).max()) for part in wanted)
    for got, expected in zip(found, wanted, strict=True):
        require(
            np.shape(got) == expected.shape and np.allclose(got, expected, rtol=1e-2, atol=1e-3 * scale),
            f"The gradient of flow_log_prob for the networks' weights is not right: call the networks, one by one, and "
            f"stop no gradient. {see}",
        )


def _density(start: list, sharp: float) -> Any:
    """A log q with three variables inside, and these; not normalised. For `beside`."""
    W, c, k = (tf.Variable(part) for part in start)

    def log_q(theta: Any, x: Any) -> Any:
        u = sharp * theta - tf.tanh(x @ W)
        return tf.reduce_sum(c / 2 - 0.5 * tf.exp(c) * u**2 - k * tf.sin(u), axis=1)

    return log_q, [W, c, k]


def _loss_there(score_loss: Any, start: list, arrays: list, weight: float, sharp: float) -> list:
    """The value of a student's loss and its gradients for the variables inside; 0 numbers where none arrives."""
    W, c, k = (tf.Variable(part) for part in start)

    def log_q(theta: Any, x: Any) -> Any:
        u = sharp * theta - tf.tanh(x @ W)
        return tf.reduce_sum(c / 2 - 0.5 * tf.exp(c) * u**2 - k * tf.sin(u), axis=1)

    with tf.GradientTape() as tape:
        value = score_loss(log_q, *(tf.constant(part) for part in arrays), weight)
    slopes = tape.gradient(value, [W, c, k])
    return [np.asarray(value), *(np.zeros(0) if slope is None else np.asarray(slope) for slope in slopes)]


@oracle
def _loss(start: list, arrays: list, weight: float, sharp: float) -> list:
    """In float64, with the derivative of ln q by hand."""
    W, c, k = (tf.Variable(part.astype("float64")) for part in start)
    theta, x, score = (tf.constant(part.astype("float64")) for part in arrays)
    with tf.GradientTape() as tape:
        u = sharp * theta - tf.tanh(x @ W)
        log_q = tf.reduce_sum(c / 2 - 0.5 * tf.exp(c) * u**2 - k * tf.sin(u), axis=1)
        off = sharp * (-tf.exp(c) * u - k * tf.cos(u)) - score + theta
        value = weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1)) - tf.reduce_mean(log_q)
    return [np.asarray(part) for part in (value, *tape.gradient(value, [W, c, k]))]


def check_loss(score_loss: Callable[..., Any]) -> None:
    """Value and gradients for the variables inside of log q, against a derivative by hand in float64.

    Densities are of order one wide, or a thousand times sharper; parameters are where they are, or far out.
    """
    student = Function(score_loss, "score_loss")
    cases = [(1, 1, 1, 0.1, 1.0), (4, 2, 3, 1.0, 1.0), (3, 3, 1, 0.0, 1.0), (5, 1, 5, 30.0, 1.0),
             (MANY, 2, 2, 0.1, 1.0), (2, 2, 2, 1e-3, 1.0), (6, 2, 2, 0.1, 1000.0), (4, 2, 3, 0.3, 1.0),
             (6, 5, 2, 0.5, 1.0), (1, 3, 2, 0.2, 1.0)]  # fmt: skip
    for dtype, some in (("float64", cases), ("float32", cases[1:2])):
        for rng, (n, p, d, weight, sharp) in zip(draws(seed=1047, count=len(some)), some, strict=True):
            start = [rng.normal(size=shape).astype(dtype) for shape in ((d, p), (p,), (p,))]
            wide = 30.0 if p == 5 else 1 / sharp
            arrays = [scale * rng.normal(size=(n, size)) for scale, size in ((wide, p), (1, d), (5 * sharp, p))]
            arrays = [part.astype(dtype) for part in arrays]
            expected, *slopes = _loss(start, arrays, weight, sharp)
            function = beside(score_loss, _density, start, sharp)[0]
            result = student(function, *(tf.constant(part) for part in arrays), weight)
            why = "the mean of -ln q plus the weight times the mean of |d ln q - (score - theta)|^2. See section 4."
            result.close(float(expected), why, rtol=1e-3, atol=1e-5)
            _require_slopes(score_loss, start, arrays, weight, sharp, slopes)


def _require_slopes(score_loss: Any, start: list, arrays: list, weight: float, sharp: float, wanted: list) -> None:
    try:
        found = beside(score_loss, _loss_there, score_loss, start, arrays, weight, sharp)[1:]
    except Exception as error:
        fail(f"The gradient of score_loss stopped with {type(error).__name__}: use TensorFlow. See section 4.")
    for got, expected in zip(found, wanted, strict=True):
        scale = float(np.abs(expected).max())
        require(
            np.shape(got) == expected.shape and np.allclose(got, expected, rtol=1e-2, atol=1e-3 * scale),
            "The gradient of score_loss for the variables inside of log_q is not right: is a gradient stopped, "
            "or computed outside of TensorFlow? See section 4.",
        )


# --- section 5: compression -------------------------------------------------------------------------------------------


@oracle
def _compressed(
    x: np.ndarray, guess: np.ndarray, mean: np.ndarray, slopes: np.ndarray, cov: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least squares on whitened data, one data set at a time."""
    root = np.linalg.cholesky(cov)
    white = np.linalg.solve(root, slopes)
    steps = [np.linalg.lstsq(white, np.linalg.solve(root, one - mean), rcond=None)[0] for one in x]
    return guess + np.array(steps), white.T @ white


def check_compress(compress: Callable[..., Any]) -> None:
    """Against least squares on whitened data; one parameter, as many as bands, any units, correlated bands.

    Data say much about the parameters, or little: also where the Fisher matrix is 1e-8.
    """
    student = Function(compress, "compress")
    cases = [(1, 1, 1, 1.0, 1.0), (4, 4, 2, 1.0, 1.0), (3, 3, 3, 0.1, 1.0), (2, 6, 2, 1e-4, 1.0), (5, 5, 1, 1e4, 1.0),
             (MANY, 3, 2, 1.0, 1.0), (2, 2, 2, 1.0, 1.0), (3, 4, 2, 1.0, 1e-4), (3, 4, 2, 1e3, 1e4),
             (1, 4, 2, 1.0, 1.0)]  # fmt: skip
    for rng, (n, d, p, scale, unit) in zip(draws(seed=1051, count=len(cases)), cases, strict=True):
        slopes, cov = unit * scale * (rng.normal(size=(p, d)).T + 2 * np.eye(d, p)), _covariance(rng, d, scale)
        guess, mean = 3 * rng.normal(size=p), scale * rng.normal(size=d)
        x = mean + scale * rng.normal(size=(d, n)).T
        estimates, fisher = _compressed(x, guess, mean, slopes, cov)
        parts = student(x, guess, mean, slopes, cov).unpack("the estimates", "the Fisher matrix")
        why = "the guess plus the inverse Fisher matrix times the score at the guess. See section 5."
        parts[0].close(estimates, why, rtol=1e-3, atol=1e-5 * max(1.0, float(np.abs(estimates).max())))
        why = "slopes on both sides of the inverse covariance. See section 5."
        parts[1].close(fisher, why, rtol=1e-3, atol=1e-6 * np.abs(fisher).max())


# --- section 6: coverage and sharpness --------------------------------------------------------------------------------


@oracle
def _above(density: np.ndarray, cells: np.ndarray, area: float) -> np.ndarray:
    """Cell by cell."""
    rows = zip(density, cells, strict=True)
    return np.array([area * math.fsum(value for value in row if value > row[cell]) for row, cell in rows])


def check_coverage(credibility: Callable[..., Any]) -> None:
    """Against a loop over cells; ties, near ties, the highest and the lowest cell, one cell, areas of any size."""
    student = Function(credibility, "credibility")
    why = "the sum of the densities above that of the cell of the truth, times the area. See section 6."
    cases = [(1, 1, 1.0), (3, 5, 0.1), (5, 5, 1e-6), (40, 3, 200.0), (MANY, 4, 1.0), (2, MANY, 0.01), (6, 8, 1.0),
             (20, 6, 1e12), (20, 5, 1e-12), (6, 8, 0.5), (1, 7, 0.5)]  # fmt: skip
    for number, (rng, (n, m, area)) in enumerate(zip(draws(seed=1061, count=len(cases)), cases, strict=True)):
        density = rng.gamma(0.7, 1.0, size=(m, n)).T
        if number % 2:
            density = np.round(2 * density) / 2 + 0.5
        density = density / (density.sum(axis=1, keepdims=True) * area)
        cells = rng.integers(0, m, size=n)
        student(density, cells, area).close(_above(density, cells, area), why)
    density = np.array([[0.25, 0.2500005, 0.2499995, 0.25], [0.0, 1e-7, 1 - 1e-7, 0.0], [0.0, 0.0, 0.5, 0.5]])
    cells = np.array([0, 0, 1])
    student(density, cells, 1.0).close(_above(density, cells, 1.0), why, rtol=1e-6, atol=2e-8)


@oracle
def _nearer(samples: np.ndarray, truth: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Sample by sample."""
    rows = zip(samples, truth, reference, strict=True)
    return np.array([np.mean([math.dist(s, ref) < math.dist(true, ref) for s in some]) for some, true, ref in rows])


def check_nearer(nearer_fraction: Callable[..., Any]) -> None:
    """Against a loop over samples; ties, repeats, one sample, one parameter and many, many data sets, far points."""
    student = Function(nearer_fraction, "nearer_fraction")
    why = "the fraction of samples at a distance to the reference strictly less than that of the truth. See section 6."
    cases = [(1, 1, 1, 1.0), (3, 20, 2, 1.0), (4, 4, 4, 1e-6), (5, 50, 3, 200.0), (MANY, 3, 2, 1.0), (2, MANY, 2, 5.0),
             (40, 10, 1, 1.0), (3, 20, 2, 1.0), (1, 9, 3, 1.0)]  # fmt: skip
    for number, (rng, (n, s, p, scale)) in enumerate(zip(draws(seed=1063, count=len(cases)), cases, strict=True)):
        samples = scale * rng.normal(size=(p, s, n)).T
        truth, reference = (scale * rng.normal(size=(p, n)).T for _ in range(2))
        if number == 1:  # as a chain does that often stays where it is
            samples[:, 5:15] = samples[:, :1]
        if number == 3:
            samples, truth, reference = (part + 30 * scale for part in (samples, truth, reference))
        student(samples, truth, reference).close(_nearer(samples, truth, reference), why)
    samples = np.array([[[3.0, 4.0], [5.0, 0.0], [0.0, -5.0], [-4.0, 3.0], [4.0, 2.0], [0.0, 0.0]]])
    truth, reference = np.array([[-3.0, 4.0]]), np.zeros((1, 2))
    student(samples, truth, reference).close(_nearer(samples, truth, reference), why)


@oracle
def _gain(log_q: np.ndarray, log_prior: np.ndarray) -> tuple[float, float]:
    gains = [float(a - b) for a, b in zip(log_q, log_prior, strict=True)]
    return math.fsum(gains) / len(gains), float(scipy.stats.sem(gains))


def check_gain(information_gain: Callable[..., Any]) -> None:
    """Against SciPy's standard error; two to many truths, gains and losses, numbers of any size."""
    student = Function(information_gain, "information_gain")
    cases = [(2, 1.0), (5, 1.0), (MANY, 3.0), (4, 1e-5), (7, 1e4), (3, 60.0), (5, 2.0), (40, 0.5), (8, 0.0)]
    for number, (rng, (n, scale)) in enumerate(zip(draws(seed=1062, count=len(cases)), cases, strict=True)):
        log_q, log_prior = scale * (rng.normal(size=n) + (-1) ** number), scale * rng.normal(size=n)
        if n == 40:
            log_q, log_prior = np.round(2 * log_q) / 2, np.round(2 * log_prior) / 2  # many gains are the same
        log_q = log_q if scale else log_q + 1.5  # all gains are the same
        mean, error = _gain(log_q, log_prior)
        parts = student(log_q, log_prior).unpack("the mean gain", "its error")
        parts[0].close(mean, "the mean of ln q - ln prior. See section 6.", atol=1e-6 * min(1.0, scale or 1.0))
        why = "the standard deviation with n - 1, over the root of n. See section 6."
        parts[1].close(error, why, atol=1e-6 * min(1.0, scale or 1.0))


# --- what is trained --------------------------------------------------------------------------------------------------

_SLOPES = np.array([-1.5, -0.5, 0.5, 1.5])
_SIGMA = np.array([0.25, 0.2, 0.2, 0.25])
_GAS = np.array([0.35, 0.25, 0.15, 0.05])
_COV = np.diag(_SIGMA**2) + np.outer(_GAS, _GAS)


def _mean(theta: np.ndarray) -> np.ndarray:
    """The notebook's model: (n, 2) -> (n, 4)."""
    one, two = theta[:, :1], theta[:, 1:]
    return 0.9 * (one + two) + 0.2 * (1 - one**2) + _SLOPES * (0.12 * one + 0.1 * np.tanh(two))


@functools.cache
def _pairs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters, scaled data and exact ln p(theta | x) of simulations that nobody has seen.

    The density at the truth itself is exact; the grid serves for the normalisation alone.
    """
    rng = np.random.default_rng(10401)
    theta = rng.normal(size=(HELD_OUT, 2))
    x = _mean(theta) + rng.multivariate_normal(np.zeros(4), _COV, size=HELD_OUT)
    side = np.linspace(-6, 6, 241)
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    white = np.linalg.inv(np.linalg.cholesky(_COV)).T
    at, seen = _mean(grid) @ white, x @ white
    top = -0.5 * np.sum((seen - _mean(theta) @ white) ** 2, axis=1) - 0.5 * np.sum(theta**2, axis=1)
    evidence = []
    for part in np.split(seen, 20):
        joint = part @ at.T - 0.5 * np.sum(at**2, axis=1) - 0.5 * np.sum(grid**2, axis=1)
        evidence.append(scipy.special.logsumexp(joint, axis=1) - 0.5 * np.sum(part**2, axis=1))
    scales = np.std(_scaling_data(), axis=0)
    return theta, x / scales, top - np.concatenate(evidence) - 2 * np.log(side[1] - side[0])


def _scaling_data() -> np.ndarray:
    """The data whose standard deviations the notebook divides by."""
    rng = np.random.default_rng(1)
    theta, z = rng.normal(size=(100000, 2)), rng.normal(size=(100000, 1))
    return _mean(theta) + _GAS * z + _SIGMA * rng.normal(size=(100000, 4))


def _kl(networks: Any, called: str) -> tuple[float, float]:
    """The mean of ln p - ln q over new pairs, and in its standard errors, of the networks themselves."""
    theta, x, log_p = _pairs()
    require(len(networks) == 4, f"{called} has {len(networks)} networks, expected 4.")
    pair, total = theta, np.zeros(HELD_OUT)
    for place in range(4):
        inputs = np.column_stack([pair[:, 0], x]).astype(np.float32)
        raw = answers_of(networks[place], f"network {place} of {called}", inputs)
        require(raw.shape == (HELD_OUT, 2), f"network {place} of {called} gives the shape {raw.shape}, expected 2.")
        log_scale = 2 * np.tanh(raw[:, 1] / 2)
        pair = np.column_stack([(pair[:, 1] - raw[:, 0]) * np.exp(-log_scale), pair[:, 0]])
        total += log_scale
    off = log_p - scipy.stats.norm.logpdf(pair).sum(axis=1) + total
    return float(off.mean()), float(off.mean() / scipy.stats.sem(off))


def _judged(networks: Any, called: str) -> tuple[float, str]:
    """The KL, which no density makes negative: 5 standard errors come by chance with probability 3e-7."""
    kl, sigmas = _kl(networks, called)
    found = f"The KL of {called} on {HELD_OUT} new pairs is {kl:.3f} nats"
    Measured(sigmas, f"{found}, {sigmas:.0f} standard errors").at_least(
        THRESHOLDS["lowest_sigmas"][0], "no density can be better than the exact posterior."
    )
    return kl, found


def check_without(networks: Any) -> None:
    """The KL without score, 200 simulations; over seeds, docs/thresholds/inference.json."""
    kl, found = _judged(networks, "without_200")
    Measured(kl, found).at_most(CEILINGS["kl_without_200"][0], "do the networks take part, and is the loss the mean?")


def check_with(without: Any, networks: Any, number: str) -> None:
    """The KL with the score, against one's own without; over seeds, docs/thresholds/inference.json."""
    kl, found = _judged(networks, f"with_{number}")
    other, _ = _judged(without, f"without_{number}")
    Measured(kl / other, f"{found}, {kl / other:.2f} times that without score").at_most(
        CEILINGS[f"ratio_{number}"][0], "is it the score of the posterior that the loss compares with?"
    )
    Measured(kl, found).at_most(CEILINGS[f"kl_with_{number}"][0], "is it the score of the posterior, prior included?")


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    names = ("without_50", "with_50", "without_200", "with_200")
    found = {name: _kl(namespace[name], name) for name in names}
    kl = {name: value for name, (value, _) in found.items()}
    return {
        "kl_without_200": kl["without_200"],
        "kl_with_50": kl["with_50"],
        "kl_with_200": kl["with_200"],
        "ratio_50": kl["with_50"] / kl["without_50"],
        "ratio_200": kl["with_200"] / kl["without_200"],
        "lowest_sigmas": min(sigmas for _, sigmas in found.values()),
    }
