"""Small networks and optimisers that live where a student's step does, how far they moved, and what a step is.

The text of those that make them goes there: `graders.checks.ladder.beside`.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from graders.checks.ladder import Function, Result, beside, require
from graders.checks.oracles import oracle


def dense_network(weights: list, frozen: int = 0, normed: bool = False, axes: int = 0) -> Any:
    """Dense layers with these kernels and biases, with tanh between them.

    The first `frozen` of them do not learn. Batch normalisation comes before them if `normed`. Inputs may have some
    axes more, such as 2 for images: then this is a network of each pixel.
    """
    dense = []
    for place, bias in enumerate(weights[1::2], start=1):
        activation = "tanh" if 2 * place < len(weights) else None
        dense.append(keras.layers.Dense(len(bias), activation=activation, trainable=place > frozen))
    before = [keras.layers.BatchNormalization()] if normed else []
    model = keras.Sequential([keras.Input(shape=(*[None] * axes, len(weights[0]))), *before, *dense])
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


def nearly(weights: list, number: int) -> list:
    """The same weights but for a millionth of each, up or down: some fifteen units in the last place."""
    rng = np.random.default_rng(number)
    return [(array * (1 + 1e-6 * rng.choice([-1, 1], size=np.shape(array)))).astype(np.float32) for array in weights]


def largest_difference(one: list, others: Iterable[list]) -> list[np.ndarray]:
    """How far arrays are from those of other lists, element by element, at most."""
    return [
        np.max([np.abs(array - other) for other in rest], axis=0) for array, *rest in zip(one, *others, strict=True)
    ]


@oracle
def stepped(
    weights: list,
    shape: tuple,
    optimizer: tuple[str, float, dict],
    loss: Callable[..., Any],
    batches: list[tuple[np.ndarray, np.ndarray]],
    limit: float | None = None,
) -> list[tuple[list[np.ndarray], list[np.ndarray]]]:
    """Steps of a small network, by automatic differentiation: loss and weights, and what the last digits do to both.

    Where the terms of a gradient cancel, or the sign of hardly any gradient decides, as for Adam, steps that are right
    differ by more than a fixed tolerance: so does a step from weights that differ by a millionth.

    Args:
        weights: of the network at the start, and
        shape: the rest of what `dense_network` takes.
        optimizer: what `optimizer_for` takes.
        loss: of targets and answers.
        batches: inputs and targets of each step.
        limit: the largest length of all gradients together.

    Returns:
        For each step, the loss before it and all weights after it; and by how much the loss and the moves of the
        weights differ where it began with nearly the same weights.
    """
    given = shape, optimizer, loss, batches, limit
    first, *others = (_taken(some, *given) for some in (weights, *(nearly(weights, number) for number in range(3))))
    return [
        ([value, *after], largest_difference([value, *moves], [[other, *rest] for other, rest, _ in same]))
        for (value, moves, after), *same in zip(first, *others, strict=True)
    ]


def _taken(
    weights: list,
    shape: tuple,
    optimizer: tuple[str, float, dict],
    loss: Callable[..., Any],
    batches: list[tuple[np.ndarray, np.ndarray]],
    limit: float | None,
) -> list[tuple[float, list[np.ndarray], list[np.ndarray]]]:
    """For each step the loss before it, the moves of all weights, and the weights after it."""
    model = dense_network(weights, *shape)
    mover, found = optimizer_for([model], *optimizer), []
    for x, target in batches:
        before = [np.array(weight) for weight in model.get_weights()]
        with tf.GradientTape() as tape:
            value = loss(target, model(x, training=True))
        slopes = tape.gradient(value, model.trainable_variables)
        length = math.hypot(*(float(number) for slope in slopes for number in np.ravel(slope)))
        factor = 1.0 if limit is None else limit / max(limit, length)
        mover.apply([factor * slope for slope in slopes], model.trainable_variables)
        after = [np.array(weight) for weight in model.get_weights()]
        found.append((float(value), [new - old for old, new in zip(before, after, strict=True)], after))
    return found


def require_steps(
    step: Callable[..., Any],
    name: str,
    network: tuple[list, tuple],
    optimizer: tuple[str, float, dict],
    given: Iterable[tuple],
    expected: list[tuple[list, list]],
    how: str,
    see: str,
    *,
    compiled: bool,
) -> None:
    """Each step returns the loss before it, as a tensor, and moves each weight as the optimiser that is passed does.

    Args:
        step: the student's function, of a network, its optimiser, and what else is given, and
        name: its name in the task.
        network: what `dense_network` takes.
        optimizer: what `optimizer_for` takes.
        given: to each of two steps, besides.
        expected: what `stepped` says of them.
        how: they are called, in words, "with a batch of 5".
        see: the end of a sentence, "See section 3."
        compiled: whether TensorFlow compiles the function, as notebooks do.
    """
    weights, shape = network
    model = beside(step, dense_network, weights, *shape)
    mover = beside(step, optimizer_for, [model], *optimizer)
    student = Function(beside(step, as_compiled, step) if compiled else step, name)
    for which, arguments, wanted in zip(("first", "second"), given, expected, strict=True):
        before = [np.array(weight) for weight in model.get_weights()]
        value = student(model, mover, *arguments).value
        after = [np.array(weight) for weight in model.get_weights()]
        result, (loss, *weights), (noise, *noises) = Result(value, f"The {which} {name} {how}"), *wanted
        if isinstance(value, (int, float)):
            result.fail(f"returned a Python number, expected a tensor: the notebook compiles your step. {see}")
        result.close(loss, f"the loss of this batch before the step. {see}", atol=1e-9 + 3 * float(noise))
        require_moves(result.called, before, after, weights, noises, optimizer, see)


def require_moves(
    called: str,
    before: list,
    after: list,
    expected: list,
    noises: list,
    optimizer: tuple[str, float, dict],
    see: str,
    whose: str = "the weights",
) -> None:
    """Each array of weights moved from `before` to `after` as the optimiser moves it, to `expected`.

    `noises` are by how much moves from nearly the same weights differ. Three times as much, of 10,000 right steps of
    networks like these in single precision, came to at most a third of what is allowed; without it, up to 1 in 300 was
    beyond, by cancellation or the sign of a tiny gradient.
    """
    kind, rate, options = optimizer
    passed = f"{kind} with a learning rate of {rate:g}" + "".join(f" and {key} {options[key]:g}" for key in options)
    for number, (old, new, wanted, noise) in enumerate(zip(before, after, expected, noises, strict=True)):
        moved, should = new - old, wanted - old
        # Single precision is off by up to 1e-5 of the largest move, half precision by 4e-4 or more.
        small = 1e-4 * np.abs(should).max() + 3e-7 * max(1.0, np.abs(old).max()) + 3 * noise
        if np.allclose(moved, should, rtol=1e-4, atol=small):
            continue
        if not np.isfinite(new).all():
            why = "it is nan or infinite now"
        elif not np.any(moved):
            why = "it did not move at all"
        elif not np.any(should):
            why = "it does not learn: move the trainable variables alone"
        elif np.sum(moved * should) < 0:
            why = "it moved the other way"
        else:
            why = "let the optimiser apply the gradient of this loss, taken before anything moves, once"
        require(False, f"{called} did not move array {number} of {whose} as {passed} does: {why}. {see}")
