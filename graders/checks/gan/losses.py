"""Section 2: losses from logits, and their gradients."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import scipy.special

from graders.checks.ladder import Function, draws


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, x)


def check_discriminator_loss(discriminator_loss: Callable[..., Any]) -> None:
    """Batches of equal and of different sizes, against ``keras.losses.BinaryCrossentropy`` of each, in float64."""
    student = Function(discriminator_loss, "discriminator_loss")
    entropy = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    for rng, (n, m) in zip(draws(seed=631, count=5), ((8, 8), (5, 13), (1, 1), (32, 4), (10, 10)), strict=True):
        real = rng.normal(0.5, 2.0, size=(n, 1)).astype(np.float32)
        fake = rng.normal(-0.5, 2.0, size=(m, 1)).astype(np.float32)
        expected = float(entropy(np.ones((n, 1)), real)) + float(entropy(np.zeros((m, 1)), fake))
        student(real, fake).close(
            expected,
            "it is the mean of -ln D over the real ones plus the mean of -ln(1 - D) over the generated ones, with "
            "D the sigmoid of the logit. See section 2.",
        )


def check_discriminator_loss_sure(discriminator_loss: Callable[..., Any]) -> None:
    """Logits up to 1000 of either sign, right or wrong: ln(1 + e^x) is x for large x, 0 for -x."""
    student = Function(discriminator_loss, "discriminator_loss")
    for size in (60.0, 100.0, 1000.0):
        wrong = np.full((4, 1), size, dtype=np.float32)
        why = (
            f"for a logit of {size:g} the sigmoid is 1 to all digits, and its logarithm must not be taken: use a "
            "form that works on the logit. See section 2."
        )
        student(-wrong, wrong).close(2 * size, why, rtol=1e-3)
        student(wrong, -wrong).close(0.0, why, atol=1e-6)
        student(-wrong, -wrong).close(size, why, rtol=1e-3)


def _generator_loss(fake: np.ndarray, saturating: bool) -> float:
    return float(np.mean(-_softplus(fake) if saturating else _softplus(-fake)))


def check_generator_loss(generator_loss: Callable[..., Any]) -> None:
    """Both losses for moderate logits, against the means of ln(1 - D) and of -ln D in float64."""
    student = Function(generator_loss, "generator_loss")
    for rng, n in zip(draws(seed=641, count=4), (6, 1, 33, 12), strict=True):
        fake = rng.normal(-0.5, 2.0, size=(n, 1)).astype(np.float32)
        probability = scipy.special.expit(fake.astype(np.float64))
        for saturating, expected, why in (
            (True, np.mean(np.log(1 - probability)), "the saturating loss is the mean of ln(1 - D), below 0"),
            (False, np.mean(-np.log(probability)), "the non-saturating loss is the mean of -ln D, above 0"),
        ):
            student(fake, saturating).close(expected, f"{why}; D is the sigmoid of the logit. See section 2.")


def check_generator_loss_sure(generator_loss: Callable[..., Any]) -> None:
    """Logits up to 1000 of either sign: ln(1 + e^x) is x for large x and 0 for very negative ones."""
    student = Function(generator_loss, "generator_loss")
    for size in (60.0, 100.0, 1000.0):
        for logit in (size, -size):
            fake = np.full((3, 1), logit, dtype=np.float32)
            for saturating in (True, False):
                student(fake, saturating).close(
                    _generator_loss(np.float64(fake), saturating),
                    f"for a logit of {logit:g} take no logarithm of a probability: use a form that works on the "
                    "logit. See section 2.",
                    rtol=1e-3,
                )


def check_generator_gradient(generator_gradient: Callable[..., Any]) -> None:
    """The gradient for each logit, against centred differences (h = 1e-5) of the mean losses in float64."""
    student = Function(generator_gradient, "generator_gradient")
    h = 1e-5
    for rng, shape in zip(draws(seed=651, count=4), ((6, 1), (9,), (1, 1), (3, 1)), strict=True):
        fake = rng.normal(-0.5, 2.5, size=shape)
        for saturating in (True, False):
            expected = np.zeros(shape)
            for index in np.ndindex(*shape):
                step = np.zeros(shape)
                step[index] = h
                expected[index] = _generator_loss(fake + step, saturating) - _generator_loss(fake - step, saturating)
            student(fake, saturating).close(
                expected / (2 * h),
                "it is the derivative of the loss, a mean over the batch, with respect to each logit. See section 2.",
                rtol=1e-3,
                atol=1e-6,
            )
    for logit in (-200.0, 200.0):
        for saturating in (True, False):
            expected = -scipy.special.expit(logit if saturating else -logit) / 4
            student(np.full((4, 1), logit), saturating).close(
                np.full((4, 1), expected),
                f"for logits of {logit:g} it is {expected:.3g} for each of the four. See section 2.",
            )
