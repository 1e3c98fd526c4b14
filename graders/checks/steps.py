"""Small networks and optimisers that live where a student's step does, how far they moved, and what a step is.

The text of those that make them goes there: `graders.checks.ladder.beside`.
"""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from graders.checks.ladder import Result, require
from graders.checks.oracles import oracle


def dense_network(weights: list, frozen: int = 0, normed: bool = False) -> Any:
    """Dense layers with these kernels and biases, with tanh between them.

    The first `frozen` of them do not learn. Batch normalisation comes before them if `normed`.
    """
    dense = []
    for place, bias in enumerate(weights[1::2], start=1):
        activation = "tanh" if 2 * place < len(weights) else None
        dense.append(keras.layers.Dense(len(bias), activation=activation, trainable=place > frozen))
    before = [keras.layers.BatchNormalization()] if normed else []
    model = keras.Sequential([keras.Input(shape=(len(weights[0]),)), *before, *dense])
    model.set_weights([*model.get_weights()[: -len(weights)], *weights])
    return model


def optimizer_for(models: list, name: str, rate: float, options: dict) -> Any:
    """A Keras optimiser, ready for models as the notebook makes it ready before it compiles a step.

    With the option "decay" its learning rate is a schedule: it falls by that factor from step to step.
    """
    options = dict(options)
    if "decay" in options:
        rate = keras.optimizers.schedules.ExponentialDecay(rate, 1, options.pop("decay"))
    optimizer = getattr(keras.optimizers, name)(rate, **options)
    optimizer.build([variable for model in models for variable in model.trainable_variables])
    return optimizer


def as_compiled(step: Any) -> Any:
    """A step as the notebook repeats it: compiled, also where the notebook runs its own steps one by one."""
    compiled = tf.function(step)

    def run(*arguments: Any) -> Any:
        eagerly = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(False)
        try:
            return compiled(*arguments)
        finally:
            tf.config.run_functions_eagerly(eagerly)

    return run


def largest_move(before: list[np.ndarray], after: list[np.ndarray]) -> float:
    """By how much the weight that moved most did, between two lists of the same shapes."""
    return max(float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True))


@oracle
def stepped(
    weights: list,
    shape: tuple[int, bool],
    optimizer: tuple[str, float, dict],
    loss: Callable[..., Any],
    batches: list[tuple[np.ndarray, np.ndarray]],
    limit: float | None = None,
) -> list[tuple[float, list[np.ndarray]]]:
    """Steps of a small network, by automatic differentiation: the loss before each, and all weights after it.

    Args:
        weights: of the network at the start, and
        shape: the rest of what `dense_network` takes.
        optimizer: what `optimizer_for` takes.
        loss: of targets and answers.
        batches: inputs and targets of each step.
        limit: the largest length of all gradients together.
    """
    model = dense_network(weights, *shape)
    mover, found = optimizer_for([model], *optimizer), []
    for x, target in batches:
        with tf.GradientTape() as tape:
            value = loss(target, model(x, training=True))
        slopes = tape.gradient(value, model.trainable_variables)
        length = math.hypot(*(float(number) for slope in slopes for number in np.ravel(slope)))
        factor = 1.0 if limit is None else limit / max(limit, length)
        mover.apply([factor * slope for slope in slopes], model.trainable_variables)
        found.append((float(value), [np.array(weight) for weight in model.get_weights()]))
    return found


def require_step(
    result: Result,
    before: list,
    after: list,
    expected: tuple[float, list],
    optimizer: tuple[str, float, dict],
    see: str,
) -> None:
    """A step returned the loss before it, as a tensor, and moved each weight as the optimiser that was passed does.

    Args:
        result: what the step returned.
        before: all weights of the network, and
        after: the same after the step.
        expected: what `stepped` says of this step.
        optimizer: what `optimizer_for` was given.
        see: the end of a sentence, "See section 3."
    """
    if isinstance(result.value, (int, float)):
        result.fail(f"returned a Python number, expected a tensor: the notebook compiles your step. {see}")
    result.close(expected[0], f"the loss of this batch before the step. {see}", atol=1e-9)
    kind, rate, options = optimizer
    passed = f"{kind} with a learning rate of {rate:g}" + "".join(f" and {key} {options[key]:g}" for key in options)
    for number, (old, new, wanted) in enumerate(zip(before, after, expected[1], strict=True)):
        moved, should = new - old, wanted - old
        small = 5e-4 * np.abs(should).max() + 3e-7 * max(1.0, np.abs(old).max())
        if np.allclose(moved, should, rtol=2e-4, atol=small):
            continue
        if not np.isfinite(new).all():
            why = "it is nan or infinite now"
        elif not np.any(moved):
            why = "it did not move at all"
        elif not np.any(should):
            why = "it does not learn: move the trainable variables alone"
        elif np.sum(moved * should) < 0:
            why = "it goes uphill"
        else:
            why = "let the optimiser apply the gradient of this loss, taken before anything moves, once"
        require(False, f"{result.called} did not move array {number} of the weights as {passed} does: {why}. {see}")
