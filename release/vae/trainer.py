"""Repeats a training step of an encoder and a decoder: batches, the weight of the KL term, progress."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

BATCH_SIZE = 32


def cosine(steps: int, learning_rate: float = 6e-3) -> Any:
    """A learning rate that falls to zero like a cosine."""
    return tf.keras.optimizers.schedules.CosineDecay(learning_rate, steps)


class Trainer:
    """Trains an encoder and a decoder by a step; `history` holds what it returned, by training step.

    Args:
        step: of encoder, decoder, optimizer, images y (n, 32, 32, 1) in units of the noise, eps (n, latent_dim) and
            beta; returns the means over the batch of the log-likelihood and of the KL divergence, in nats.
        encoder: takes images.
        decoder: takes codes.
        y: the images to learn from.
        rate: the learning rate of Adam, a number or a schedule.
        seed: of the order of the images and of eps.
    """

    def __init__(self, step: Callable, encoder: Any, decoder: Any, y: np.ndarray, rate: Any, seed: int) -> None:
        self.networks, self.y = (encoder, decoder), y
        self.latent_dim = decoder.input_shape[-1]
        self.optimizer = tf.keras.optimizers.Adam(rate)
        self.optimizer.build(encoder.trainable_variables + decoder.trainable_variables)
        self.step = tf.function(step)
        self.history = {"step": [], "reconstruction": [], "kl": [], "weight": []}
        self.rng, self.order = np.random.default_rng(seed), np.empty(0, dtype=int)

    def batch(self) -> np.ndarray:
        """The next images, in a new order in every epoch."""
        if len(self.order) < BATCH_SIZE:
            self.order = self.rng.permutation(len(self.y))
        rows, self.order = self.order[:BATCH_SIZE], self.order[BATCH_SIZE:]
        return self.y[rows]

    def run(self, steps: int, weights: Callable[[int], float], every: int = 300) -> None:
        """Trains for some steps; `weights` gives beta for each of them. A line of progress after `every` steps."""
        limit, started = -0.5 * (1 + np.log(2 * np.pi)), time.perf_counter()
        for k in range(steps):
            y, weight = self.batch(), float(weights(k))
            eps = self.rng.normal(size=(len(y), self.latent_dim)).astype(np.float32)
            given = (tf.constant(part, tf.float32) for part in (y, eps, weight))
            log_likelihood, kl = self.step(*self.networks, self.optimizer, *given)
            below = limit - float(log_likelihood) / y[0].size
            for key, value in zip(self.history, (len(self.history["step"]), below, float(kl), weight), strict=True):
                self.history[key].append(value)
            if every and (k + 1) % every == 0:
                left = (time.perf_counter() - started) / (k + 1) * (steps - k - 1)
                print(
                    f"step {k + 1:5d} of {steps}  {below:7.3f} nats per pixel below the limit, KL {float(kl):5.1f} "
                    f"nats, {left:4.0f} s left"
                )
