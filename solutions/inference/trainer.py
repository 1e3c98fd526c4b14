"""Trains networks: a classifier of pairs of parameters and data, and whatever has a loss."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from progress import counted

tfk = tf.keras
BATCH_SIZE = 256  # of pairs of each kind


def minimise(loss: Callable[[], Any], networks: list, steps: int) -> float:
    """Takes steps of Adam, with a rate that falls to zero like a cosine, towards a lower loss.

    Args:
        loss: returns one number, a tensor, that depends on the networks' variables.
        networks: what is trained, in place.
        steps: how many.

    Returns:
        The seconds it took.
    """
    started = time.perf_counter()
    variables = [variable for network in networks for variable in network.trainable_variables]
    optimizer = tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(3e-3, steps))
    optimizer.build(variables)

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply(tape.gradient(value, variables), variables)

    for _ in counted(range(steps)):
        step()
    return time.perf_counter() - started


class PairClassifier:
    """Tells pairs of parameters (n, 2) and scaled data (n, 4) that belong together from mixed ones.

    Args:
        seed: of the first weights and of the order of the pairs.
    """

    def __init__(self, seed: int) -> None:
        tfk.utils.set_random_seed(seed)
        dense = [tfk.layers.Dense(64, "silu"), tfk.layers.Dense(64, "silu"), tfk.layers.Dense(1)]
        self.network = tfk.Sequential([tfk.Input(shape=(6,)), *dense])
        self.optimizer = tfk.optimizers.Adam(3e-3)
        self.optimizer.build(self.network.trainable_variables)
        self.step = tf.function(self._step)
        self.rng = np.random.default_rng(seed)

    def train(self, theta: np.ndarray, x: np.ndarray, steps: int) -> None:
        """Trains with as many pairs of each kind; mixed ones have the data of the simulation before."""
        labels = tf.constant([1.0] * BATCH_SIZE + [0.0] * BATCH_SIZE)
        for _ in counted(range(steps)):
            rows = self.rng.integers(0, len(theta), BATCH_SIZE)
            together = np.concatenate([theta[rows], x[rows]], axis=1)
            apart = np.concatenate([theta[rows], x[rows - 1]], axis=1)
            self.step(tf.constant(np.concatenate([together, apart]), tf.float32), labels)

    def logits(self, theta: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Logits (1, m) of m points (m, 2), each paired with the same scaled data (4,)."""
        pairs = np.concatenate([theta, np.tile(x, (len(theta), 1))], axis=1).astype("float32")
        return np.asarray(self.network(pairs), dtype=float).T

    def _step(self, pairs: Any, labels: Any) -> None:
        with tf.GradientTape() as tape:
            logits = self.network(pairs)[:, 0]
            value = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(value, variables), variables)
