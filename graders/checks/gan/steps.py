"""Section 4: one step of each network, on small ones whose gradients are taken again on copies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.gan.players import as_compiled, dense_network, largest_move, optimizer_of
from graders.checks.ladder import Function, Result, beside, draws, fail, require


@dataclass(frozen=True)
class _Step:
    """A student's step of one of two small networks, which live where the step does, and what it is given.

    Attributes:
        student: `discriminator_step` or `generator_step`.
        real: real points (n, 2).
        z: random numbers (n, 3).
    """

    student: Function
    generator: Any
    discriminator: Any
    optimizer: Any
    real: np.ndarray
    z: np.ndarray

    @property
    def names(self) -> tuple[str, str]:
        """Which network learns, and which one is frozen."""
        names = ("discriminator", "generator")
        return names if self.student.name == "discriminator_step" else names[::-1]

    @property
    def networks(self) -> tuple[Any, Any]:
        """The one that learns, and the one that is frozen."""
        learner, frozen = self.names
        return getattr(self, learner), getattr(self, frozen)

    def take(self) -> Result:
        """Takes the step; gives the loss that it returned."""
        of_discriminator = self.names[0] == "discriminator"
        given = (tf.constant(self.real), tf.constant(self.z)) if of_discriminator else (tf.constant(self.z),)
        result = self.student(self.generator, self.discriminator, self.optimizer, *given)
        return Result(result.value, f"{self.student.name}(...) with a batch of {len(self.z)}")

    def expected(self) -> tuple[float, list[np.ndarray]]:
        """The loss before the step and its gradient, by automatic differentiation on copies of the networks."""
        g, d = (
            dense_network([np.asarray(weight) for weight in model.get_weights()])
            for model in (self.generator, self.discriminator)
        )
        of_discriminator = self.names[0] == "discriminator"
        with tf.GradientTape() as tape:
            fake = d(g(self.z))
            if of_discriminator:
                loss = tf.reduce_mean(tf.nn.softplus(-d(self.real))) + tf.reduce_mean(tf.nn.softplus(fake))
            else:
                loss = tf.reduce_mean(tf.nn.softplus(-fake))
        gradient = tape.gradient(loss, (d if of_discriminator else g).trainable_variables)
        return float(loss), [np.asarray(slope) for slope in gradient]


def _step(step: Callable[..., Any], name: str, rng: np.random.Generator, n: int, optimizer: Any) -> _Step:
    """A step with a generator of 3 numbers to 2 and a discriminator of 2 numbers to a logit."""
    generator, discriminator = (
        beside(step, dense_network, [rng.normal(0, 0.7, size=shape) for shape in ((n, m), (m,), (m, k), (k,))])
        for n, m, k in ((3, 5, 2), (2, 6, 1))
    )
    real = rng.normal(0.5, 1.0, size=(n, 2)).astype(np.float32)
    z = rng.normal(size=(n, 3)).astype(np.float32)
    return _Step(Function(step, name), generator, discriminator, optimizer, real, z)


def _check_step(step: Callable[..., Any], name: str) -> None:
    cases = ((16, 0.1, False), (5, 0.02, True), (1, 0.5, True))
    for rng, (n, rate, compiled) in zip(draws(seed=681, count=3), cases, strict=True):
        one = _step(step, name, rng, n, beside(step, optimizer_of, "SGD", rate))
        if compiled:
            one = replace(one, student=Function(beside(step, as_compiled, step), name))
        learner, _ = one.networks
        what, _ = one.names
        kind = "loss" if what == "discriminator" else "non-saturating loss"
        for number in ("first", "second"):
            if number == "second":
                real, z = (rng.normal(size=array.shape).astype(np.float32) for array in (one.real, one.z))
                one = replace(one, real=real, z=z)
            loss, gradient = one.expected()
            before = learner.get_weights()
            why = f"it is the {kind} of section 2 for this batch, before the update. See section 4."
            result = one.take()
            if isinstance(result.value, (int, float)):
                result.fail(
                    "returned a Python number, expected a tensor: the notebook compiles your step. See section 4."
                )
            result.close(loss, why, rtol=1e-3)
            after, called = learner.get_weights(), f"The {number} call of {name}"
            require(
                largest_move(before, after) > 0,
                f"{called} moved none of the {what}'s variables: apply the gradients to them with the optimiser. "
                "See section 4.",
            )
            for old, new, slope in zip(before, after, gradient, strict=True):
                _require_descent(new - old, rate, slope, f"{called} with plain gradient descent", what)


def _require_descent(moved: np.ndarray, rate: float, slope: np.ndarray, called: str, what: str) -> None:
    """One variable has moved by the learning rate times its slope, downhill."""
    atol = 1e-5 * rate + 1e-6
    if np.allclose(moved, -rate * slope, rtol=1e-3, atol=atol):
        return
    if np.allclose(moved, rate * slope, rtol=1e-3, atol=atol):
        why = "it goes uphill: check the sign of the loss."
    elif np.allclose(moved, -2 * rate * slope, rtol=1e-2, atol=10 * atol):
        why = "it is twice as far: is the update applied twice?"
    else:
        why = "is the loss that of the task, and is the gradient taken before anything moves?"
    fail(f"{called} did not move the {what} by the learning rate times its gradient, downhill: {why} See section 4.")


def _check_frozen(step: Callable[..., Any], name: str) -> None:
    for rng, (kind, rate) in zip(draws(seed=682, count=2), (("SGD", 0.5), ("Adam", 0.01)), strict=True):
        one = _step(step, name, rng, 12, beside(step, optimizer_of, kind, rate))
        learner, frozen = one.networks
        what, other = one.names
        sizes = [len(model.trainable_variables) for model in one.networks]
        for _ in range(2):
            before, own = frozen.get_weights(), learner.get_weights()
            one.take()
            moved = largest_move(before, frozen.get_weights())
            require(
                moved == 0,
                f"{name} moved variables of the {other} by up to {moved:.3g}: it is frozen while the {what} learns. "
                "See section 4.",
            )
            require(
                largest_move(own, learner.get_weights()) > 0,
                f"{name} moved none of the {what}'s variables: apply the gradients to them. See section 4.",
            )
        require(
            [len(model.trainable_variables) for model in one.networks] == sizes,
            f"After {name} the {other} has {len(frozen.trainable_variables)} trainable variables and had {sizes[1]}: "
            "who freezes a network must thaw it again. See section 4.",
        )


def check_discriminator_step(discriminator_step: Callable[..., Any]) -> None:
    """Loss and update of two steps of gradient descent: automatic differentiation on copies of the networks."""
    _check_step(discriminator_step, "discriminator_step")


def check_discriminator_step_frozen(discriminator_step: Callable[..., Any]) -> None:
    """The generator's weights are the same before and after, and its variables stay trainable. Exact."""
    _check_frozen(discriminator_step, "discriminator_step")


def check_generator_step(generator_step: Callable[..., Any]) -> None:
    """Loss and update of two steps of gradient descent: automatic differentiation on copies of the networks."""
    _check_step(generator_step, "generator_step")


def check_generator_step_frozen(generator_step: Callable[..., Any]) -> None:
    """The discriminator's weights are the same before and after, and its variables stay trainable. Exact."""
    _check_frozen(generator_step, "generator_step")
