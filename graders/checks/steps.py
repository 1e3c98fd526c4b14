"""Small networks and optimisers that live where a student's step does, and how far they moved.

The text of those that make them goes there: `graders.checks.ladder.beside`.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def dense_network(weights: list) -> Any:
    """Dense layers with these kernels and biases, with tanh between them."""
    layers = [keras.Input(shape=(len(weights[0]),))]
    for place, bias in enumerate(weights[1::2], start=1):
        layers.append(keras.layers.Dense(len(bias), activation="tanh" if 2 * place < len(weights) else None))
    model = keras.Sequential(layers)
    model.set_weights(weights)
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
