"""Small networks and optimisers that live where a student's step does, and how far they moved."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def dense_network(weights: list) -> Any:
    """Dense layers with these kernels and biases, with tanh between them; for `beside`."""
    layers = [keras.Input(shape=(len(weights[0]),))]
    for place, bias in enumerate(weights[1::2], start=1):
        layers.append(keras.layers.Dense(len(bias), activation="tanh" if 2 * place < len(weights) else None))
    model = keras.Sequential(layers)
    model.set_weights(weights)
    return model


def optimizer_of(name: str, learning_rate: float) -> Any:
    """A Keras optimiser by its name; for `beside`."""
    return getattr(keras.optimizers, name)(learning_rate)


def build_optimizer(optimizer: Any, model: Any) -> None:
    """Makes what an optimiser remembers of a model, as the notebook does before it compiles a step; for `beside`."""
    optimizer.build(model.trainable_variables)


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
