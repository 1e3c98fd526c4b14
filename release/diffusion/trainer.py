"""Repeats a training step of a denoising network; and what the notebook's test of that step is given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from progress import counted


def repeated(
    step: Callable,
    network: Any,
    draw_batch: Callable,
    shape: tuple[int, int],
    steps: int,
    data_sd: float,
    levels: tuple[float, float],
    seed: int,
) -> np.ndarray:
    """Trains a network by a step, and leaves it with the running mean of its weights; gives the loss of each step.

    Args:
        step: of network, optimizer, clean data, noise levels, normal numbers and data_sd; returns the loss.
        network: a Keras model.
        draw_batch: of a number n and a random generator, gives clean data (n, d).
        shape: (n, d) of a batch.
        steps: how many.
        data_sd: the standard deviation of the data.
        levels: mean and standard deviation of the logarithm of the noise level.
        seed: of the batches.
    """
    schedule = tf.keras.optimizers.schedules.CosineDecay(4e-3, steps)
    momentum = 1 - 1 / max(2, min(100, steps))
    optimizer = tf.keras.optimizers.Adam(schedule, global_clipnorm=5.0, use_ema=True, ema_momentum=momentum)
    optimizer.build(network.trainable_variables)
    faster, rng, curve = compiled(step), np.random.default_rng(seed), []
    for _ in counted(range(steps)):
        sigma = np.exp(rng.normal(*levels, size=(shape[0], 1)))
        drawn = draw_batch(shape[0], rng), sigma, rng.normal(size=shape)
        given = [tf.constant(part.astype("float32")) for part in drawn]
        curve.append(float(faster(network, optimizer, *given, data_sd)))
    optimizer.finalize_variable_values(network.trainable_variables)
    return np.array(curve)


def rows_of(data: np.ndarray) -> Callable:
    """Draws clean data for `repeated`: of a number n and a random generator, n rows of data (m, d), (n, d)."""
    return lambda n, rng: data[rng.integers(0, len(data), n)]


def linear(kernel: list | np.ndarray) -> tf.keras.Model:
    """A network of one linear layer: its kernel (d + 1, d) is given, its bias is 0."""
    kernel = np.asarray(kernel)
    start = tf.keras.initializers.Constant(kernel)
    return tf.keras.Sequential(
        [tf.keras.Input(shape=kernel.shape[:1]), tf.keras.layers.Dense(kernel.shape[1], kernel_initializer=start)]
    )


def compiled(function: Callable) -> Callable:
    """A function as TensorFlow compiles it: while it is read, tensors have no values yet."""
    return tf.function(function)


def descent(rate: float) -> tf.keras.optimizers.Optimizer:
    """Plain gradient descent."""
    return tf.keras.optimizers.SGD(rate)
