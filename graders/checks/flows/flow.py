"""A student's flow as an object of judgement: what it answers, its variables, other weights."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.ladder import Function, Result, beside, brief, fail, require, seed_beside
from graders.checks.weights import kernel_width, mixing, put_back


def _values(what: str, shape: tuple[int, ...], function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function of a student's objects gives, climbed up to finite, or a sentence."""
    try:
        value = function(*arguments, **options)
    except Exception as error:
        fail(f"{what} stopped with {type(error).__name__}: {_in_short(error)}.")
    return Result(value, what).array(shape)


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


@dataclass(frozen=True)
class Flow:
    """A student's flow, whose answers are finite arrays of the right shape, or end the check with a sentence.

    Each question costs a tenth of a second, however many points it has: so checks ask about all points at once.

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

    def inverses(self, *groups: np.ndarray) -> list[np.ndarray]:
        """Where several groups of points (..., 2) are in latent space, in one question."""
        latent = self.inverse(np.concatenate([group.reshape(-1, 2) for group in groups]))
        ends = np.cumsum([group.size // 2 for group in groups])[:-1]
        return [part.reshape(group.shape) for part, group in zip(np.split(latent, ends), groups, strict=True)]

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


# --- how a flow is made -----------------------------------------------------------------------------------------------


def built(build: Callable[..., Any], name: str, *arguments: int, seed: int | None = 840) -> tuple[Any, list, str]:
    """A flow or a function of data, its variables, and the call in words.

    Args:
        build: the student's function.
        name: its name in the task.
        arguments: what it is called with.
        seed: for the weights, which are the same for all students then; None goes on from where chance stands.
    """
    if seed is not None:
        seed_beside(build, seed)
    result = Function(build, name)(*arguments)
    first, second = result.unpack("the first part", "the list of variables")
    return first.value, variables_of(second), result.called


def variables_of(result: Result) -> list:
    """The flat list of variables that a student handed back, or a sentence."""
    found = result.value
    if callable(found) or isinstance(found, dict) or not hasattr(found, "__iter__"):
        result.fail(f"is {brief(found)}, expected a list of variables.")
    found = list(found)
    if not found:
        result.fail("is empty: collect the trainable variables of all networks, which must have been called once.")
    if not all(hasattr(variable, "assign") and hasattr(variable, "shape") for variable in found):
        result.fail("holds something that is no variable: put the variables of all networks into one flat list.")
    return found


def size_of(variables: Sequence[Any]) -> int:
    """How many parameters they hold."""
    return sum(int(np.prod(variable.shape)) for variable in variables)


# --- its weights ------------------------------------------------------------------------------------------------------


def disturb(build: Callable[..., Any], variables: Sequence[Any], rng: np.random.Generator) -> None:
    """Other weights, smaller than those that a flow starts with: scales that nothing bounds must not explode.

    All that the flow uses should change, listed or not: an incomplete list costs its own point, and not those of the
    flow. So `variables` are those of `used_by`.
    """
    beside(build, _disturbed, list(variables), int(rng.integers(2**32)))


def _disturbed(variables: list, seed: int) -> None:
    """Biases are shifted, matrices multiplied, so that masked weights stay 0, and have a usual size.

    Rows and columns of a matrix change their signs by chance, which leaves its size as it is: so one flow is another
    one in each draw. A matrix that is tiny, as some start the last layer, is shifted like a bias where it is not
    masked: its zeros stay, and if all are zeros, its constraint, if it has one, is its mask.
    """
    rng = np.random.default_rng(seed)
    for variable in variables:
        value = np.asarray(variable)
        drawn = rng.normal(size=value.shape)
        if value.ndim < 2 or not value.any():
            moved = value + 0.15 * drawn
        elif np.abs(value).max() < 0.05:
            moved = value + 0.15 * drawn * (value != 0)
        else:
            size = float(np.sqrt(np.mean(value[value != 0] ** 2)))
            usual = kernel_width(value.shape) / size
            moved = value * (0.6 + 0.2 * drawn) * np.clip(1.0, 0.5 * usual, usual)
            for signs in np.ix_(*(rng.choice([-1, 1], length) for length in value.shape)):
                moved = signs * moved
        moved = moved.astype(value.dtype)
        variable.assign(moved)
        if getattr(variable, "constraint", None) is not None:
            variable.assign(variable.constraint(tf.constant(moved)))


def used_by(build: Callable[..., Any], flow: Flow, variables: Sequence[Any]) -> list:
    """Those that a flow lists, each once, and after them those that its density uses besides."""
    return list(beside(build, _used, flow.distribution, flow.given, list(variables)))


def _used(flow: Any, given: Any, variables: list) -> list:
    with tf.GradientTape() as tape:
        try:
            made = flow if given is None else flow(given)
            made.log_prob(tf.zeros((1 if given is None else len(given), 2)))
        except Exception:  # whatever asks for densities next says so
            pass
    one_each = {id(getattr(variable, "_value", variable)): variable for variable in reversed(variables)}
    untold = [variable for variable in tape.watched_variables() if id(variable) not in one_each]
    return [*reversed(one_each.values()), *untold]


def enlarge(build: Callable[..., Any], variables: Sequence[Any], gain: float) -> None:
    """Multiplies all variables."""
    beside(build, _enlarged, list(variables), gain)


def _enlarged(variables: list, gain: float) -> None:
    for variable in variables:
        variable.assign(gain * np.asarray(variable))


FEW = 4  # numbers that a network gives: shift and log-scale of one coordinate, or of two


def turn(build: Callable[..., Any], variables: Sequence[Any], kernels: float, vectors: float, axis: int = -1) -> None:
    """Multiplies what leads to the few numbers that networks give, which are along one axis of their last kernels.

    Vectors of so few numbers are biases of the last layer, or else factors that a student lets learn.
    """
    beside(build, _turned, list(variables), kernels, vectors, axis, FEW)


def _turned(variables: list, kernels: float, vectors: float, axis: int, few: int) -> None:
    for variable in variables:
        shape = tuple(variable.shape)
        is_vector = shape and shape[-1] == np.prod(shape)  # of one row, too: kernels have as many as neurons
        if not is_vector and len(shape) > 1 and shape[axis] <= few:
            variable.assign(kernels * np.asarray(variable))
        elif is_vector and shape[-1] <= few:
            variable.assign(vectors * np.asarray(variable))


def undone_mixing(
    build: Callable[..., Any], flow: Flow, variables: Sequence[Any], hidden: int, points: np.ndarray, seed: int
) -> dict[int, tuple[tuple[int, ...], float, float]]:
    """For each kernel of so many neurons its shape, how far z moves when these are mixed, and when that is undone.

    Where nothing bends what neurons give, only the product of their kernel and the next one counts: then a mixing of
    the one can be undone in the other, or in some rows of it where more than these neurons lead to it. Biases of
    neurons are 0 for it, and everything is put back afterwards.

    Args:
        build: the student's function.
        flow: what it gave.
        variables: all that the flow uses.
        hidden: the number of neurons of a hidden layer.
        points: where z is looked at, (..., 2).
        seed: of the mixings.
    """
    asked = (flow.distribution, flow.given, list(variables), hidden, points.astype(np.float32), seed)
    found = beside(build, _mixed, *asked)
    return {int(k): (tuple(map(int, shape)), float(moved), float(undone)) for k, shape, moved, undone in found}


def _mixed(flow: Any, given: Any, variables: list, hidden: int, points: Any, seed: int) -> list:
    rng, found = np.random.default_rng(seed), []
    kernels = [variable for variable in variables if len(variable.shape) == 2]
    with put_back(variables):
        for variable in variables:
            if tuple(variable.shape) == (hidden,):
                variable.assign(np.zeros(hidden))
        own = [np.array(kernel) for kernel in kernels]

        def latent(changed: dict) -> Any:
            for k, numbers in changed.items():
                kernels[k].assign(numbers.astype(own[k].dtype))
            made = flow if given is None else flow(given)
            z = np.asarray(made.bijector.inverse(np.array(points)), np.float64)
            for k in changed:
                kernels[k].assign(own[k])
            return z

        z = latent({})
        behind = [k for k, numbers in enumerate(own) if numbers.shape[0] >= hidden]
        heads = [k for k in behind if own[k].shape[1] != hidden]  # two may follow one layer
        pairs = [heads[place : place + 2] for place in range(len(heads) - 1)]
        for k, numbers in enumerate(own):
            if numbers.shape[1] != hidden:
                continue
            mix, away = mixing(rng, hidden), []
            for following in [(), *((j,) for j in behind if j != k), *pairs]:
                for first in range(min((len(own[j]) for j in following), default=hidden) - hidden + 1):
                    undone = {j: np.array(own[j], np.float64) for j in following}
                    for rows in (other[first : first + hidden] for other in undone.values()):
                        rows[:] = np.linalg.solve(mix, rows)
                    away.append(float(np.abs(latent({k: numbers @ mix, **undone}) - z).max() / np.ptp(z)))
            found.append([k, list(numbers.shape), away[0], min(away)])
    return found


def weights_of(build: Callable[..., Any], variables: Sequence[Any]) -> list[np.ndarray]:
    """Values of variables."""
    return list(beside(build, _weights_of, list(variables)))


def _weights_of(variables: list) -> list:
    return [np.array(variable) for variable in variables]


def copy_weights(build: Callable[..., Any], source: Sequence[Any], target: Sequence[Any]) -> None:
    """Gives variables the values of others, or of arrays."""
    beside(build, _copied, list(source), list(target))


def _copied(source: list, target: list) -> None:
    for one, other in zip(source, target, strict=True):
        other.assign(np.asarray(one))


def how_many_shared(build: Callable[..., Any], one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many variables are in both lists."""
    return int(beside(build, _shared, list(one), list(other)))


def _shared(one: list, other: list) -> int:
    return len({id(variable) for variable in one} & {id(variable) for variable in other})


def require_learning(
    build: Callable[..., Any], flow: Any, variables: Sequence[Any], called: str, points: np.ndarray, given: Any = None
) -> None:
    """A gradient of the log-density reaches each listed variable, and the density uses no other.

    Args:
        build: the student's function.
        flow: what it gave: a distribution, or a function of data where something is given.
        variables: those that it listed.
        called: the call in words.
        points: where the density is taken, (n, 2).
        given: data (n, k).
    """
    try:
        twice, untold, idle, slopes = beside(build, _slopes, flow, list(variables), points.astype(np.float32), given)
    except Exception as error:
        fail(f"The gradient of log_prob of {called} stopped with {type(error).__name__}: {_in_short(error)}.")
    require(
        twice == 0,
        f"{called} lists {twice} of its {len(variables)} variables a second time: each layer needs a network of its "
        "own, whose variables are listed once.",
    )
    require(
        untold == 0,
        f"{called} uses {untold} variables that are not in its list: it must hold those of all networks.",
    )
    require(
        not idle,
        f"No gradient of log_prob reaches variable {idle[0] if idle else 0} of the {len(variables)} that {called} "
        "lists: the density must depend on it, through TensorFlow's functions.",
    )
    _require_slopes(Flow(flow, called, given), points, np.asarray(slopes))


STEP = 0.01  # of finite differences in float32


def _require_slopes(flow: Flow, points: np.ndarray, slopes: np.ndarray) -> None:
    """Gradients of the log-density in the points (n, 2), as in finite differences: what passes from layer to layer.

    A kink of a ReLU spoils single points, so the median is what counts: below 2e-5 in right answers, above 0.015 where
    a gradient is stopped between two layers.
    """
    expected = (flow.log_prob(points + STEP) - flow.log_prob(points - STEP)) / (2 * STEP)
    off = np.median(np.abs(slopes.sum(axis=1) - expected) / (1 + np.abs(expected)))
    require(
        off < 1e-3,
        f"The gradient of log_prob of {flow.called} in its points differs by {off:.1%} from finite differences: a part "
        "of the flow passes no gradient on.",
    )


def _slopes(flow: Any, variables: list, points: Any, given: Any) -> tuple:
    """How many variables are listed twice, how many are used unlisted, which ones no gradient reaches, and slopes.

    The slopes are those of the log-densities in the points (n, 2).
    """
    listed = [getattr(variable, "_value", variable) for variable in variables]
    points = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        made = flow if given is None else flow(given)
        total = tf.reduce_sum(made.log_prob(points))
    in_points, *slopes = tape.gradient(total, [points, *listed])
    idle = [number for number, slope in enumerate(slopes) if slope is None or not np.any(tf.convert_to_tensor(slope))]
    known = {id(variable) for variable in listed}
    used = {id(variable) for variable in tape.watched_variables()}
    in_points = tf.zeros_like(points) if in_points is None else in_points
    return len(listed) - len(known), len(used - known), idle, np.asarray(in_points)


def without_weights(flow: Flow, points: np.ndarray) -> tuple[float, float]:
    """The mean log-density of points (n, 2), and the same with all variables that it uses at 0; then they are back."""
    asked = flow.distribution.log_prob if flow.given is None else flow.distribution
    before, after = beside(asked, _zeroed, flow.distribution, points.astype(np.float32), flow.given)
    return float(before), float(after)


def _zeroed(flow: Any, points: Any, given: Any) -> tuple:
    def mean() -> Any:
        made = flow if given is None else flow(given)
        return tf.reduce_mean(made.log_prob(points))

    with tf.GradientTape() as tape:
        before = float(mean())
    variables = tape.watched_variables()
    with put_back(variables):
        for variable in variables:
            variable.assign(tf.zeros_like(variable))
        return before, float(mean())
