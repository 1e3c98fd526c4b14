"""Repeats a training step of a network; and what examples of steps and gradients need."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from progress import counted


def repeated(
    step: Callable, model: Any, loss_function: Callable, data: tuple, batch: int, steps: int, rate: float, seed: int
) -> np.ndarray:
    """Trains a network by a step, with a rate that falls to zero; gives the loss of each step, (steps,).

    Args:
        step: of model, optimizer, loss_function, x and target; returns the loss.
        model: a Keras model.
        loss_function: of targets and answers.
        data: inputs (n, ...) and targets (n, ...).
        batch: how many of them a step gets.
        steps: how many.
        rate: the first learning rate of Adam.
        seed: of the order of the data.
    """
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps))
    optimizer.build(model.trainable_variables)
    compiled, rng, curve = tf.function(step), np.random.default_rng(seed), []
    for _ in counted(range(steps)):
        rows = rng.integers(0, len(data[0]), batch)
        curve.append(float(compiled(model, optimizer, loss_function, *(tf.constant(part[rows]) for part in data))))
    return np.array(curve)


def derivative(function: Callable, x: Any, *others: Any) -> tf.Tensor | None:
    """The derivative of the sum of all that function(x, *others) returns, by x; None if no gradient passes through."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = sum(tf.reduce_sum(part) for part in tf.nest.flatten(function(x, *others)))
    return tape.gradient(total, x)


def line() -> tf.keras.Model:
    """A network with one weight: 2 x."""
    model = tf.keras.Sequential([tf.keras.Input(shape=(1,)), tf.keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[2.0]])])
    return model


def descent(rate: float) -> tf.keras.optimizers.Optimizer:
    """Plain gradient descent."""
    return tf.keras.optimizers.SGD(rate)


def adam(rate: float, model: Any) -> tf.keras.optimizers.Optimizer:
    """Adam for a network, whose first step is as long as its rate."""
    optimizer = tf.keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)  # a compiled step makes no variables
    return optimizer
