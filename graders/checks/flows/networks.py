"""Sections 4, 6 and 7: flows before training, by what a density must do whatever the weights."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.flows.flow import Flow, arrays_of, built, built_again, change, disturb, size_of
from graders.checks.ladder import beside, brief, draws, fail, require, seed_beside


def _grid(edge: float, number: int) -> tuple[np.ndarray, float]:
    side = np.linspace(-edge, edge, number)
    points = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    return points.astype(np.float32), (side[1] - side[0]) ** 2


def _require_density(flow: Flow) -> None:
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


def _require_normal_base(flow: Flow, x: np.ndarray) -> None:
    base = flow.base_log_prob(x)
    require(
        np.allclose(base, scipy.stats.norm.logpdf(x).sum(axis=1), atol=1e-3),
        f"The base of the flow from {flow.called} is not the standard normal in two dimensions: put all layers into "
        "one tfb.Chain, over tfd.MultivariateNormalDiag(tf.zeros(2)).",
    )


def _require_mixed(flow: Flow, x: np.ndarray) -> None:
    """Each coordinate of z depends on both of x, which one layer after another without an exchange cannot do."""
    moved = [np.abs(flow.inverse(x + step) - flow.inverse(x)).max(axis=0) for step in 1.5 * np.eye(2)]
    for j, column in ((j, column) for j in range(2) for column in range(2)):
        require(
            moved[j][column] > 1e-4,
            f"With random weights, coordinate {column + 1} of z does not depend on coordinate {j + 1} of x in "
            f"{flow.called}: exchange the coordinates between layers.",
        )


def _require_biases(flow: Flow) -> None:
    """Without biases the origin would be where it is for all weights."""
    require(
        np.abs(flow.inverse(np.zeros((1, 2)))).max() > 1e-4,
        f"With random weights, {flow.called} leaves the point (0, 0) as it is: the layers of its networks need biases.",
    )


def _require_coupling(flow: Flow) -> None:
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


def _require_bent(flow: Flow, see: str) -> None:
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


def _require_jacobian(flow: Flow, x: np.ndarray, z: np.ndarray) -> None:
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


def _require_normal_samples(flow: Flow, seed: int) -> None:
    """4000 standard normal values: 6 standard errors are 0.095 for the mean, 0.067 for the standard deviation."""
    latent = flow.inverse(flow.sample(4000, seed))
    wrong = max(np.abs(latent.mean(axis=0)).max(), np.abs(latent.std(axis=0) - 1).max())
    require(wrong < 0.1, f"Samples of {flow.called} are not standard normal in its latent space.")


def _check_flow(build: Callable[..., Any], name: str) -> None:
    """Shapes, density, Jacobian, both coordinates, and samples of a flow in two dimensions with disturbed weights."""
    for rng, (n_layers, hidden) in zip(draws(seed=841, count=2), ((2, 12), (3, 8)), strict=True):
        distribution, variables, called = built(build, name, n_layers, hidden)
        for method in ("log_prob", "sample", "bijector"):
            if not hasattr(distribution, method):
                fail(f"The first part of {called} is {brief(distribution)}, expected a tfd.TransformedDistribution.")
        disturb(variables, rng)
        flow = Flow(distribution, called)
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
    build: Callable[..., Any], name: str, small: tuple[int, ...], probe: Callable[[Any], np.ndarray]
) -> None:
    """All variables are there, and each of them matters; more layers, and wider ones, have more parameters."""
    one, its, called = built(build, name, *small)
    given = np.zeros((1, small[2]), np.float32) if len(small) == 3 else None
    _require_own_variables(build, one, its, called, given)
    seed_beside(build, 841)
    other, others, _ = built_again(build, name, *small)
    if [tuple(v.shape) for v in its] != [tuple(v.shape) for v in others]:
        fail(f"Two calls of {called} gave lists of variables with different shapes.")
    (rng,) = draws(seed=843, count=1)
    disturb(its, rng)
    _require_complete(probe, (one, its), (other, others), called)
    _require_effects(probe, one, its, rng, called)
    _require_growth(build, name, small, size_of(its), called)


def _require_complete(
    probe: Callable[[Any], np.ndarray], one: tuple[Any, list], other: tuple[Any, list], called: str
) -> None:
    """With the values of the listed variables, another flow is the same one, unless some weights are not listed."""
    for variable, value in zip(other[1], arrays_of(one[1]), strict=True):
        variable.assign(value)
    require(
        np.allclose(probe(one[0]), probe(other[0]), atol=1e-3),
        f"Two flows of {called} with the same values of all listed variables are different: the list does not hold "
        "the variables of all networks.",
    )


def _require_effects(
    probe: Callable[[Any], np.ndarray], flow: Any, variables: list, rng: np.random.Generator, called: str
) -> None:
    """Whichever variable is changed, densities change."""
    before = probe(flow)
    for number, variable in enumerate(variables):
        value = np.array(variable)
        amount = np.abs(rng.normal(size=value.shape)) + 0.5
        change(variable, 1 + amount, amount)
        after = probe(flow)
        variable.assign(value)
        require(
            not np.allclose(before, after, atol=1e-6),
            f"Changing variable {number} of {len(variables)} of {called} changes no log-density: does every layer use "
            "its own network? A function defined in a loop sees the last one.",
        )


def _require_growth(build: Callable[..., Any], name: str, small: tuple[int, ...], size: int, called: str) -> None:
    """Twice the layers have twice the parameters; of three times as many neurons, two hidden layers have more."""
    n_layers, hidden, *rest = small
    deeper = size_of(built_again(build, name, 2 * n_layers, hidden, *rest)[1])
    wider = size_of(built_again(build, name, n_layers, 3 * hidden, *rest)[1])
    require(
        deeper == 2 * size,
        f"{called} lists {size} parameters, with twice the layers {deeper}: each layer has a network.",
    )
    require(
        wider > 3 * size,
        f"{called} lists {size} parameters, with {3 * hidden} hidden neurons {wider}: two hidden layers of three times "
        "as many neurons have more than three times as many.",
    )


def _probe_flow(flow: Any) -> np.ndarray:
    points = 1.5 * np.random.default_rng(844).normal(size=(200, 2))
    return Flow(flow, "the flow").log_prob(points)


def _probe_posterior(posterior: Any) -> np.ndarray:
    rng = np.random.default_rng(844)
    x, theta = (rng.normal(size=(200, k)).astype(np.float32) for k in (3, 2))
    return Flow(posterior, "the posterior", x).log_prob(theta)


def check_realnvp(build_realnvp: Callable[..., Any]) -> None:
    """A coupling flow before training: normalised, invertible, right by finite differences, both coordinates moved."""
    _check_flow(build_realnvp, "build_realnvp")
    for rng in draws(seed=846, count=1):
        distribution, variables, called = built(build_realnvp, "build_realnvp", 2, 16)
        disturb(variables, rng)
        _require_coupling(Flow(distribution, called))


def check_realnvp_variables(build_realnvp: Callable[..., Any]) -> None:
    """The list of variables: complete (weights copied into a second flow make it equal), and none without effect."""
    _check_variables(build_realnvp, "build_realnvp", (2, 6), _probe_flow)


def check_maf(build_maf: Callable[..., Any]) -> None:
    """An autoregressive flow before training, as for the coupling flow; one layer alone has a triangular Jacobian."""
    _check_flow(build_maf, "build_maf")
    for rng in draws(seed=845, count=1):
        distribution, variables, called = built(build_maf, "build_maf", 1, 8)
        disturb(variables, rng)
        flow = Flow(distribution, called)
        column, j = _require_autoregressive(flow, rng.normal(size=(20, 2)))
        # The other column of z is (x_j - t) exp(-s), where t and s are functions of the other coordinate of x.
        _require_curved(flow, 1 - column, j)


def _require_autoregressive(flow: Flow, x: np.ndarray) -> tuple[int, int]:
    """The column of z and that of x of the one derivative of one layer that vanishes."""
    moved = [np.abs(flow.inverse(x + step) - flow.inverse(x)).max(axis=0) for step in 1.5 * np.eye(2)]
    free = [(column, j) for j in range(2) for column in range(2) if moved[j][column] < 1e-4]
    require(
        len(free) == 1,
        f"In {flow.called}, of one layer, {len(free)} of the four derivatives of z with respect to x vanish, expected "
        "one: the first coordinate depends on itself, the second on both.",
    )
    return free[0]


def _require_curved(flow: Flow, column: int, j: int) -> None:
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
        posterior, variables, called = built(build_posterior, name, n_layers, hidden, n_data)
        if not callable(posterior):
            fail(f"The first part of {called} is {brief(posterior)}, expected a function of x.")
        disturb(variables, rng)
        x = rng.normal(size=(6, n_data)).astype(np.float32)
        theta = rng.normal(size=(3, 6, 2)).astype(np.float32)
        together = _require_same_rows(Flow(posterior, called, x), theta)
        _require_all_data(Flow(posterior, called, x), theta[0], together)
        one = Flow(posterior, f"{called} for one x", x[:1])
        _require_density(one)
        _require_bent(one, "See section 7.")
        _require_normal_samples(one, seed=6)
    _check_variables(build_posterior, name, (2, 6, 3), _probe_posterior)


def _require_same_rows(flow: Flow, theta: np.ndarray) -> np.ndarray:
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


def _require_all_data(flow: Flow, theta: np.ndarray, log_prob: np.ndarray) -> None:
    for column in range(flow.given.shape[1]):
        changed = flow.given.copy()
        changed[:, column] += 1.0
        require(
            not np.allclose(replace(flow, given=changed).log_prob(theta), log_prob, atol=1e-5),
            f"{flow.called}: the density does not change with column {column} of x: give x to the networks. "
            "See section 7.",
        )
