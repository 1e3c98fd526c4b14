"""Section 2: losses from logits, and their gradients."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import scipy.special

from graders.checks.domains import tiny
from graders.checks.ladder import ATOL, Function, draws


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, x)


# Of logits: from sure to beyond what exp can take; what is left of any is 0, or a number that float32 holds.
_SIZES = (5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 1000.0, 1e5, 1e20)


def _batches(seed: int, sizes: Sequence[int]) -> Iterator[np.ndarray]:
    """Moderate logits (n, 1) of these numbers; in turn float32, float64 and not contiguous."""
    for turn, (rng, n) in enumerate(zip(draws(seed=seed, count=len(sizes)), sizes, strict=True)):
        logits = np.clip(rng.normal(0.5, 2.0, size=(n, 2)), -7, 7)[:, :1]
        yield (logits.astype(np.float32), logits.copy(), logits)[turn % 3]


def _heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    """Logits (n, 1) of both signs and of all sizes up to 1000."""
    return np.clip(8 * rng.standard_cauchy(size=(n, 1)), -1000, 1000)


def check_discriminator_loss(discriminator_loss: Callable[..., Any]) -> None:
    """Batches of equal and of different sizes, against ``keras.losses.BinaryCrossentropy`` of each, in float64."""
    student = Function(discriminator_loss, "discriminator_loss")
    entropy = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    sizes = ((8, 8), (5, 13), (1, 1), (32, 4), (10, 10), (1500, 1200), (1, 6))
    for real, fake in zip(*(_batches(631 + k, [pair[k] for pair in sizes]) for k in (0, 1)), strict=True):
        fake = -fake
        expected = float(entropy(np.ones(real.shape), real)) + float(entropy(np.zeros(fake.shape), fake))
        student(real, fake).close(
            expected,
            "it is the mean of -ln D over the real ones plus the mean of -ln(1 - D) over the generated ones, with "
            "D the sigmoid of the logit. See section 2.",
        )


def check_discriminator_loss_sure(discriminator_loss: Callable[..., Any]) -> None:
    """Logits from 5 to 1e20 of either sign, right or wrong, and heavy tails: ln(1 + e^x), by ``np.logaddexp``."""
    student = Function(discriminator_loss, "discriminator_loss")
    for size in _SIZES:
        wrong = np.full((4, 1), size)
        for real, fake in ((-wrong, wrong), (wrong, -wrong), (-wrong, -wrong)):
            student(real, fake).close(
                np.mean(_softplus(-real)) + np.mean(_softplus(fake)),
                f"that is the loss for logits of {real[0, 0]:g} of real and {fake[0, 0]:g} of generated samples; it "
                "must be right for logits of any size. See section 2.",
                rtol=1e-3,
                atol=1e-8,
            )
    for rng in draws(seed=633, count=3):
        real, fake = _heavy(rng, 40), _heavy(rng, 30)
        student(real, fake).close(
            np.mean(_softplus(-real)) + np.mean(_softplus(fake)),
            f"the logits are between {min(real.min(), fake.min()):.0f} and {max(real.max(), fake.max()):.0f} here. "
            "See section 2.",
            rtol=1e-3,
        )


def _generator_loss(fake: np.ndarray, saturating: bool) -> float:
    return float(np.mean(-_softplus(fake) if saturating else _softplus(-fake)))


def check_generator_loss(generator_loss: Callable[..., Any]) -> None:
    """Both losses for moderate logits, against the means of ln(1 - D) and of -ln D in float64."""
    student = Function(generator_loss, "generator_loss")
    for fake in _batches(641, (6, 1, 33, 12, 1500)):
        probability = scipy.special.expit(fake.astype(np.float64))
        for saturating, expected, why in (
            (True, np.mean(np.log(1 - probability)), "the saturating loss is the mean of ln(1 - D)"),
            (False, np.mean(-np.log(probability)), "the non-saturating loss is the mean of -ln D"),
        ):
            student(fake, saturating).close(expected, f"{why}; D is the sigmoid of the logit. See section 2.")


def check_generator_loss_sure(generator_loss: Callable[..., Any]) -> None:
    """Logits from 5 to 1e20 of either sign, and heavy tails: ln(1 + e^x), by ``np.logaddexp``."""
    student = Function(generator_loss, "generator_loss")
    batches = [np.full((3, 1), sign * size) for size in _SIZES for sign in (1, -1)]
    batches += [_heavy(rng, 40) for rng in draws(seed=642, count=3)]
    for fake in batches:
        for saturating in (True, False):
            student(fake, saturating).close(
                _generator_loss(fake, saturating),
                f"the logits are between {fake.min():.6g} and {fake.max():.6g} here; it must be right for logits of "
                "any size. See section 2.",
                rtol=1e-3,
                atol=1e-8,
            )


def check_generator_gradient(generator_gradient: Callable[..., Any]) -> None:
    """The gradient for each logit, against centred differences (h = 1e-5) of the mean losses in float64.

    For logits from 15 to 1e20 and for many at once, against the formula.
    """
    student = Function(generator_gradient, "generator_gradient")
    for rng, shape in zip(draws(seed=651, count=5), ((6, 1), (9,), (1, 1), (3, 1), (1,)), strict=True):
        fake = rng.normal(-0.5, 2.5, size=shape)
        for saturating in (True, False):
            student(fake, saturating).close(
                _differences(fake, saturating),
                "it is the derivative of the loss, a mean over the batch, with respect to each logit. See section 2.",
                rtol=1e-3,
                atol=1e-6,
            )
    for fake, saturating in _surely():
        expected = -scipy.special.expit(fake if saturating else -fake) / len(fake)
        student(fake, saturating).close(
            expected,
            f"that is the derivative for logits between {fake.min():.3g} and {fake.max():.3g}. See section 2.",
            atol=tiny(expected) if len(fake) > 4 else ATOL,
        )


def _surely() -> Iterator[tuple[np.ndarray, bool]]:
    """Logits from 15 to 1e20 for `generator_gradient`, the largest where the gradient is; many; and a column."""
    for logit in (-30.0, -15.0, 15.0, 30.0):
        yield from ((np.full((4, 1), logit), saturating) for saturating in (True, False))
    yield from ((np.full((4, 1), logit), logit > 0) for logit in (-1000.0, 1000.0, -1e20, 1e20))
    (rng,) = draws(seed=652, count=1)
    for fake in (rng.normal(0, 4, size=(1500, 1)), rng.normal(0, 4, size=(7, 2))[:, :1]):
        yield from ((fake, saturating) for saturating in (True, False))


def _differences(fake: np.ndarray, saturating: bool, h: float = 1e-5) -> np.ndarray:
    """The derivative of the generator's loss with respect to each logit, by centred differences."""
    slopes = np.zeros(fake.shape)
    for index in np.ndindex(*fake.shape):
        step = np.zeros(fake.shape)
        step[index] = h
        slopes[index] = (_generator_loss(fake + step, saturating) - _generator_loss(fake - step, saturating)) / (2 * h)
    return slopes
