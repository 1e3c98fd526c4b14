"""Periodic maps: their power by the size of waves, and a layer that wraps them."""

from typing import Any

import numpy as np
import tensorflow as tf


def ring_powers(maps: np.ndarray) -> np.ndarray:
    """ln of the mean power in the rings k = 1 to 11, their squares, and a 1: (n, 16, 16) -> (n, 23)."""
    frequency = 16 * np.fft.fftfreq(16)
    ring = np.rint(np.hypot(*np.meshgrid(frequency, frequency, indexing="ij")))
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
