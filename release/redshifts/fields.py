"""Periodic maps of 16 x 16 pixels: draws of them, their power by the size of waves, and a layer that wraps them."""

from typing import Any

import numpy as np
import tensorflow as tf


FREQUENCY = 16 * np.fft.fftfreq(16)
WAVE = np.hypot(*np.meshgrid(FREQUENCY, FREQUENCY, indexing="ij"))  # k, in units of 2π / 16


def log_power(slope: Any) -> np.ndarray:
    """ln P of each mode for a slope (...,), with the variance 1: (..., 16, 16). Mode [0, 0], k = 0, is left at 0."""
    power = np.where(WAVE > 0, np.maximum(WAVE, 1) ** -np.asarray(slope, dtype=float)[..., None, None], 0)
    power = 256 * power / power.sum(axis=(-2, -1), keepdims=True)
    return np.log(np.where(WAVE > 0, power, 1))


def gaussian_maps(slope: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A Gaussian map of each slope (n,): (n, 16, 16)."""
    filtered = np.fft.fft2(rng.normal(size=(len(slope), 16, 16))) * np.exp(log_power(slope) / 2)
    filtered[:, 0, 0] = 0
    return np.fft.ifft2(filtered).real


def ring_powers(maps: np.ndarray) -> np.ndarray:
    """ln of the mean power in the rings k = 1 to 11, their squares, and a 1: (n, 16, 16) -> (n, 23)."""
    ring = np.rint(WAVE)
    power = np.abs(np.fft.fft2(maps)) ** 2 / 256
    logs = np.log([power[:, ring == number].mean(axis=1) for number in range(1, 12)])
    return np.concatenate([logs, logs**2, np.ones((1, len(maps)))]).T


class Wrap(tf.keras.layers.Layer):
    """Adds one pixel around maps (n, s, s, c), from the other side of each: (n, s + 2, s + 2, c)."""

    def call(self, x: Any) -> Any:
        """The wider maps."""
        x = tf.concat([x[:, -1:], x, x[:, :1]], axis=1)
        return tf.concat([x[:, :, -1:], x, x[:, :, :1]], axis=2)

    def compute_output_shape(self, shape: tuple) -> tuple:
        """Two pixels more on both axes."""
        return (shape[0], shape[1] + 2, shape[2] + 2, shape[3])
