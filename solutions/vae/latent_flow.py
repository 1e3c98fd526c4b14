"""A normalising flow on codes: three masked autoregressive steps, each of which sees the properties of the galaxy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
from progress import counted

tfd = tfp.distributions
tfb = tfp.bijectors
tfk = tf.keras


class LatentFlow:
    """The density of codes given properties.

    Args:
        step: the affine step: of z, shift and log_scale, all (n, latent_dim), returns u and ln |det du/dz|.
        latent_dim: the number of dimensions of a code.
        properties: (n, 4), those that it will be trained with: they are standardised by their mean and width.
    """

    def __init__(self, step: Callable, latent_dim: int, properties: np.ndarray) -> None:
        self.step, self.latent_dim = step, latent_dim
        self.centre, self.width = properties.mean(axis=0), properties.std(axis=0)
        self.networks = [
            tfb.AutoregressiveNetwork(
                params=2,
                event_shape=(latent_dim,),
                conditional=True,
                conditional_event_shape=(4,),
                hidden_units=[48, 48],
                activation="tanh",
            )
            for _ in range(3)
        ]
        self.log_prob(tf.zeros((1, latent_dim)), tf.zeros((1, 4)))  # builds the networks

    def standard(self, properties: np.ndarray) -> np.ndarray:
        """Properties (n, 4) -> numbers of order one."""
        return ((properties - self.centre) / self.width).astype(np.float32)

    def shift_and_log_scale(self, network: Any, z: Any, given: Any) -> tuple:
        """What a network says of each dimension of z (n, latent_dim), from those before it and the properties."""
        both = network(z, conditional_input=given)
        return both[..., 0], 3 * tf.tanh(both[..., 1] / 3)

    def log_prob(self, z: Any, given: Any) -> Any:
        """The log-density of codes (n, latent_dim) given standardised properties (n, 4)."""
        total = 0.0
        for network in self.networks:
            z, log_det = self.step(z, *self.shift_and_log_scale(network, z, given))
            z, total = tf.reverse(z, [-1]), total + log_det
        return total + tfd.MultivariateNormalDiag(tf.zeros(self.latent_dim)).log_prob(z)

    def sample(self, u: np.ndarray, given: Any) -> np.ndarray:
        """Standard normal numbers (n, latent_dim) -> codes."""
        for network in reversed(self.networks):
            u, z = u[:, ::-1], np.zeros_like(u)
            for j in range(self.latent_dim):
                shift, log_scale = self.shift_and_log_scale(network, tf.constant(z), given)
                z[:, j] = u[:, j] * np.exp(log_scale[:, j]) + shift[:, j]
            u = z
        return u

    def train(self, draw: Callable, given: np.ndarray, steps: int, seed: int) -> list[float]:
        """Maximises the likelihood of codes; returns the loss of each step.

        Args:
            draw: of rows (256,) of the training set and standard normal numbers (256, latent_dim), gives codes.
            given: the standardised properties of the training set, (n, 4).
            steps: how many.
            seed: of the rows and the numbers.
        """
        variables = [variable for network in self.networks for variable in network.trainable_variables]
        optimizer = tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(5e-3, steps))

        @tf.function
        def step(z: Any, given: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = -tf.reduce_mean(self.log_prob(z, given))
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            return loss

        rng, losses = np.random.default_rng(seed), []
        for _ in counted(range(steps)):
            rows = rng.integers(len(given), size=256)
            eps = rng.normal(size=(256, self.latent_dim)).astype(np.float32)
            losses.append(float(step(draw(rows, tf.constant(eps)), tf.constant(given[rows]))))
        return losses
