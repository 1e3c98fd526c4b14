"""Sections 3 and 4: signals, layers and labels, against Keras, NumPy, enumerations and measured moments."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import keras
import numpy as np

from graders.checks.changes import one_column_changed
from graders.checks.domains import arrays, tiny
from graders.checks.ladder import Function, Result, draws
from graders.checks.networks import Network, built
from graders.checks.oracles import oracle
from graders.checks.training.steps import tables

# --- section 3: signals through many layers ---------------------------------------------------------------------------


def check_signal(signal_scale: Callable[..., Any]) -> None:
    """The product of exact fractions, layer by layer."""
    student = Function(signal_scale, "signal_scale")
    cases = [(3.0, [100, 100], 0.01), (1.0, [7], 0.5), (2.5, [3, 8, 1, 20], 0.25), (2.5, [8, 3, 20, 1], 0.25)]
    cases += [(1e-6, [64] * 10, 2 / 64), (120.0, [5] * 4, 3.0), (1.0, [1500, 10, 64], 0.001), (1.0, [5, 6], 1e-4)]
    cases += [(2.0, [9] * 700, 2 / 9), (1.0, [10] * 60, 0.1), (1.0, [10] * 60, 0.3), (3, [5, 1, 4], 0.3)]
    for start, widths, variance in cases:
        level, expected = Fraction(start), []
        for n in widths:
            level *= n * Fraction(variance) / 2
            expected.append(float(level))
        why = "each ReLU and layer multiply the mean square by n variance / 2. See section 3."
        student(start, widths, variance).close(np.array(expected), why, atol=0.0)


@oracle
def keras_batch_norm(x: np.ndarray, weights: list[np.ndarray], training: bool) -> list[np.ndarray]:
    """The result of Keras' layer, and its moving averages afterwards."""
    layer = keras.layers.BatchNormalization(dtype="float64")
    layer.build(x.shape)
    layer.set_weights(weights)
    result = np.asarray(layer(x, training=training))
    return [result, *layer.get_weights()[2:]]


def _check_batch_norm(batch_norm: Callable[..., Any], seed: int, training: bool) -> None:
    student = Function(batch_norm, "batch_norm")
    inputs = list(tables(seed))
    inputs += [np.array([[1.0, -2.0, 3.0]]), np.full((4, 2), 7.0), np.array([[1, 2], [5, 3], [0, 8]])]
    inputs += [np.eye(400)[:, :3] * [1.0, -5.0, 40.0]]  # twenty standard deviations from the mean of its column
    for number, (rng, x) in enumerate(zip(draws(seed + 1, len(inputs)), inputs, strict=True)):
        d, scale = x.shape[1], float(np.abs(x).max())
        gamma, beta = rng.uniform(-2, 2, size=(2, d))
        mean, variance = scale * rng.normal(size=d), scale**2 * rng.uniform(0.3, 2, size=d)
        mean *= 100 if number == 1 else 1  # far from the batch's own
        expected = keras_batch_norm(np.array(x, dtype=float), [gamma, beta, mean, variance], training)
        parts = student(x, gamma, beta, mean, variance, training).unpack("the result", "the mean", "the variance")
        moving = "it moves by 0.01 of the way, in training only. See section 3."
        result = "the batch's own mean and variance count in training alone, and 0.001 is added. See section 3."
        for part, wanted, why in zip(parts, expected, (result, moving, moving), strict=True):
            part.close(wanted, why, atol=10 * tiny(wanted))


def check_batch_norm_training(batch_norm: Callable[..., Any]) -> None:
    """Result and moving averages in training, against ``keras.layers.BatchNormalization`` in float64."""
    _check_batch_norm(batch_norm, 831, True)


def check_batch_norm_inference(batch_norm: Callable[..., Any]) -> None:
    """Result and moving averages outside of training, against ``keras.layers.BatchNormalization`` in float64."""
    _check_batch_norm(batch_norm, 833, False)


def _blocks(x: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Residual blocks in NumPy, from the kernels and biases in the order of the layers."""
    for place in range(0, len(weights), 4):
        first, first_bias, second, second_bias = weights[place : place + 4]
        x = x + np.maximum(x @ first + first_bias, 0) @ second + second_bias
    return x


def _residual(build_residual: Callable[..., Any], width: int, depth: int) -> Network:
    most = depth * 2 * (width + 1) * width
    return built(
        build_residual, "build_residual", width, depth, inputs=(width,), outputs=(width,), most=most,
        see="See section 3.",
    )  # fmt: skip


def check_residual(build_residual: Callable[..., Any]) -> None:
    """Answers at weights that the grader draws, against NumPy; the identity where the last layer of each block is 0."""
    for rng, (width, depth) in zip(draws(835, 5), ((1, 1), (3, 2), (8, 1), (5, 4), (4, 30)), strict=True):
        network = _residual(build_residual, width, depth)
        model, called = network.model, network.called
        shapes = [np.shape(array) for array in model.get_weights()]
        if shapes != [(width, width), (width,)] * 2 * depth:
            Result(model, called).fail(
                f"has {len(shapes)} arrays of weights, expected {4 * depth}: two dense layers of {width} neurons, with "
                "biases, in each block. See section 3."
            )
        x = (rng.normal(size=(9, width)) * np.array([[1.0], [1.0], [40.0]] * 3)).astype(np.float32)
        if len(model.trainable_weights) != len(shapes):
            Result(model, called).fail("has weights that are not trainable: all of them learn. See section 3.")
        for zero in (False, True):
            weights = [(0.5 / math.sqrt(width) * rng.normal(size=shape)).astype(np.float32) for shape in shapes]
            if zero:
                weights = [array * (place % 4 < 2) for place, array in enumerate(weights)]
            model.set_weights(weights)
            why = "a block adds its input to the second of two dense layers, of which the first alone has a ReLU. "
            for training, scale in ((False, 1), (True, 1), *[(False, 100)] * (depth == 1)):  # there are no bounds
                found = Result(np.asarray(model(scale * x, training=training)), f"{called}, at weights of the grader,")
                wanted = _blocks(scale * x.astype(float), weights)
                atol = 1e-3 if scale == 1 else tiny(wanted)
                found.close(wanted, why + "See section 3.", rtol=1e-3, atol=atol)
        network.require_steady(836, x)
        small = x[np.arange(9) % 3 < 2]  # beside large numbers, a change of one input is hard to see
        network.require_inputs(837, small, one_column_changed(small, "input"))


# --- section 4: learning by heart -------------------------------------------------------------------------------------

SIZES = (
    (20, 5, 1.0),
    (4, 1, 2.0),
    (3, 0, 2.0),
    (8, 6, 0.25),
    (100, 30, 1e-4),
    (5000, 3, 50.0),
    (20, 3, 1.0),
    (20, 5, 400.0),
)


def check_expected_errors(expected_errors: Callable[..., Any]) -> None:
    """Both errors by exact fractions: the residual degrees of freedom, and the mean of an inverse Wishart matrix."""
    student = Function(expected_errors, "expected_errors")
    for n, p, variance in SIZES:
        training, test, _ = student(n, p, variance).unpack("the training error", "the test error", "the points")
        exact = Fraction(variance) * Fraction(n - p, n), Fraction(variance) * Fraction(n - 1, n - p - 1)
        why = "the fit follows the noise of its own points. See section 4."
        training.close(float(exact[0]), why, atol=0.0)
        test.close(float(exact[1]), why, atol=0.0)


def check_enough(expected_errors: Callable[..., Any]) -> None:
    """The root of the quadratic equation for the gap, rounded up; whatever n and the variance are.

    Where p is 38 or 1599 the gap can be exactly a tenth, and rounding decides: they are not drawn.
    """
    student = Function(expected_errors, "expected_errors")
    for n, p, variance in [*SIZES, (60, 12, 1.0), (30, 20, 1e-3), (4, 2, 1.0), (400, 100, 1.0), (2000, 600, 1.0)]:
        # p/m + p/(m - p - 1) = 1/10 is m² - (p + 1 + 20 p) m + 10 p (p + 1) = 0; the larger root counts.
        b, c = 21 * p + 1, 10 * p * (p + 1)
        root = (b + math.isqrt(b * b - 4 * c)) // 2
        enough = next(m for m in range(max(root, p + 2), 10**6) if m * m - b * m + c >= 0)
        _, _, points = student(n, p, variance).unpack("the training error", "the test error", "the number of points")
        points.count(
            enough, "it is the smallest number at which the gap is at most a tenth of variance. See section 4."
        )


def check_dropout(dropout: Callable[..., Any]) -> None:
    """Arrays of every class of the domain: x times a mask that is 0 or 1 / (1 - rate); ties of uniform and rate."""
    student = Function(dropout, "dropout")
    inputs = [*arrays(841), np.arange(6).reshape(2, 3)]
    rates = (0.5, 0.2, 0.0, 0.9, 0.25, 0.99)
    for number, (rng, x) in enumerate(zip(draws(842, len(inputs)), inputs, strict=True)):
        rate = rates[number % len(rates)] if x.dtype.kind == "f" else 0.2
        for _ in range(2):
            uniform = rng.uniform(size=x.shape)
            uniform.flat[0] = rate  # not below
            uniform.flat[-1] = 1 - 1e-9  # something stays
            mask = np.ceil(uniform - rate + 1e-300).clip(0, 1) / (1 - rate)
            for training in (True, False):
                expected = x * mask if training else np.array(x, dtype=float)
                why = "what stays is divided by 1 - rate, in training only; outside of it x stays. See section 4."
                student(x, rate, uniform, training).close(expected, why, atol=tiny(expected))


def _ellipticity(image: np.ndarray) -> tuple[float, float]:
    """(e1, e2) of an image by its second moments about its centroid; rows are y."""
    y, x = np.indices(image.shape).astype(float)
    x, y = x - np.average(x, weights=image), y - np.average(y, weights=image)
    xx, yy, xy = (np.average(product, weights=image) for product in (x * x, y * y, x * y))
    return (xx - yy) / (xx + yy), 2 * xy / (xx + yy)


def check_augment(augment: Callable[..., Any]) -> None:
    """Images by a rule for each pixel, labels by the moments of the new image itself."""
    student = Function(augment, "augment")
    for rng, (side, scale) in zip(
        draws(843, 6), ((5, 1.0), (2, 1.0), (5, 1e-9), (5, 1e4), (40, 1.0), (5, 1.0)), strict=True
    ):
        image = scale * rng.uniform(0.1, 3.0, size=(side, side)) ** 2
        image = image.T if scale > 1 else image
        label, other = _ellipticity(image), tuple(rng.uniform(0.1, 0.5, size=2).tolist())
        for turns in (0, 1, 2, 3, -1, -2, 7, 1002):
            for mirrored in (False, True):
                rows, columns = np.indices(image.shape)
                for _ in range(turns % 4):  # counterclockwise: the new row 0 is the last column
                    rows, columns = columns, side - 1 - rows
                expected = image[rows, side - 1 - columns if mirrored else columns]
                picture, shape = student(image, label, turns, mirrored).unpack("the image", "the ellipticity")
                picture.close(expected, "mirror the columns first, then turn. See section 4.", atol=tiny(expected))
                why = "measure the second moments of the new image. See section 4."
                new = np.array(_ellipticity(expected))
                shape.close(new, why)
                # a label that the pixels do not have, as where it is measured better than they are: it turns alike
                _, shape = student(image, other, turns, mirrored).unpack("the image", "the ellipticity")
                shape.close(np.sign(new / label) * other, "turn the ellipticity that is given. See section 4.")
