"""Feeds the training of a Keras model with epochs that are made anew each time."""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf


class Epochs(tf.keras.utils.PyDataset):
    """Batches of an epoch, which is asked for again after each epoch.

    Args:
        epoch: of images (n, s, s, 1), labels (n,), a generator of random numbers and whether it is for training;
            returns images and labels of one epoch.
        images: of the training set.
        labels: of the training set.
        batch_size: of the batches.
        seed: of the random numbers.
    """

    def __init__(self, epoch: Callable, images: np.ndarray, labels: np.ndarray, batch_size: int, seed: int) -> None:
        super().__init__()
        self.epoch, self.images, self.labels, self.batch_size = epoch, images, labels, batch_size
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self) -> None:
        """Asks for the next epoch."""
        self.now = [np.asarray(part) for part in self.epoch(self.images, self.labels, self.rng, True)]

    def __len__(self) -> int:
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(batch * self.batch_size, (batch + 1) * self.batch_size)
        return self.now[0][rows], self.now[1][rows]
