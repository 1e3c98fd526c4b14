"""Repeats a training step of an encoder and a decoder: batches, the weight of the KL term, progress."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from progress import counted
from stand_ins import kl_by_dimension, noise_like, reparametrise

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
        self.latent_dim = encoder(y[:1]).shape[-1] // 2  # not every Keras model knows its shapes
        decoder(np.zeros((1, self.latent_dim), np.float32))
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
        limit = -0.5 * (1 + np.log(2 * np.pi))
        for k in range(steps):
            y, weight = self.batch(), float(weights(k))
            eps = self.rng.normal(size=(len(y), self.latent_dim)).astype(np.float32)
            given = (tf.constant(part, tf.float32) for part in (y, eps, weight))
            log_likelihood, kl = self.step(*self.networks, self.optimizer, *given)
            below = limit - float(log_likelihood) / y[0].size
            for key, value in zip(self.history, (len(self.history["step"]), below, float(kl), weight), strict=True):
                self.history[key].append(value)
            if not k:
                started = time.perf_counter()  # the first takes longer than the others, as TensorFlow compiles it
            if every and (k + 1) % every == 0:
                left = (time.perf_counter() - started) / max(k, 1) * (steps - k - 1)
                print(
                    f"step {k + 1:5d} of {steps}  reconstruction {below:6.3f} nats per pixel below the limit, "
                    f"KL {float(kl):5.1f} nats, {left:4.0f} s left"
                )


def rates_and_distortions(
    trainer: Trainer,
    weights: Sequence[int],
    steps: int,
    y: np.ndarray,
    networks: tuple[Callable, Callable],
    active: Callable,
) -> dict[int, tuple[float, float, int]]:
    """Trains on with one weight of the KL term after the other; prints and returns what the networks reach with each.

    Args:
        trainer: of the encoder and the decoder.
        weights: of the KL term, in the order in which they are used.
        steps: how many with each.
        y: images to judge by, (n, 32, 32, 1), in units of the noise.
        networks: codes of an encoder and images; images of a decoder and codes.
        active: of means, log-variances and a threshold in nats: the number of dimensions above it.

    Returns:
        By the weight, the divergence in nats for an image, the nats for a pixel below the limit, and how many
        dimensions carry more than 0.1 nats.
    """
    (code_of, image_of), points = networks, {}
    for weight in counted(weights, "weight"):
        trainer.run(steps, lambda step, weight=weight: weight, every=0)
        encoder, decoder = trainer.networks
        mean, log_var = (part.numpy() for part in code_of(encoder, tf.constant(y)))
        z = reparametrise(mean, log_var, noise_like(*mean.shape))
        rate, distortion = np.sum(kl_by_dimension(mean, log_var)), 0.5 * np.mean((y - image_of(decoder, z)) ** 2) - 0.5
        points[weight] = rate, distortion, int(active(mean, log_var, 0.1))
        print(f"beta {weight:6d}: KL {rate:6.2f} nats, reconstruction {distortion:6.3f} nats per pixel below the limit")
    return points
