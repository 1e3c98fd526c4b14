"""Trains any flow: batches, compiled steps, and looks at what was held out."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import tensorflow as tf

CHUNK = 100  # steps between two looks at what was held out


def train(
    loss: Callable, variables: Iterable, batches: Callable, watch: Callable, steps: int, learning_rate: float = 3e-3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minimises a loss by Adam; returns steps, training losses and held-out losses, one for every chunk of steps.

    Args:
        loss: of a batch, a number.
        variables: what is trained.
        batches: of a number of steps, gives as many batches, (steps, batch size, columns).
        watch: gives the loss of what was held out.
        steps: how many. Fewer than a chunk are not worth compiling: each is a chunk of its own then.
        learning_rate: of the first step; it falls to zero along a cosine.
    """
    variables, at_once = list(variables), CHUNK if steps >= CHUNK else 1
    schedule = tf.keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    optimizer = tf.keras.optimizers.Adam(schedule, global_clipnorm=1.0)
    optimizer.build(variables)

    def chunk_of_steps(chunk: Any) -> Any:
        total = 0.0
        for number in tf.range(at_once):
            with tf.GradientTape() as tape:
                value = loss(chunk[number])
            optimizer.apply(tape.gradient(value, variables), variables)
            total += value
        return total / tf.cast(at_once, tf.float32)

    compiled = tf.function(chunk_of_steps, jit_compile=True) if steps >= CHUNK else chunk_of_steps
    done, losses, watched, started, chunks = [], [], [], 0.0, steps // at_once
    for number in range(chunks):
        chunk = tf.constant(batches(at_once))
        try:
            losses.append(float(compiled(chunk)))
        except tf.errors.OpError:
            if number > 0:
                raise
            compiled = tf.function(chunk_of_steps)  # without XLA: right, too, but slower
            losses.append(float(compiled(chunk)))
        done.append((number + 1) * at_once)
        watched.append(float(watch()))
        if number == 0:
            started = time.perf_counter()  # what was compiled need not be compiled again
        if number == 1 or (number + 1) % max(1, chunks // 3) == 0:
            left = (time.perf_counter() - started) / max(1, number) * (chunks - number - 1)
            both = f"training loss {losses[-1]:.3f}  held-out loss {watched[-1]:.3f}"
            print(f"step {done[-1]:5d} of {steps}  {both}  {left:3.0f} s left")
    return np.array(done), np.array(losses), np.array(watched)
