"""Section 3: coupling layers and their chain, against automatic differentiation in float64."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf

from graders.checks.domains import MANY, tiny
from graders.checks.ladder import Function, draws
from graders.checks.oracles import oracle


def _wave(first: Any, lib: Any) -> tuple[Any, Any]:
    return lib.sin(2 * first), 0.5 * lib.cos(first)


def _tilt(first: Any, lib: Any) -> tuple[Any, Any]:
    other = first[:, ::-1]
    return 1.5 * other - 0.5, 0.7 * lib.tanh(first + other)


def _drift(first: Any, lib: Any) -> tuple[Any, Any]:
    return 0.2 * first**3, 0.3 - 0.6 * lib.tanh(first) ** 2


def _lean(first: Any, lib: Any) -> tuple[Any, Any]:
    number = np.arange(1.0, first.shape[1] + 1)
    return lib.sin(number * first), 0.4 * lib.cos(first + number)


def _steep(first: Any, lib: Any) -> tuple[Any, Any]:
    return lib.cos(3 * first), 5.5 * lib.sin(first + 1)


# As in the notebook, for students: in NumPy. The oracles differentiate the same formulas in TensorFlow.


def wave(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: shift sin(2 u), log-scale cos(u) / 2."""
    return _wave(first, np)


def tilt(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: shift and log-scale that mix columns."""
    return _tilt(first, np)


def drift(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's: a cubic shift, a log-scale that is largest in the middle."""
    return _drift(first, np)


def lean(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Not in the notebook: every column has a shift and a log-scale of its own, so that their order counts."""
    return _lean(first, np)


def steep(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Not in the notebook: log-scales up to 5.5 of both signs, which nothing bounds."""
    return _steep(first, np)


_FORMULAS = {wave: _wave, tilt: _tilt, drift: _drift, lean: _lean, steep: _steep}


def _layer(x: tf.Tensor, formula: Callable[..., Any]) -> tf.Tensor:
    first, second = tf.split(x, 2, axis=1)
    shift, log_scale = formula(first, tf)
    return tf.concat([first, second * tf.exp(log_scale) + shift], axis=1)


@oracle
def _flow(z: np.ndarray, formulas: list[Callable[..., Any]], swap: bool) -> tuple[np.ndarray, np.ndarray]:
    """Points pushed through layers, and ln |det J| of the whole map from automatic differentiation in float64."""
    start = tf.constant(z, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(start)
        x = tf.identity(start)
        for formula in formulas:
            x = _layer(x, formula)
            if swap:
                first, second = tf.split(x, 2, axis=1)
                x = tf.concat([second, first], axis=1)
        outputs = tf.unstack(x, axis=1)
    rows = [tape.gradient(output, start).numpy() for output in outputs]  # points do not depend on each other
    return x.numpy(), np.linalg.slogdet(np.stack(rows, axis=1))[1]


# Points, dimensions, conditioner and the scale of the points. Far from zero only conditioners without a cube or a wave,
# which single precision would lose; near zero only those whose shift vanishes there, which would hide the points.
_COUPLINGS = [
    (5, 2, wave, 1.0),
    (4, 2, tilt, 1.0),
    (6, 4, wave, 1.0),
    (3, 4, tilt, 1.0),
    (7, 6, drift, 1.0),
    (1, 4, drift, 1.0),
    (4, 6, lean, 1.0),
    (1, 2, lean, 1.0),
    (MANY, 4, lean, 2.0),
    (9, 4, drift, 8.0),
    (6, 4, steep, 2.0),
    *((4, 4, wave, scale) for scale in (1e-9, 1e-9, 1e-3, 1e-3)),
    *((4, 6, tilt, scale) for scale in (6.0, 120.0, 1e9)),
]
_Coupling = tuple[np.ndarray, Callable[..., Any], np.ndarray, np.ndarray]


def _couplings(seed: int) -> Iterator[_Coupling]:
    """Points x (n, d), a conditioner, and y (n, d) and ln |det J| (n,) of one layer, in float64; a zero is there."""
    for rng, (n, d, conditioner, scale) in zip(draws(seed, count=len(_COUPLINGS)), _COUPLINGS, strict=True):
        x = scale * rng.normal(size=(n, d))
        x[0, -1] = 0.0
        yield x, conditioner, *_flow(x, [_FORMULAS[conditioner]], swap=False)


def check_forward(coupling_forward: Callable[..., Any]) -> None:
    """The result y against the layer in TensorFlow; 2, 4 and 6 dimensions, points of any scale, in any memory order.

    The same points are asked about with two conditioners.
    """
    student = Function(coupling_forward, "coupling_forward")
    why = "the second half times exp(log_scale), plus the shift. See section 3."
    for x, conditioner, expected, _ in _couplings(seed=831):
        y, _ = student(np.asfortranarray(x), conditioner).unpack("y", "log_det")
        half = x.shape[1] // 2
        if not np.allclose(y.array(x.shape)[:, :half], x[:, :half], rtol=1e-4, atol=tiny(x)):
            y.fail("has changed the first half of the columns, expected them as they were. See section 3.")
        y.close(expected, why, atol=10 * tiny(expected))
    for conditioner in (lean, wave):  # the same points twice
        expected, _ = _flow(x / np.abs(x).max(), [_FORMULAS[conditioner]], swap=False)
        y, _ = student(x / np.abs(x).max(), conditioner).unpack("y", "log_det")
        y.close(expected, why, atol=10 * tiny(expected))


def check_log_det(coupling_forward: Callable[..., Any]) -> None:
    """The log-determinant against the Jacobian of the layer by automatic differentiation, in float64."""
    student = Function(coupling_forward, "coupling_forward")
    for x, conditioner, _, expected in _couplings(seed=832):
        _, log_det = student(x, conditioner).unpack("y", "log_det")
        got = log_det.array(expected.shape)
        if not np.allclose(got, expected, atol=1e-4) and np.allclose(got, -expected, atol=1e-4):
            log_det.fail("has the wrong sign: where the layer stretches, it is positive. See section 3.")
        log_det.close(expected, "the sum of the log-scales of each point, over columns. See section 3.", atol=1e-5)


def check_inverse(coupling_inverse: Callable[..., Any]) -> None:
    """The points that the layer in TensorFlow, in float64, has moved, must come back."""
    student = Function(coupling_inverse, "coupling_inverse")
    why = "the second half minus the shift, divided by exp(log_scale). See section 3."
    for x, conditioner, y, _ in _couplings(seed=833):
        # Digits that the shift takes in single precision are lost: they count in units of the largest number.
        student(np.asfortranarray(y), conditioner).close(x, why, atol=30 * tiny(y))
    x = 0.5 * y / np.abs(y).max()
    for conditioner in (lean, wave):  # the same points twice
        moved, _ = _flow(x, [_FORMULAS[conditioner]], swap=False)
        student(moved, conditioner).close(x, why, atol=30 * tiny(moved))


# Points, dimensions, conditioners and the scale of the points in latent space.
_CHAINS = [
    (4, 2, [], 1.0),
    (5, 2, [wave], 1.0),
    (4, 2, [wave, drift], 1.0),
    (3, 4, [tilt], 1.0),
    (4, 4, [drift, wave, tilt], 1.0),
    (6, 6, [wave, tilt], 1.0),
    (1, 2, [drift, drift, wave, drift], 1.0),
    (3, 4, [lean], 1.0),
    (5, 6, [lean, tilt, lean], 1.0),
    (5, 6, [lean, tilt], 1.0),
    (MANY, 4, [lean, wave], 1.0),
    (6, 2, [steep], 1.0),
    *((4, 4, [tilt, tilt], scale) for scale in (1e-3, 1e-3, 6.0, 120.0, 1e9)),
]


def check_chain(chain_log_prob: Callable[..., Any]) -> None:
    """Against ln N(z) - ln |det J| of the whole chain, with J by automatic differentiation in float64."""
    student = Function(chain_log_prob, "chain_log_prob")
    why = "ln N(z; 0, I) of the z that x comes from, minus the log-determinants of all layers. See section 3."
    for rng, (n, d, conditioners, scale) in zip(draws(seed=834, count=len(_CHAINS)), _CHAINS, strict=True):
        z = scale * rng.normal(size=(n, d))
        x, log_det = _flow(z, [_FORMULAS[conditioner] for conditioner in conditioners], swap=True)
        expected = scipy.stats.norm.logpdf(z).sum(axis=1) - log_det
        result = student(np.asfortranarray(x), conditioners)
        got = result.array((n,))
        if np.abs(log_det).max() > 0.1 and scale == 1:
            if np.allclose(got, expected + 2 * log_det, rtol=1e-5, atol=1e-4):
                result.fail(
                    "has the log-determinants with the wrong sign: where the flow stretches, the density falls."
                )
            if np.allclose(got, expected + log_det, rtol=1e-5, atol=1e-4):
                result.fail("is the normal density of z alone: subtract the log-determinants. See section 3.")
        # Where a layer stretches by e^5.5, so are the digits that single precision loses of x.
        result.close(expected, why, rtol=1e-5, atol=1e-3 if steep in conditioners else 1e-4)
