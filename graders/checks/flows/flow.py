"""A student's flow as an object of judgement: what it answers, its variables, other weights."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.ladder import Function, Result, brief, fail, seed_beside


def _values(what: str, shape: tuple[int, ...], function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function of a student's objects gives, climbed up to finite, or a sentence."""
    try:
        value = function(*arguments, **options)
    except Exception as error:
        message = " ".join(str(error).split())[:160]
        fail(f"{what} stopped with {type(error).__name__}: {message}.")
    return Result(value, what).array(shape)


@dataclass(frozen=True)
class Flow:
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


def arrays_of(variables: Sequence[Any]) -> list[np.ndarray]:
    """Their values."""
    return [np.asarray(variable) for variable in variables]


def size_of(variables: Sequence[Any]) -> int:
    """How many parameters they hold."""
    return sum(int(np.prod(variable.shape)) for variable in variables)


def change(variable: Any, factor: np.ndarray, shift: np.ndarray) -> None:
    """Other values for one variable: biases are shifted, matrices multiplied, so that masked weights stay 0.

    A matrix of zeros, as some start the last layer, is shifted like a bias; its constraint, if it has one, is its mask.
    """
    value = np.asarray(variable)
    moved = (value * factor if value.ndim >= 2 and value.any() else value + shift).astype(np.float32)
    variable.assign(moved)
    if getattr(variable, "constraint", None) is not None:
        variable.assign(variable.constraint(tf.constant(moved)))


def disturb(variables: Sequence[Any], rng: np.random.Generator) -> None:
    """Other weights, smaller than those that a flow starts with: scales that nothing bounds must not explode."""
    for variable in variables:
        noise = rng.normal(size=tuple(variable.shape))
        change(variable, 0.6 + 0.2 * noise, 0.15 * noise)


def built(build: Callable[..., Any], name: str, *arguments: int) -> tuple[Any, list, str]:
    """A flow or a function, its variables, and the call in words; weights come from one seed for all students."""
    seed_beside(build, 840)
    result = Function(build, name)(*arguments)
    first, second = result.unpack("the first part", "the list of variables")
    return first.value, variables_of(second), result.called


def built_again(build: Callable[..., Any], name: str, *arguments: int) -> tuple[Any, list, str]:
    """A flow or a function, its variables, and the call in words; weights go on from the seed before."""
    result = Function(build, name)(*arguments)
    first, second = result.unpack("the first part", "the list of variables")
    return first.value, variables_of(second), result.called
