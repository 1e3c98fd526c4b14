"""What is right in `flows`: closed forms, SciPy and automatic differentiation; flows by what a density must do.

An untrained flow is judged by properties that hold for any weights: its density integrates to 1, it agrees with the
Jacobian by finite differences, both coordinates are transformed, and the variables handed back are all there are.
A trained one is judged on new samples of densities whose entropy is known, from generators of this module. On n points,
the gap is the mean of ln p(x) - ln q(x): the NLL less that of the true density on the same points. Its expectation is
the KL divergence, which no normalised q makes negative, and its noise is far below that of the NLL itself.

False-failure rates over seeds: docs/thresholds/flows.json; what wrong answers reach: docs/thresholds/flows.md.
"""

import functools
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, Result, beside, brief, draws, fail, require, seed_beside
from graders.checks.oracles import oracle
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

# --- section 1 and 2: numbers -----------------------------------------------------------------------------------------


def check_lognormal(lognormal_log_prob: Callable[..., Any]) -> None:
    """Against `scipy.stats.lognorm`, whose density is a formula of its own; b of both signs, arrays of any shape."""
    student = Function(lognormal_log_prob, "lognormal_log_prob")
    cases = [((6,), 0.0, 1.0), ((3, 4), -0.4, 0.6), ((5,), 1.3, -0.8), ((2, 2, 2), 0.7, 2.5), ((1,), -2.0, -1.7)]
    for rng, (shape, a, b) in zip(draws(seed=811, count=len(cases)), cases, strict=True):
        y = np.exp(a + abs(b) * rng.normal(size=shape))
        expected = scipy.stats.lognorm(abs(b), scale=np.exp(a)).logpdf(y)
        why = "the slope of y = exp(a + b x) at x is b y, and what counts is ln |b y|. See section 1"
        student(y, a, b).close(expected, f"{why}.", rtol=1e-4, atol=1e-4)


def _covariance(rng: np.random.Generator, d: int) -> np.ndarray:
    root = rng.normal(size=(d, d + 2))
    return root @ root.T / d + 0.1 * np.eye(d)


def check_entropy(gaussian_entropy: Callable[..., Any]) -> None:
    """Against SciPy's entropy of a multivariate normal distribution, in 1 to 6 dimensions."""
    student = Function(gaussian_entropy, "gaussian_entropy")
    for rng, d in zip(draws(seed=821, count=6), (1, 2, 2, 3, 4, 6), strict=True):
        cov = _covariance(rng, d) * 10.0 ** rng.uniform(-2, 1)
        expected = float(scipy.stats.multivariate_normal(np.zeros(d), cov).entropy())
        found = student(cov)
        value = found.number()
        for wrong, why in (
            (expected / np.log(2), "this is in bits, expected nats"),
            (expected - d / 2, "2 pi e is in the formula, and not 2 pi"),
            (expected + (1 - d) * np.log(2 * np.pi * np.e) / 2, "every dimension brings a factor 2 pi e"),
        ):
            if d > 1 and np.isclose(value, wrong, rtol=1e-4, atol=1e-4):
                found.fail(f"returned {value:.4f}, expected {expected:.4f}: {why}. See section 2.")
        found.close(expected, "half the log determinant of 2 pi e times the covariance. See section 2.", atol=1e-4)


def check_nll(held_out_nll: Callable[..., Any]) -> None:
    """Against NumPy's mean and `scipy.stats.sem`; samples of 2 to 1000."""
    student = Function(held_out_nll, "held_out_nll")
    for rng, n in zip(draws(seed=822, count=5), (2, 3, 10, 100, 1000), strict=True):
        log_probs = rng.normal(rng.uniform(-3, 1), rng.uniform(0.5, 2.0), size=n)
        nll, error = student(log_probs).unpack("the NLL", "its standard error")
        nll.close(-log_probs.mean(), "minus the mean of the log-densities. See section 2.", atol=1e-5)
        why = "the square root of the sum of squared deviations over n - 1, divided by the square root of n"
        error.close(scipy.stats.sem(log_probs), f"{why}. See section 2.", atol=1e-5)


# --- section 3: coupling layers ---------------------------------------------------------------------------------------


def _wave(first: Any, lib: Any) -> tuple[Any, Any]:
    return lib.sin(2 * first), 0.5 * lib.cos(first)


def _tilt(first: Any, lib: Any) -> tuple[Any, Any]:
    other = first[:, ::-1]
    return 1.5 * other - 0.5, 0.7 * lib.tanh(first + other)


def _drift(first: Any, lib: Any) -> tuple[Any, Any]:
    return 0.2 * first**3, 0.3 - 0.6 * lib.tanh(first) ** 2


def _lean(first: Any, lib: Any) -> tuple[Any, Any]:
    number = np.arange(1.0, first.shape[1] + 1)
    return lib.sin(number * first), 0.4 * lib.cos(first + number)


# As in the notebook, for students: in NumPy. The oracles differentiate the same formulas in TensorFlow.


def wave(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: shift sin(2 u), log-scale cos(u) / 2."""
    return _wave(first, np)


def tilt(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: shift and log-scale that mix columns."""
    return _tilt(first, np)


def drift(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: a cubic shift, a log-scale that is largest in the middle."""
    return _drift(first, np)


def lean(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Not in the notebook: every column has a shift and a log-scale of its own, so that their order counts."""
    return _lean(first, np)


_FORMULAS = {wave: _wave, tilt: _tilt, drift: _drift, lean: _lean}


def _layer(x: tf.Tensor, formula: Callable[..., Any]) -> tf.Tensor:
    first, second = tf.split(x, 2, axis=1)
    shift, log_scale = formula(first, tf)
    return tf.concat([first, second * tf.exp(log_scale) + shift], axis=1)


@oracle
def _flow(z: np.ndarray, formulas: list[Callable[..., Any]], swap: bool) -> tuple[np.ndarray, np.ndarray]:
    """Points pushed through layers, and ln |det J| of the whole map from automatic differentiation in float64."""
    start = tf.constant(z, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(start)
        x = tf.identity(start)
        for formula in formulas:
            x = _layer(x, formula)
            if swap:
                first, second = tf.split(x, 2, axis=1)
                x = tf.concat([second, first], axis=1)
        outputs = tf.unstack(x, axis=1)
    rows = [tape.gradient(output, start).numpy() for output in outputs]  # points do not depend on each other
    return x.numpy(), np.linalg.slogdet(np.stack(rows, axis=1))[1]


_COUPLINGS = [
    (5, 2, wave),
    (4, 2, tilt),
    (6, 4, wave),
    (3, 4, tilt),
    (7, 6, drift),
    (1, 4, drift),
    (4, 6, lean),
    (1, 2, lean),
]
_Coupling = tuple[np.ndarray, Callable[..., Any], np.ndarray, np.ndarray]


def _couplings(seed: int) -> Iterator[_Coupling]:
    """Points x (n, d), a conditioner, and y (n, d) and ln |det J| (n,) of one layer, in float64."""
    for rng, (n, d, conditioner) in zip(draws(seed, count=len(_COUPLINGS)), _COUPLINGS, strict=True):
        x = rng.normal(size=(n, d))
        yield x, conditioner, *_flow(x, [_FORMULAS[conditioner]], swap=False)


def check_forward(coupling_forward: Callable[..., Any]) -> None:
    """The result y for the conditioners of the notebook, against the layer in TensorFlow; 2, 4 and 6 dimensions."""
    student = Function(coupling_forward, "coupling_forward")
    for x, conditioner, expected, _ in _couplings(seed=831):
        y, _ = student(x, conditioner).unpack("y", "log_det")
        half = x.shape[1] // 2
        if not np.allclose(y.array(x.shape)[:, :half], x[:, :half], rtol=1e-4, atol=1e-5):
            y.fail("has changed the first half of the columns, expected them as they were. See section 3.")
        y.close(expected, "the second half times exp(log_scale), plus the shift. See section 3.", atol=1e-4)


def check_log_det(coupling_forward: Callable[..., Any]) -> None:
    """The log-determinant against the Jacobian of the layer by automatic differentiation, in float64."""
    student = Function(coupling_forward, "coupling_forward")
    for x, conditioner, _, expected in _couplings(seed=832):
        _, log_det = student(x, conditioner).unpack("y", "log_det")
        got = log_det.array(expected.shape)
        if not np.allclose(got, expected, rtol=1e-4, atol=1e-4) and np.allclose(got, -expected, rtol=1e-4, atol=1e-4):
            log_det.fail("has the wrong sign: where the layer stretches, it is positive. See section 3.")
        log_det.close(expected, "the sum of the log-scales of each point, over columns. See section 3.", atol=1e-4)


def check_inverse(coupling_inverse: Callable[..., Any]) -> None:
    """The points that the layer in TensorFlow, in float64, has moved, must come back."""
    student = Function(coupling_inverse, "coupling_inverse")
    why = "take the shift away first, then divide by exp(log_scale). See section 3."
    for x, conditioner, y, _ in _couplings(seed=833):
        student(y, conditioner).close(x, why, atol=1e-3)


def check_chain(chain_log_prob: Callable[..., Any]) -> None:
    """Against ln N(z) - ln |det J| of the whole chain, with J by automatic differentiation in float64."""
    student = Function(chain_log_prob, "chain_log_prob")
    cases = [
        (4, 2, [], "without layers it is the standard normal"),
        (5, 2, [wave], "exchange the halves first: that was the last thing that happened to x"),
        (4, 2, [wave, drift], "go through the conditioners in reversed order, and exchange the halves before each"),
        (3, 4, [tilt], "exchange the halves first: that was the last thing that happened to x"),
        (4, 4, [drift, wave, tilt], "add the log-determinants of all layers"),
        (6, 6, [wave, tilt], "add the log-determinants of all layers"),
        (1, 2, [drift, drift, wave, drift], "add the log-determinants of all layers"),
        (3, 4, [lean], "exchange the halves, each in its own order"),
        (5, 6, [lean, tilt, lean], "exchange the halves, each in its own order"),
    ]
    for rng, (n, d, conditioners, why) in zip(draws(seed=834, count=len(cases)), cases, strict=True):
        z = rng.normal(size=(n, d))
        x, log_det = _flow(z, [_FORMULAS[conditioner] for conditioner in conditioners], swap=True)
        expected = scipy.stats.norm.logpdf(z).sum(axis=1) - log_det
        result = student(x, conditioners)
        got = result.array((n,))
        if conditioners and np.allclose(got, expected + 2 * log_det, atol=1e-3):
            result.fail("has the log-determinants with the wrong sign: where the flow stretches, the density falls.")
        if conditioners and np.allclose(got, expected + log_det, atol=1e-3):
            result.fail("is the normal density of z alone: subtract the log-determinants. See section 3.")
        result.close(expected, f"{why}. See section 3.", rtol=1e-3, atol=1e-3)


# --- section 4, 6 and 7: flows that are not trained yet ---------------------------------------------------------------


def _values(what: str, shape: tuple[int, ...], function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function of a student's objects gives, climbed up to finite, or a sentence."""
    try:
        value = function(*arguments, **options)
    except Exception as error:
        message = " ".join(str(error).split())[:160]
        fail(f"{what} stopped with {type(error).__name__}: {message}.")
    return Result(value, what).array(shape)


@dataclass(frozen=True)
class _Flow:
    """A student's flow, whose answers are finite arrays of the right shape, or end the check with a sentence.

    Attributes:
        distribution: a tfd.TransformedDistribution of points (2,), or a function of `given` that makes one.
        called: the call that made it, in words.
        given: what the distribution is conditional on, (n, k); it is made anew for each question.
    """

    distribution: Any
    called: str
    given: np.ndarray | None = None

    def log_prob(self, points: np.ndarray) -> np.ndarray:
        """Log-densities of points (..., 2)."""
        return self._ask("log_prob", points.shape[:-1], points.astype(np.float32))

    def inverse(self, points: np.ndarray) -> np.ndarray:
        """Where points (..., 2) are in latent space."""
        return self._ask("bijector.inverse", points.shape, points.astype(np.float32))

    def forward(self, latent: np.ndarray) -> np.ndarray:
        """Where points (..., 2) of the latent space go."""
        return self._ask("bijector.forward", latent.shape, latent.astype(np.float32))

    def base_log_prob(self, points: np.ndarray) -> np.ndarray:
        """Log-densities of points (..., 2) of the latent space."""
        return self._ask("distribution.log_prob", points.shape[:-1], points.astype(np.float32))

    def sample(self, number: int, seed: int) -> np.ndarray:
        """Points (number, 2), or (number, n, 2) where something is given."""
        rows = () if self.given is None else (len(self.given),)
        return self._ask("sample", (number, *rows, 2), number, seed=seed)

    def density(self, points: np.ndarray) -> np.ndarray:
        """Densities of points (..., 2)."""
        what = f"exp of log_prob of {self.called}"
        return _values(what, points.shape[:-1], self._exponential, points.astype(np.float32))

    def _ask(self, method: str, shape: tuple[int, ...], *arguments: Any, **options: Any) -> np.ndarray:
        return _values(f"{method} of {self.called}", shape, self._answer, method, *arguments, **options)

    def _answer(self, method: str, *arguments: Any, **options: Any) -> Any:
        made = self.distribution if self.given is None else self.distribution(self.given)
        return operator.attrgetter(method)(made)(*arguments, **options)

    def _exponential(self, points: np.ndarray) -> np.ndarray:
        # A density of 0 is none to complain about, and its logarithm is -inf.
        return np.exp(np.minimum(np.asarray(self._answer("log_prob", points), np.float64), 50.0))


def _variables(result: Result) -> list:
    found = result.value
    if callable(found) or isinstance(found, dict) or not hasattr(found, "__iter__"):
        result.fail(f"is {brief(found)}, expected a list of variables.")
    found = list(found)
    if not found:
        result.fail("is empty: collect the trainable variables of all networks, which must have been called once.")
    if not all(hasattr(variable, "assign") and hasattr(variable, "shape") for variable in found):
        result.fail("holds something that is no variable: put the variables of all networks into one flat list.")
    return found


def _arrays(variables: Sequence[Any]) -> list[np.ndarray]:
    return [np.asarray(variable) for variable in variables]


def _size(variables: Sequence[Any]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)


def _change(variable: Any, factor: np.ndarray, shift: np.ndarray) -> None:
    """Other values for one variable: biases are shifted, matrices multiplied, so that masked weights stay 0.

    A matrix of zeros, as some start the last layer, is shifted like a bias; its constraint, if it has one, is its mask.
    """
    value = np.asarray(variable)
    moved = (value * factor if value.ndim >= 2 and value.any() else value + shift).astype(np.float32)
    variable.assign(moved)
    if getattr(variable, "constraint", None) is not None:
        variable.assign(variable.constraint(tf.constant(moved)))


def _disturb(variables: Sequence[Any], rng: np.random.Generator) -> None:
    """Other weights, smaller than those that a flow starts with: scales that nothing bounds must not explode."""
    for variable in variables:
        noise = rng.normal(size=tuple(variable.shape))
        _change(variable, 0.6 + 0.2 * noise, 0.15 * noise)


def _built(build: Callable[..., Any], name: str, *arguments: int) -> tuple[Any, list, str]:
    """A flow or a function, its variables, and the call in words; weights come from one seed for all students."""
    seed_beside(build, 840)
    result = Function(build, name)(*arguments)
    first, second = result.unpack("the first part", "the list of variables")
    return first.value, _variables(second), result.called


def _grid(edge: float, number: int) -> tuple[np.ndarray, float]:
    side = np.linspace(-edge, edge, number)
    points = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    return points.astype(np.float32), (side[1] - side[0]) ** 2


def _require_density(flow: _Flow) -> None:
    """The sum of the density over a grid from -10 to 10 is 1 within 2%; the grid costs a right flow less than 1%."""
    points, cell = _grid(10.0, 201)
    if flow.given is not None:
        points = points[:, np.newaxis, :]
    total = float(np.sum(flow.density(points)) * cell)
    require(
        abs(total - 1) < 0.02,
        f"With random weights, the density of {flow.called} adds up to {total:.3f} over a wide grid, expected 1: is "
        "the base a normalised density, and does every layer know its log-determinant?",
    )


def _require_normal_base(flow: _Flow, x: np.ndarray) -> None:
    base = flow.base_log_prob(x)
    require(
        np.allclose(base, scipy.stats.norm.logpdf(x).sum(axis=1), atol=1e-3),
        f"The base of the flow from {flow.called} is not the standard normal in two dimensions: put all layers into "
        "one tfb.Chain, over tfd.MultivariateNormalDiag(tf.zeros(2)).",
    )


def _require_mixed(flow: _Flow, x: np.ndarray) -> None:
    """Each coordinate of z depends on both of x, which one layer after another without an exchange cannot do."""
    moved = [np.abs(flow.inverse(x + step) - flow.inverse(x)).max(axis=0) for step in 1.5 * np.eye(2)]
    for j, column in ((j, column) for j in range(2) for column in range(2)):
        require(
            moved[j][column] > 1e-4,
            f"With random weights, coordinate {column + 1} of z does not depend on coordinate {j + 1} of x in "
            f"{flow.called}: exchange the coordinates between layers.",
        )


def _require_biases(flow: _Flow) -> None:
    """Without biases the origin would be where it is for all weights."""
    require(
        np.abs(flow.inverse(np.zeros((1, 2)))).max() > 1e-4,
        f"With random weights, {flow.called} leaves the point (0, 0) as it is: the layers of its networks need biases.",
    )


def _require_coupling(flow: _Flow) -> None:
    """A coordinate of z is affine in one of x, with a shift and a log-scale that bend with the other coordinate.

    That is what the last of the layers, the first on the way from x to z, leaves for all to see.
    """
    at = np.linspace(-3, 3, 13)
    found = []
    for j, column in ((j, column) for j in range(2) for column in range(2)):
        places = np.zeros((3, len(at), 2))
        places[..., 1 - j] = at
        places[..., j] = np.array([[-1.0], [0.0], [1.0]])
        low, middle, high = flow.inverse(places.reshape(-1, 2))[:, column].reshape(3, -1)
        slope = (high - low) / 2
        if np.abs(slope).min() > 1e-4 and np.abs(high + low - 2 * middle).max() < 1e-3 * np.abs(slope).max():
            found.append((-np.log(np.abs(slope)), -middle / slope))
    for quantity, name in enumerate(("log-scale", "shift")):
        require(
            any(np.abs(np.diff(pair[quantity], 2)).max() > 1e-4 for pair in found),
            f"In {flow.called} no layer has a {name} that is a curved function of the other coordinate: each network "
            "gives a shift and a log-scale, and its hidden layers have an activation.",
        )


def _require_bent(flow: _Flow, see: str) -> None:
    """No Gaussian: the log-density has third differences."""
    line = np.linspace(-3, 3, 13)[:, np.newaxis, np.newaxis] * np.array([[1.0, 0.0], [0.0, 1.0], [0.7, 0.7]])
    third = np.diff(flow.log_prob(line if flow.given is None else line[:, :, np.newaxis]), 3, axis=0)
    require(
        np.abs(third).max() > 1e-3,
        f"With random weights, the log-density of {flow.called} is a parabola, that of a Gaussian: shift and log-scale "
        f"of a coordinate must depend on the other coordinate, too. {see}",
    )


def _among(build: Callable[..., Any], flow: Any, variables: Sequence[Any], given: np.ndarray | None) -> tuple[int, int]:
    """How many of the variables are listed twice, and how many that a log-density uses are not listed."""
    return beside(build, _strangers, flow, list(variables), given)


def _strangers(flow: Any, variables: list, given: Any) -> tuple:
    listed = {id(getattr(variable, "_value", variable)) for variable in variables}
    with tf.GradientTape() as tape:
        made = flow if given is None else flow(tf.constant(given))
        made.log_prob(tf.zeros((1, 2)))
    used = {id(variable) for variable in tape.watched_variables()}
    return len(variables) - len(listed), len(used - listed)


def _require_own_variables(
    build: Callable[..., Any], flow: Any, variables: Sequence[Any], called: str, given: np.ndarray | None = None
) -> None:
    twice, untold = _among(build, flow, variables, given)
    require(
        twice == 0,
        f"{called} lists {twice} of its {len(variables)} variables a second time: each layer needs a network of its "
        "own, whose variables are listed once.",
    )
    require(untold == 0, f"{called} uses {untold} variables that are not in its list: it must hold those of all "
            "networks.")  # fmt: skip


def _require_both_transformed(z: np.ndarray, x: np.ndarray, called: str) -> None:
    for column in range(2):
        for other in range(2):
            require(
                not np.allclose(z[:, column], x[:, other], atol=1e-5),
                f"With random weights, {called} leaves coordinate {other + 1} of the points as it is: exchange the "
                "coordinates between layers, so that both are transformed.",
            )


def _require_jacobian(flow: _Flow, x: np.ndarray, z: np.ndarray) -> None:
    """The density by the Jacobian of the inverse, from finite differences in float32.

    A kink of a ReLU spoils single points, so the median is what counts.
    """
    step = 0.01
    shifted = np.concatenate([x + step * sign * np.eye(2)[j] for j in range(2) for sign in (1, -1)])
    moved = flow.inverse(shifted).reshape(2, 2, len(x), 2)
    jacobian = (moved[:, 0] - moved[:, 1]) / (2 * step)
    expected = scipy.stats.norm.logpdf(z).sum(axis=1) + np.linalg.slogdet(jacobian.transpose(1, 0, 2))[1]
    off = np.median(np.abs(flow.log_prob(x) - expected))
    require(
        off < 0.01,
        f"log_prob of {flow.called} differs by {off:.3f} nats from ln N(z; 0, I) + ln |det J|, with the Jacobian of "
        "the inverse by finite differences: is the base the standard normal?",
    )


def _require_normal_samples(flow: _Flow, seed: int) -> None:
    """4000 standard normal values: 6 standard errors are 0.095 for the mean, 0.067 for the standard deviation."""
    latent = flow.inverse(flow.sample(4000, seed))
    wrong = max(np.abs(latent.mean(axis=0)).max(), np.abs(latent.std(axis=0) - 1).max())
    require(wrong < 0.1, f"Samples of {flow.called} are not standard normal in its latent space.")


def _check_flow(build: Callable[..., Any], name: str) -> None:
    """Shapes, density, Jacobian, both coordinates, and samples of a flow in two dimensions with disturbed weights."""
    for rng, (n_layers, hidden) in zip(draws(seed=841, count=2), ((2, 12), (3, 8)), strict=True):
        distribution, variables, called = _built(build, name, n_layers, hidden)
        for method in ("log_prob", "sample", "bijector"):
            if not hasattr(distribution, method):
                fail(f"The first part of {called} is {brief(distribution)}, expected a tfd.TransformedDistribution.")
        _disturb(variables, rng)
        flow = _Flow(distribution, called)
        x = (1.5 * rng.normal(size=(40, 2))).astype(np.float32)
        _require_normal_base(flow, x)
        _require_density(flow)
        z = flow.inverse(x)
        require(
            np.allclose(flow.forward(z), x, atol=2e-3),
            f"forward of inverse does not give the points back in {called}.",
        )
        _require_both_transformed(z, x, called)
        _require_mixed(flow, x)
        _require_biases(flow)
        _require_jacobian(flow, x, z)
        _require_normal_samples(flow, seed=3)


def _check_variables(
    build: Callable[..., Any],
    name: str,
    small: tuple[int, ...],
    probe: Callable[[Any, np.random.Generator], np.ndarray],
) -> None:
    """All variables are there, and each of them matters.

    The weights of one flow are copied into another one of the same kind: then both must agree, unless some weights are
    not in the list. Changing any variable must change the densities. More layers, and wider ones, have more parameters.
    """
    one, its, called = _built(build, name, *small)
    given = np.zeros((1, small[2]), np.float32) if len(small) == 3 else None
    _require_own_variables(build, one, its, called, given)
    seed_beside(build, 841)
    other, others, _ = _built_again(build, name, *small)
    if [tuple(v.shape) for v in its] != [tuple(v.shape) for v in others]:
        fail(f"Two calls of {called} gave lists of variables with different shapes.")
    for rng in draws(seed=843, count=1):
        _disturb(its, rng)
        for variable, value in zip(others, _arrays(its), strict=True):
            variable.assign(value)
        points = np.random.default_rng(844)
        state = points.bit_generator.state
        before = probe(one, points)
        points.bit_generator.state = state
        require(
            np.allclose(before, probe(other, points), atol=1e-3),
            f"Two flows of {called} with the same values of all listed variables are different: the list does not hold "
            "the variables of all networks.",
        )
        for number, variable in enumerate(its):
            value = np.array(variable)
            amount = np.abs(rng.normal(size=value.shape)) + 0.5
            _change(variable, 1 + amount, amount)
            points.bit_generator.state = state
            after = probe(one, points)
            variable.assign(value)
            require(
                not np.allclose(before, after, atol=1e-6),
                f"Changing variable {number} of {len(its)} of {called} changes no log-density: does every layer use "
                "its own network? A function defined in a loop sees the last one.",
            )
    deeper, wider = ((small[0] * 2, *small[1:]), (small[0], small[1] * 3, *small[2:]))
    count = {arguments: _size(_built_again(build, name, *arguments)[1]) for arguments in (deeper, wider)}
    require(
        count[deeper] == 2 * _size(its),
        f"{called} lists {_size(its)} parameters, with twice the layers {count[deeper]}: each layer has a network.",
    )
    require(
        count[wider] > 3 * _size(its),
        f"{called} lists {_size(its)} parameters, with {small[1] * 3} hidden neurons {count[wider]}: two hidden layers "
        "of three times as many neurons have more than three times as many.",
    )


def _built_again(build: Callable[..., Any], name: str, *arguments: int) -> tuple[Any, list, str]:
    result = Function(build, name)(*arguments)
    first, second = result.unpack("the first part", "the list of variables")
    return first.value, _variables(second), result.called


def _probe_flow(flow: Any, rng: np.random.Generator) -> np.ndarray:
    return _Flow(flow, "the flow").log_prob(1.5 * rng.normal(size=(200, 2)))


def check_realnvp(build_realnvp: Callable[..., Any]) -> None:
    """A coupling flow before training: normalised, invertible, right by finite differences, both coordinates moved."""
    _check_flow(build_realnvp, "build_realnvp")
    for rng in draws(seed=846, count=1):
        distribution, variables, called = _built(build_realnvp, "build_realnvp", 2, 16)
        _disturb(variables, rng)
        _require_coupling(_Flow(distribution, called))


def check_realnvp_variables(build_realnvp: Callable[..., Any]) -> None:
    """The list of variables: complete (weights copied into a second flow make it equal), and none without effect."""
    _check_variables(build_realnvp, "build_realnvp", (2, 6), _probe_flow)


def check_maf(build_maf: Callable[..., Any]) -> None:
    """An autoregressive flow before training, as for the coupling flow; one layer alone has a triangular Jacobian."""
    _check_flow(build_maf, "build_maf")
    for rng in draws(seed=845, count=1):
        distribution, variables, called = _built(build_maf, "build_maf", 1, 8)
        _disturb(variables, rng)
        flow = _Flow(distribution, called)
        column, j = _require_autoregressive(flow, rng.normal(size=(20, 2)))
        # The other column of z is (x_j - t) exp(-s), where t and s are functions of the other coordinate of x.
        _require_curved(flow, 1 - column, j)


def _require_autoregressive(flow: _Flow, x: np.ndarray) -> tuple[int, int]:
    """The column of z and that of x of the one derivative of one layer that vanishes."""
    moved = [np.abs(flow.inverse(x + step) - flow.inverse(x)).max(axis=0) for step in 1.5 * np.eye(2)]
    free = [(column, j) for j in range(2) for column in range(2) if moved[j][column] < 1e-4]
    require(
        len(free) == 1,
        f"In {flow.called}, of one layer, {len(free)} of the four derivatives of z with respect to x vanish, expected "
        "one: the first coordinate depends on itself, the second on both.",
    )
    return free[0]


def _require_curved(flow: _Flow, column: int, j: int) -> None:
    """Shift and log-scale of a column of z, which is affine in x_j, are no linear functions of the other coordinate."""
    at = np.zeros((7, 2))
    at[:, 1 - j] = np.linspace(-3, 3, 7)
    zero, one = flow.inverse(at)[:, column], flow.inverse(at + np.eye(2)[j])[:, column]
    s, t = -np.log(np.abs(one - zero)), -zero / (one - zero)
    require(
        max(np.abs(np.diff(s, 2)).max(), np.abs(np.diff(t, 2)).max()) > 1e-4,
        f"In {flow.called}, shift and log-scale are linear in the other coordinate: hidden layers need an activation.",
    )


def check_maf_variables(build_maf: Callable[..., Any]) -> None:
    """The list of variables: complete (weights copied into a second flow make it equal), and none without effect."""
    _check_variables(build_maf, "build_maf", (2, 6), _probe_flow)


def check_conditional(build_posterior: Callable[..., Any]) -> None:
    """A conditional flow before training: shapes, a density in theta for each x, rows independent, all variables."""
    name = "build_posterior"
    for rng, (n_layers, hidden, n_data) in zip(draws(seed=871, count=2), ((2, 10, 5), (1, 8, 3)), strict=True):
        posterior, variables, called = _built(build_posterior, name, n_layers, hidden, n_data)
        if not callable(posterior):
            fail(f"The first part of {called} is {brief(posterior)}, expected a function of x.")
        _disturb(variables, rng)
        x = rng.normal(size=(6, n_data)).astype(np.float32)
        theta = rng.normal(size=(3, 6, 2)).astype(np.float32)
        together = _require_same_rows(_Flow(posterior, called, x), theta)
        _require_all_data(_Flow(posterior, called, x), theta[0], together)
        one = _Flow(posterior, f"{called} for one x", x[:1])
        _require_density(one)
        _require_bent(one, "See section 7.")
        _require_normal_samples(one, seed=6)
    _check_variables(build_posterior, name, (2, 6, 3), _probe_posterior)


def _require_same_rows(flow: _Flow, theta: np.ndarray) -> np.ndarray:
    """Densities (n,) of theta[0], with theta (k, n, 2), that do not depend on the call nor on the other rows."""
    called, x = flow.called, flow.given
    together = flow.log_prob(theta[0])
    require(
        np.allclose(flow.log_prob(theta[0]), together, atol=1e-4),
        f"Two calls of posterior(x) from {called} give different densities for the same x: make the networks once, "
        "outside of posterior.",
    )
    require(
        np.allclose(flow.log_prob(theta)[0], together, atol=1e-3),
        f"{called}: log_prob of {theta.shape} differs from its parts.",
    )
    flow.sample(4, seed=5)
    alone = [replace(flow, given=x[[i]]).log_prob(theta[0, [i]])[0] for i in (0, 4)]
    require(
        np.allclose(alone, together[[0, 4]], atol=1e-3),
        f"{called}: the density of a row depends on the other rows of x, expected one density for each row.",
    )
    return together


def _require_all_data(flow: _Flow, theta: np.ndarray, log_prob: np.ndarray) -> None:
    for column in range(flow.given.shape[1]):
        changed = flow.given.copy()
        changed[:, column] += 1.0
        require(
            not np.allclose(replace(flow, given=changed).log_prob(theta), log_prob, atol=1e-5),
            f"{flow.called}: the density does not change with column {column} of x: give x to the networks. "
            "See section 7.",
        )


def _probe_posterior(posterior: Any, rng: np.random.Generator) -> np.ndarray:
    x, theta = (rng.normal(size=(200, k)).astype(np.float32) for k in (3, 2))
    return _Flow(posterior, "the posterior", x).log_prob(theta)


# --- section 5 and 6: functions ---------------------------------------------------------------------------------------


def check_radius(radius_distance: Callable[..., Any]) -> None:
    """Against `scipy.stats.kstest` of the squared radii and chi^2_d; normal, too narrow, too wide, shifted."""
    student = Function(radius_distance, "radius_distance")
    cases = [(1, 2, 1.0), (5, 1, 1.0), (40, 2, 0.6), (40, 3, 1.7), (500, 2, 1.0), (300, 5, 1.1), (7, 4, 3.0)]
    for rng, (n, d, scale) in zip(draws(seed=851, count=len(cases)), cases, strict=True):
        z = scale * rng.normal(size=(n, d))
        expected = scipy.stats.kstest(np.sum(z**2, axis=1), scipy.stats.chi2(d).cdf).statistic
        why = "the squared radius of each point, against chi^2 with as many degrees of freedom as columns"
        student(z).close(expected, f"{why}; look at both sides of each step. See section 5.", atol=1e-4)


def _spline_oracle(raw: tf.Tensor, n_bins: int, bound: float) -> tuple[tf.Tensor, ...]:
    room = 2 * bound - n_bins * 0.01
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    return 0.01 + room * tf.nn.softmax(widths), 0.01 + room * tf.nn.softmax(heights), 0.01 + tf.nn.softplus(slopes)


def check_spline(spline_parameters: Callable[..., Any]) -> None:
    """Against `scipy.special.softmax` and `np.logaddexp` in float64, in both precisions, with several axes in front."""
    student = Function(spline_parameters, "spline_parameters")
    cases = [((), 2, 1.0), ((4,), 3, 2.5), ((3, 1), 8, 3.5), ((2, 2, 1), 5, 10.0), ((1,), 2, 0.5)]
    for dtype in (np.float64, np.float32):
        for rng, (front, n_bins, bound) in zip(draws(seed=861, count=len(cases)), cases, strict=True):
            raw = (2 * rng.normal(size=(*front, 3 * n_bins - 1))).astype(dtype)
            result = student(tf.constant(raw), n_bins, bound)
            parts = result.unpack("widths", "heights", "slopes")
            raw = raw.astype(np.float64)
            room = 2 * bound - n_bins * 0.01
            expected = (
                0.01 + room * scipy.special.softmax(raw[..., :n_bins], axis=-1),
                0.01 + room * scipy.special.softmax(raw[..., n_bins : 2 * n_bins], axis=-1),
                0.01 + np.logaddexp(0, raw[..., 2 * n_bins :]),
            )
            for part, wanted, why in zip(
                parts,
                expected,
                (
                    "they come from the first K raw numbers, and add up to 2 B",
                    "they come from raw numbers K to 2 K - 1, and add up to 2 B",
                    "0.01 plus the softplus of the last K - 1 raw numbers",
                ),
                strict=True,
            ):
                part.close(wanted, f"{why}. See section 6.", rtol=1e-4, atol=1e-5)
    for rng, (front, n_bins, bound) in zip(draws(seed=862, count=len(cases)), cases, strict=True):
        raw = rng.normal(size=(*front, 3 * n_bins - 1)).astype(np.float32)
        require_gradients(student, _spline_oracle, (raw, n_bins, bound), ["raw"], rng, "See section 6.")


# --- section 7: posteriors --------------------------------------------------------------------------------------------


def check_posterior(linear_gaussian_posterior: Callable[..., Any]) -> None:
    """Against the conditional of the joint Gaussian of theta and x: gain K = S A^T (A S A^T + N)^-1, cov S - K A S."""
    student = Function(linear_gaussian_posterior, "linear_gaussian_posterior")
    for rng, (n, m, d) in zip(
        draws(seed=873, count=6), ((1, 1, 1), (3, 2, 2), (4, 5, 2), (2, 3, 3), (5, 2, 4), (6, 6, 1)), strict=True
    ):
        A, x = rng.normal(size=(m, d)), rng.normal(size=(n, m))
        prior, noise = _covariance(rng, d), _covariance(rng, m)
        gain = prior @ A.T @ np.linalg.inv(A @ prior @ A.T + noise)
        mean, cov = student(x, A, prior, noise).unpack("the means", "the covariance")
        cov.close(
            prior - gain @ A @ prior, "prior and data both count, as inverse covariances. See section 7.", atol=1e-4
        )
        why = "the covariance times A^T times the inverse noise covariance times x"
        mean.close(x @ gain.T, f"{why}. See section 7.", rtol=1e-3, atol=1e-4)


def check_coverage(coverage: Callable[..., Any]) -> None:
    """Against counting one by one; sharp, wide and biased posteriors, and ties with the truth and with levels."""
    student = Function(coverage, "coverage")
    for rng, (k, n, m, spread) in zip(
        draws(seed=874, count=6),
        ((50, 40, 5, 1.0), (9, 100, 3, 0.5), (200, 7, 9, 2.0), (4, 30, 3, 1.0), (1, 3, 2, 1.0), (10, 1, 4, 1.0)),
        strict=True,
    ):
        true, samples = -rng.gamma(1.0, spread, size=n), -rng.gamma(1.0, 1.0, size=(k, n))
        levels = np.sort(rng.uniform(0.03, 0.97, size=m))
        if k in (4, 10):  # ties: levels that are whole fractions, and samples with the density of the truth
            true, samples = np.round(2 * true) / 2, np.round(2 * samples) / 2
            levels = np.array([0.25, 0.5, 0.75]) if k == 4 else np.array([0.1, 0.3, 0.5, 0.9])
        expected = []
        for level in levels:
            inside = 0
            for i in range(n):
                higher = sum(1 for j in range(k) if samples[j, i] > true[i])
                inside += higher / k <= level
            expected.append(inside / n)
        why = "count the simulations whose fraction of samples above the truth is at most the level"
        student(true, samples, levels).close(expected, f"{why}. See section 7.", atol=1e-6)


# --- what is trained --------------------------------------------------------------------------------------------------

BEND, WIDTH = 0.175, 0.15
_COV_X = np.array([[1.0, -1.0], [-1.0, 1.0 + WIDTH**2]])


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
    return _gap(_Flow(flow, what).log_prob(points), truth)


def _measure_radius(flow: Any) -> float:
    points, _ = banana()
    z = _Flow(flow, "the trained flow").inverse(points)
    return float(scipy.stats.kstest(np.sum(z**2, axis=1), scipy.stats.chi2(2).cdf).statistic)


def _measure_moments(posterior: Callable[..., Any]) -> tuple[float, float]:
    """Rms errors of the means and of the elements of the covariance, whitened by the exact posterior.

    40 data sets with 2000 samples each; from sampling alone 0.022 for both, sqrt(1/2000) and about as much.
    """
    _, x, means = simulations()
    samples = _Flow(posterior, "the trained posterior", x[:40]).sample(2000, seed=7)
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
    flow = _Flow(posterior, "the trained posterior", x[:2000])
    true, sampled = flow.log_prob(theta[:2000]), flow.log_prob(flow.sample(200, seed=8))
    above = np.sort(np.mean(sampled > true, axis=0))
    return float(np.max(np.abs(np.searchsorted(above, LEVELS, side="right") / len(above) - LEVELS)))


def _measure_loss(posterior: Callable[..., Any]) -> tuple[float, float]:
    theta, x, means = simulations()
    log_prob = _Flow(posterior, "the trained posterior", x).log_prob(theta)
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
        LEAST, "no density can be below, so log_prob is not normalised. Look at the log-determinants."
    )
    Measured(gap, nll).at_most(ceiling, why)


def check_banana(banana_flow: Any, tier: int) -> None:
    """The gap to the entropy on 20,000 new points, from both sides.

    Chance: see `_require_band` for below; for above, over seeds of the training, docs/thresholds/flows.json.
    """
    gap, sigmas = _measure_flow(banana_flow, banana, "the trained flow")
    entropy = math.log(2 * math.pi * math.e * WIDTH)
    why = "do all variables learn, and does each layer use its own network? See section 4."
    _require_band(gap, sigmas, CEILINGS["banana_gap"][tier - 1], "your RealNVP", entropy, why)


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
        CEILINGS["banana_radius"][0], "the flow has not learnt the density. See section 5."
    )


def check_ring(spline_flow: Any) -> None:
    """The gap to the entropy of the ring on 20,000 new points, from both sides: see `_require_band`."""
    gap, sigmas = _measure_flow(spline_flow, ring, "the trained spline flow")
    why = "are widths and heights taken from different raw numbers, and do the slopes depend on theirs? See section 6."
    _require_band(gap, sigmas, CEILINGS["ring_gap"][0], "the spline flow", entropy_of_the_ring(), why)


def check_posterior_moments(posterior: Callable[..., Any]) -> None:
    """Means and covariances of samples for 40 new data sets, against the exact posterior: see `_measure_moments`."""
    mean, cov = _measure_moments(posterior)
    for value, quantity, what in ((mean, "posterior_mean", "mean"), (cov, "posterior_cov", "covariance")):
        found = (
            f"For 40 new data sets, the {what} of your posterior is off by {value:.2f} (rms, in units of the exact "
            "standard deviations)"
        )
        Measured(value, found).at_most(CEILINGS[quantity][0], "does it use x, and do all variables learn?")


def check_posterior_coverage(posterior: Callable[..., Any]) -> None:
    """Coverage of regions of highest density at nine levels, over 2000 new simulations: see `_measure_coverage`.

    The prior passes here, as it should: `check_posterior_loss` is what it fails.
    """
    distance = _measure_coverage(posterior)
    found = f"Over 2000 new simulations, the coverage of your posterior is off by up to {distance:.3f} at some level"
    Measured(distance, found).at_most(
        CEILINGS["posterior_coverage"][0], "it is too narrow, too wide or in the wrong place."
    )


def check_posterior_loss(posterior: Callable[..., Any]) -> None:
    """The expected log posterior on 20,000 new simulations, in the band above its optimum: see `_require_band`."""
    gap, sigmas = _measure_loss(posterior)
    best = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * POSTERIOR_COV)[1]
    why = "the posterior is calibrated at best, not sharp. Does it use all of x? See section 7."
    _require_band(gap, sigmas, CEILINGS["posterior_gap"][0], "your posterior", best, why)
