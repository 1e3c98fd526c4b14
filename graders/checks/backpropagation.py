"""What is right in `backpropagation`: losses, gradients, optimisers and a training loop, against autodiff.

Gradients are judged against ``tf.GradientTape`` in float64 on the network itself, never against a formula
for the gradient; losses and activations against ``tf.nn`` and ``keras.losses``; update rules against
``keras.optimizers``. Answers may be lists, tuples, arrays or tensors, float32 or float64.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import sympy as sp
import tensorflow as tf

from graders.checks import domains, symbolic
from graders.checks.ladder import Function, Result, brief, draws, fail, require
from graders.checks.oracles import oracle

Array = np.ndarray
Arrays = list[Array]


# Activations and their derivatives


def check_activations(sigmoid: Callable, relu: Callable, softplus: Callable) -> None:
    """Values of the three activations, against ``tf.nn`` in float64.

    Domain: z of any shape and sign, ties and zeros; any size for relu, up to 120 for the others, where exp is finite.
    """
    sentences = {
        "sigmoid": (tf.sigmoid, "it is 1 / (1 + exp(-z))"),
        "relu": (tf.nn.relu, "it keeps what is positive and puts 0 elsewhere"),
        "softplus": (tf.nn.softplus, "it is log(1 + exp(z))"),
    }
    for z in domains.arrays(seed=201):
        for function, name in ((sigmoid, "sigmoid"), (relu, "relu"), (softplus, "softplus")):
            if name == "relu" or np.max(np.abs(z)) <= 120:
                activation, why = sentences[name]
                expected = _value(activation, z)
                why = f"{why}, element by element. See section 1."
                Function(function, name)(z).close(expected, why, atol=domains.tiny(expected))
    z = np.linspace(-14.0, -6.0, 9)  # alone: beside large values they would be next to nothing
    for function, name in ((sigmoid, "sigmoid"), (softplus, "softplus")):
        activation, why = sentences[name]  # 1 + exp(-14) in single precision is off by 6e-8, or 7% of what is asked
        why = f"{why}, and small but not 0 for these. See section 1."
        Function(function, name)(z).close(_value(activation, z), why, rtol=0.1, atol=0.0)


def check_activations_far_out(sigmoid: Callable, softplus: Callable) -> None:
    """Sigmoid and softplus for |z| up to 10,000, where exp overflows, against ``tf.nn`` in float64."""
    z = np.array([-1e4, -1000.0, -750.0, -80.0, 80.0, 750.0, 1000.0, 1e4])
    for function, name, activation in ((sigmoid, "sigmoid", tf.sigmoid), (softplus, "softplus", tf.nn.softplus)):
        result = Function(function, name)(z)
        _finite(result, "exp of a large number overflows: only take exp of numbers below 0. See section 1.")
        result.close(_value(activation, z), "it must stay right for z far from 0. See section 1.")


def check_smooth_derivatives(sigmoid_prime: Callable, tanh_prime: Callable) -> None:
    """Derivatives of sigmoid and tanh, against autodiff in float64, for z of any shape and sign up to 120."""
    for z in domains.arrays(seed=202, scales=(1e-9, 1e-3, 1.0, 6.0, 12.0, 120.0)):
        for function, name, activation in (
            (sigmoid_prime, "sigmoid_prime", tf.sigmoid),
            (tanh_prime, "tanh_prime", tf.tanh),
        ):
            expected = _slope(activation, z)
            why = "the derivative at each z. See section 1."
            Function(function, name)(z).close(expected, why, atol=domains.tiny(expected))


def check_relu_derivative(relu_prime: Callable) -> None:
    """Derivative of ReLU, 0 at 0 included, against autodiff in float64, for z of any shape, sign and size."""
    for z in (*domains.arrays(seed=203), np.array([1e-30, -1e-30])):
        why = "the slope is 1 where z > 0 and 0 elsewhere, at z = 0 too. See section 1."
        Function(relu_prime, "relu_prime")(z).close(_slope(tf.nn.relu, z), why)


# Losses


def check_mse(mean_squared_error: Callable) -> None:
    """Mean squared error, against ``keras.losses.MeanSquaredError`` in float64, for arrays of any shape and size."""
    student = Function(mean_squared_error, "mean_squared_error")
    for t, y in zip(domains.arrays(seed=204), domains.arrays(seed=2040), strict=True):
        for target in (t, y[::-1]):
            expected = _mse(target, y)
            why = "square each difference, then take the mean of all. See section 2."
            student(target, y).close(expected, why, atol=domains.tiny(expected))


@oracle
def _mse(t: Array, y: Array) -> float:
    return float(keras.losses.MeanSquaredError(dtype="float64")(t, y))


def check_bce(binary_cross_entropy: Callable) -> None:
    """Binary cross-entropy of probabilities, against that of their logits by ``tf.nn``, in float64.

    Domain: arrays of any shape, both targets, probabilities as close to 0 and to 1 as 1e-9.
    """
    student = Function(binary_cross_entropy, "binary_cross_entropy")
    for number, z in enumerate(domains.arrays(seed=205, scales=(1e-3, 6.0, 20.0))):
        for t in _targets(_generator(205, number), z.shape):
            why = "it is -(t log p + (1 - t) log(1 - p)), as a mean over all values. See section 2."
            student(t, 1 / (1 + np.exp(-z))).close(_bce(t, z), why)


def check_bce_from_logits(bce_from_logits: Callable) -> None:
    """Binary cross-entropy of moderate logits, against ``tf.nn.sigmoid_cross_entropy_with_logits``.

    Domain: arrays of any shape, both targets, |z| up to 12, where the formula with p is good too.
    """
    student = Function(bce_from_logits, "bce_from_logits")
    for number, z in enumerate(domains.arrays(seed=206, scales=(1e-9, 1e-3, 1.0, 12.0))):
        for t in _targets(_generator(206, number), z.shape):
            why = "it is the binary cross-entropy of p = sigmoid(z), as a mean of all values. See section 2."
            student(t, z).close(_bce(t, z), why)


def check_bce_far_out(bce_from_logits: Callable) -> None:
    """Binary cross-entropy of logits up to 10,000, right and wrong, against ``tf.nn`` in float64."""
    student = Function(bce_from_logits, "bce_from_logits")
    for size in (20.0, 28.0, 32.0, 36.0, 40.0, 120.0, 1000.0, 1e4):
        for t in (0.0, 1.0):
            for sign in (-1.0, 1.0):
                truth, z = np.array([t, 1.0 - t]), np.array([sign * size, 0.5])
                result = student(truth, z)
                _finite(result, f"for z = {sign * size:g} something overflows or takes log(0). See section 2.")
                result.close(
                    _bce(truth, z),
                    f"the loss of z = {sign * size:g} for t = {t:g} is {_bce(truth[:1], z[:1]):g}, and"
                    " the mean is taken with that of z = 0.5: round or clip nothing on the way. See section 2.",
                )


def _squared_error(z: tf.Tensor, t: Array) -> tf.Tensor:
    return (t - tf.sigmoid(z)) ** 2


def _cross_entropy(z: tf.Tensor, t: Array) -> tf.Tensor:
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)


def check_mse_slope(mse_slope: Callable) -> None:
    """Derivative of (t − σ(z))² with respect to z, element by element, against autodiff."""
    student = Function(mse_slope, "mse_slope")
    for t, z in _targets_and_logits(seed=207):
        expected = _slope(_squared_error, z, t)
        why = "the derivative of (t - sigmoid(z))² with respect to z, for each element. See section 2."
        student(t, z).close(expected, why, atol=domains.tiny(expected))


def check_bce_slope(bce_slope: Callable) -> None:
    """Derivative of the binary cross-entropy with respect to the logit, element by element, against autodiff."""
    student = Function(bce_slope, "bce_slope")
    for t, z in _targets_and_logits(seed=208):
        expected = _slope(_cross_entropy, z, t)
        why = "the derivative of the cross-entropy of sigmoid(z) with respect to z, for each element. See section 2."
        student(t, z).close(expected, why)


# The chain rule in symbols


@dataclass(frozen=True)
class Setting:
    """An activation and a loss, as formulas for SymPy and as functions for TensorFlow."""

    words: str
    g: tuple[Callable, Callable]
    ell: tuple[Callable, Callable]
    why: str

    @cached_property
    def formulas(self) -> Mapping[str, symbolic.Formula]:
        """A formula for each undefined function of the notebook (and for ``ell``, which some students add)."""
        return {
            "g": self.g[0],
            "g_prime": symbolic.derivative(self.g[0]),
            "ell_prime": symbolic.derivative(self.ell[0]),
            "ell": self.ell[0],
        }


# The first two settings tell where a mistake is: without curvature in g, then without curvature in the loss.
SETTINGS = (
    Setting(
        "g(z) = z and ℓ(y) = (y - 0.3)²",
        (lambda z: z, lambda z: z),
        (lambda y: (y - sp.Float(0.3)) ** 2, lambda y: (y - 0.3) ** 2),
        "here g is not tanh, and g' is 1 everywhere.",
    ),
    Setting(
        "g(z) = tanh(z) and ℓ(y) = y",
        (sp.tanh, tf.tanh),
        (lambda y: y, lambda y: y),
        "here ℓ' is 1 everywhere.",
    ),
    Setting(
        "g(z) = log(1 + exp(z)) and ℓ(y) = y - 2 log(y)",
        (lambda z: sp.log(1 + sp.exp(z)), tf.nn.softplus),
        (lambda y: y - 2 * sp.log(y), lambda y: y - 2 * tf.math.log(y)),
        "here nothing is 1.",
    ),
    Setting(
        "g(z) = sigmoid(z) and the cross-entropy of y for t = 1",
        (lambda z: 1 / (1 + sp.exp(-z)), tf.sigmoid),
        (lambda y: -sp.log(y), lambda y: -tf.math.log(y)),
        "here nothing is 1.",
    ),
)


def _one_neuron(setting: Setting, v: Mapping[str, Any]) -> Any:
    return setting.ell[1](setting.g[1](v["w"] * v["x"] + v["b"]))


def _two_layers(setting: Setting, v: Mapping[str, Any]) -> Any:
    a1 = setting.g[1](v["w1"] * v["x"] + v["b1"])
    return setting.ell[1](setting.g[1](v["w2"] * a1 + v["b2"]))


def check_one_neuron(expression: Any, parameter: str) -> None:
    """dl_dw or dl_db of y = g(w x + b), against autodiff, for four pairs of activation and loss.

    Args:
        expression: what the student assigned.
        parameter: ``w`` or ``b``.
    """
    _judge_expression(
        expression, f"dl_d{parameter}", ("x", "w", "b"), parameter, _one_neuron, "See section 3.1.", seed=209
    )


def check_two_layers(expression: Any) -> None:
    """dl_dw1 of y = g(w2 g(w1 x + b1) + b2), against autodiff, for four pairs of activation and loss."""
    _judge_expression(
        expression, "dl_dw1", ("x", "w1", "b1", "w2", "b2"), "w1", _two_layers, "See section 3.2.", seed=210
    )


def check_recursion(expression: Any) -> None:
    """One step of the recursion, for every layer of chains of five neurons, against autodiff.

    The oracle is asked for the derivatives with respect to every z of a chain; each pair of neighbours is
    one example of the student's expression.
    """
    name, see = "dl_dz_i", "See section 3.3."
    for number, setting in enumerate(SETTINGS):
        for rng in draws(seed=211, count=2):
            weights = (rng.uniform(0.5, 1.5, size=5) * rng.choice([-1, 1], size=5)).tolist()
            biases = rng.uniform(-0.5, 0.5, size=5).tolist()
            zs, slopes = _chain_slopes(number, float(rng.uniform(0.5, 1.5)), weights, biases)
            for i in range(len(zs) - 1):
                values = {"dl_dz_next": slopes[i + 1], "w_next": weights[i + 1], "z_i": zs[i]}
                got = symbolic.evaluate(expression, name, setting.formulas, values, see)
                _compare_expression(name, got, slopes[i], setting, values, see)


@oracle
def _chain_slopes(number: int, x: float, weights: list[float], biases: list[float]) -> tuple[list[float], list[float]]:
    """Pre-activations of a chain of neurons, and the derivatives of the loss with respect to them."""
    setting = SETTINGS[number]
    a = tf.constant(x, tf.float64)
    zs: list[tf.Tensor] = []
    with tf.GradientTape() as tape:
        for weight, bias in zip(weights, biases, strict=True):
            z = weight * a + bias
            tape.watch(z)
            zs.append(z)
            a = setting.g[1](z)
        loss = setting.ell[1](a)
    slopes = tape.gradient(loss, zs)
    return [float(z) for z in zs], [float(slope) for slope in slopes]


@oracle
def _expression_slope(loss: Callable, number: int, values: dict[str, float], parameter: str) -> float:
    variables = {symbol: tf.Variable(value, dtype=tf.float64) for symbol, value in values.items()}
    with tf.GradientTape() as tape:
        target = loss(SETTINGS[number], variables)
    return float(tape.gradient(target, variables[parameter]))


def _judge_expression(
    expression: Any,
    name: str,
    symbols: Sequence[str],
    parameter: str,
    loss: Callable[[Setting, Mapping[str, Any]], Any],
    see: str,
    seed: int,
) -> None:
    for number, setting in enumerate(SETTINGS):
        for rng in draws(seed=seed, count=3):
            # Of both signs, and away from 0, 1 and -1, so that no factor can be left out unseen.
            values = {symbol: float(rng.uniform(0.3, 0.9) * rng.choice([-1, 1])) for symbol in symbols}
            values["x"] += math.copysign(1.0, values["x"])
            expected = _expression_slope(loss, number, values, parameter)
            got = symbolic.evaluate(expression, name, setting.formulas, values, see)
            _compare_expression(name, got, expected, setting, values, see)


def _compare_expression(
    name: str, got: float, expected: float, setting: Setting, values: Mapping[str, float], see: str
) -> None:
    at = ", ".join(f"{symbol} = {value:.3g}" for symbol, value in values.items())
    require(
        np.isclose(got, expected, rtol=1e-6, atol=1e-9),
        f"{name} is {got:.6g} for {setting.words} at {at}, expected {expected:.6g}: {setting.why} {see}",
    )


# Chains and networks


def check_chain(chain_gradients: Callable, part: str) -> None:
    """Gradients of a chain of 1 to 7 neurons, tanh and squared error, against autodiff in float64.

    Domain: numbers of any sign and size, whole ones among them, zeros, and one weight for all.

    Args:
        chain_gradients: the student's function.
        part: ``dl_dw`` or ``dl_db``, the one of the two lists to judge.
    """
    student = Function(chain_gradients, "chain_gradients")
    reasons = {
        "dl_dw": "each weight's gradient is the gradient at its own z times the input of that neuron. See section 4.",
        "dl_db": "each bias's gradient is the gradient at its own z. See section 4.",
    }
    for x, t, weights, biases in _chains():
        expected = _chain_gradients(x, t, weights, biases)[part]
        parts = _parts(student(x, t, weights, biases), "dl_dw", "dl_db")
        parts[part].close(expected, reasons[part], atol=1e-2 * domains.tiny(expected))


@oracle
def _chain_gradients(x: float, t: float, weights: list[float], biases: list[float]) -> dict[str, Array]:
    ws, bs = [[tf.Variable(value, dtype=tf.float64) for value in values] for values in (weights, biases)]
    with tf.GradientTape() as tape:
        a: Any = tf.constant(x, tf.float64)
        for w, b in zip(ws, bs, strict=True):
            a = tf.tanh(w * a + b)
        loss = (a - t) ** 2
    return {name: np.array(slopes) for name, slopes in tape.gradient(loss, {"dl_dw": ws, "dl_db": bs}).items()}


def _chains() -> list[tuple[float, float, list[float], list[float]]]:
    """Inputs, targets, weights and biases of chains."""
    chains: list[tuple[float, float, list[float], list[float]]] = []
    for rng, n in zip(draws(seed=212, count=6), [1, 2, 3, 4, 5, 7], strict=True):
        weights = (rng.uniform(0.6, 1.6, size=n) * rng.choice([-1, 1], size=n)).tolist()
        biases, (x, t) = rng.uniform(-0.6, 0.6, size=n).tolist(), rng.uniform(0.3, 1.8, size=2).tolist()
        chains.append((x, t, weights, biases))
    return [
        *chains,
        (chains[-1][0], -0.7, *chains[-1][2:]),  # the same input, another target
        (1, -2, [1, -1, 1], [0, 1, -1]),  # whole numbers
        (0, 1, [2], [-1]),
        (0.5, 1.0, [0.7, 0.0, -1.2], [0.1, 0.2, 0.0]),
        (-0.4, 0.5, [0.8] * 4, [0.0] * 4),
        (8.0, 60.0, [0.1, -0.9], [0.2, 0.1]),
        (1e3, -0.2, [1e-3, 1.1], [0.3, -0.2]),
        (1e-9, 0.3, [1.3, -0.8], [0.0, 0.4]),
        (1e-3, 1e9, [60.0, 1.5], [-0.1, 0.2]),
    ]


NETWORKS = (
    *((1, (3, 1)), (5, (4, 2)), (6, (3, 5, 2)), (1, (2, 4, 3)), (7, (5, 4, 3, 2)), (4, (2, 6, 3, 5, 1))),
    *((3, (3, 3, 3)), (4, (1, 1)), (domains.MANY, (2, 3, 1))),
)
"""Batch size and layer sizes of the networks that are judged: every axis has another length, or all have the same."""


def _networks(seed: int) -> list[tuple[Array, Array, Arrays, Arrays]]:
    """Networks of all sizes, with inputs of any scale; the last ones have the input of others, and differ elsewhere."""
    networks = [
        _network(rng, batch, sizes)
        for rng, (batch, sizes) in zip(draws(seed=seed, count=len(NETWORKS)), NETWORKS, strict=True)
    ]
    x, t, weights, biases = networks[2]
    for scale in (1e-9, 1e-3, 60.0, 1e6):
        networks.append((scale * x, t, [weights[0] / max(scale, 1), *weights[1:]], biases))
    networks.append((x, 1 - t, [w + 0.003 for w in weights], [b - 0.003 for b in biases]))
    networks.append((np.asfortranarray(x), t, [np.asfortranarray(-w) for w in weights], [2.0 * b for b in biases]))
    sure = 20 / np.abs(_pre_activations(x, weights, biases)[-1]).max()  # logits as far out as the text says
    for targets in (t, 1 - t):
        networks.append((x, targets, [*weights[:-1], sure * weights[-1]], [*biases[:-1], sure * biases[-1]]))
    return networks


def check_forward(forward: Callable) -> None:
    """Pre-activations of every layer, against ``keras.layers.Dense`` in float64."""
    student = Function(forward, "forward")
    for x, _, weights, biases in _networks(seed=213):
        got = student(x, weights, biases).sequence(len(weights), "arrays")
        for layer, z in enumerate(_pre_activations(x, weights, biases)):
            why = f"z of layer {layer + 1} is its input times its weights plus its biases, without activation"
            got[layer].close(z, f"{why}; its input is tanh of the z before, or x for the first. See section 5.")


@oracle
def _pre_activations(x: Array, weights: Arrays, biases: Arrays) -> Arrays:
    found, a = [], x
    for w, b in zip(weights, biases, strict=True):
        dense = keras.layers.Dense(w.shape[1], dtype="float64")
        dense.build((None, w.shape[0]))
        dense.set_weights([w, b])
        found.append(dense(a).numpy())
        a = tf.tanh(found[-1])
    return found


def check_gradients(loss_and_gradients: Callable, part: str) -> None:
    """Loss and gradients of networks of 1 to 4 layers over a batch, against autodiff in float64.

    Args:
        loss_and_gradients: the student's function.
        part: ``loss``, ``dl_dW`` or ``dl_db``, the one to judge.
    """
    student = Function(loss_and_gradients, "loss_and_gradients")
    for x, t, weights, biases in _networks(seed=214):
        loss, dl_dw, dl_db = _tape(x, t, weights, biases)
        parts = _parts(student(x, t, weights, biases), "loss", "dl_dW", "dl_db")
        if part == "loss":
            parts[part].close(loss, "the mean of the cross-entropy of all batch × outputs values. See section 5.")
            continue
        expected = dl_dw if part == "dl_dW" else dl_db
        gradients = parts[part].sequence(len(expected), "arrays")
        for layer, (got, wanted) in enumerate(zip(gradients, expected, strict=True)):
            where = f"layer {layer + 1} of {len(expected)} for a batch of {len(x)}"
            if part == "dl_dW":
                why = f"{where}: the input of the layer, transposed, times the gradient at its z"
            else:
                why = f"{where}: the gradient at its z, summed over the batch"
            got.close(wanted, f"{why}. See section 5.", atol=domains.tiny(wanted))


# Finite differences


def check_numerical_gradient(numerical_gradient: Callable) -> None:
    """Centred differences, against gradients in closed form and ``tf.test.compute_gradient``.

    Domain: theta of any shape; h as given, or the default.

    The variance is quadratic and the determinant linear in each element, so that their centred difference is
    the gradient for every h: a one-sided difference is not. ``tf.test.compute_gradient`` takes centred
    differences of the norm itself, with the same h.
    """
    student = Function(numerical_gradient, "numerical_gradient")
    see = "See section 6."
    quadratic = f"centred differences are exact for a quadratic function such as the variance. {see}"
    for rng, n, h in zip(draws(seed=215, count=4), [4, 3, 6, 5], [1e-5, 0.5, 0.25, 1e-4], strict=True):
        theta = rng.normal(0, 2, size=n)
        student(np.var, theta, h=h).close(2 * (theta - theta.mean()) / n, quadratic, rtol=1e-6, atol=1e-7)

        matrix = rng.normal(0, 1, size=(3, 3)) + 2 * np.eye(3)
        cofactors = np.linalg.det(matrix) * np.linalg.inv(matrix).T
        why = f"the result has the shape of theta: one derivative for each element, the others at rest. {see}"
        student(np.linalg.det, matrix, h=h).close(cofactors, why, rtol=1e-6, atol=1e-7)

        why = f"(f(theta + h) - f(theta - h)) / (2 h), with the h that was given. {see}"
        student(np.linalg.norm, theta, h=h).close(_norm_differences(theta, h), why, rtol=1e-6, atol=1e-7)
    for theta in domains.arrays(seed=2150, scales=(1e-3, 120.0)):
        expected = 2 * (theta - theta.mean()) / theta.size
        student(np.var, theta, h=0.5).close(expected, quadratic, rtol=1e-5, atol=1e-3 * domains.tiny(expected) + 1e-9)
    small = np.array([3e-5, -1e-5, 2e-5])
    why = f"h is 1e-5 where none is given. {see}"
    student(np.linalg.norm, small).close(_norm_differences(small, 1e-5), why)


@oracle
def _norm_differences(theta: Array, h: float) -> Array:
    ((_,), (differences,)) = tf.test.compute_gradient(tf.norm, [theta], delta=h)
    return differences.reshape(theta.shape)


def check_gradients_agree(gradients_agree: Callable) -> None:
    """A gradient check that lets right gradients pass and catches planted bugs.

    The right and the wrong gradients are those of a small network by autodiff, with and without a bug; the
    numerical ones are centred differences of its loss, taken here in float64. The tolerance is 1e-6, or given. A right
    gradient differs by less than 2e-7 where no element is below a thousandth of the largest, as here: otherwise
    round-off is more in 1 of 1,000 networks.
    """
    student = Function(gradients_agree, "gradients_agree")
    gradients = ((rng, *_weights_gradient(*_network(rng, 6, (4, 3, 2)))) for rng in draws(seed=216, count=20))
    of_one_size = (case for case in gradients if np.abs(case[1]).min() > 1e-3 * np.abs(case[1]).max())
    for rng, right, numerical in itertools.islice(of_one_size, 2):
        for analytic, wanted, why in _right_gradients(right, numerical):
            _require_verdict(student(analytic, wanted), True, why)
        for analytic, wanted, why in _wrong_gradients(rng, right, numerical):
            _require_verdict(student(analytic, wanted), False, why)
    for analytic, wanted, expected, why in _plain_numbers():
        _require_verdict(student(analytic, wanted), expected, why)
    for big, small in ((1.0, 0.5), (-0.5, -1.0), (0.5, 1.0), (-1.0, -0.5)):
        pair = np.array([big, 3.0]), np.array([small, 3.0])
        why = "the relative error is 0.5"
        _require_verdict(student(*pair, tolerance=0.5), True, f"{why}, which is at most 0.5")
        _require_verdict(student(*pair, tolerance=0.4), False, f"{why}: divide by the larger of the two")
    _require_verdict(student(np.array([1.0]), np.array([-1.0]), tolerance=1.5), False, "the relative error is 2")
    differs = "an element differs by half a millionth, and the tolerance is 0"
    for other, why in ((1.0, "the gradients are equal"), (1 + 2.0**-21, differs)):
        _require_verdict(student(np.array([1.0, -3.0]), np.array([other, -3.0]), tolerance=0.0), other == 1, why)


def _require_verdict(result: Result, expected: bool, why: str) -> None:
    got = result.number()
    if got not in (0.0, 1.0):
        result.fail(f"returned {brief(result.value)}, expected True or False. See section 6.")
    if bool(got) != expected:
        result.fail(f"returned {bool(got)}, expected {expected}: {why}. See section 6.")


def _right_gradients(right: Array, numerical: Array) -> Iterator[tuple[Array, Array, str]]:
    """Right gradients (4, 3) of any size and shape, the numerical ones, and why they agree."""
    yield right, numerical, "this gradient is right; the difference is round-off"
    yield right * 1e-7, numerical * 1e-7, "a small gradient is right when its relative error is small"
    yield right * 1e6, numerical * 1e6, "a large gradient is right when its relative error is small"
    for shape in ((3, 4), (2, 2, 3), (12,), (12, 1), (1, 12)):
        yield right.reshape(shape), numerical.reshape(shape), "this gradient is right; it is of another shape"


def _wrong_gradients(rng: np.random.Generator, right: Array, numerical: Array) -> Iterator[tuple[Array, Array, str]]:
    """Wrong gradients (4, 3) in all elements, in one, in their shape; the numerical ones, and why they do not agree."""
    for factor, why in (
        (2.0, "this gradient is twice what it should be"),
        (-1.0, "this gradient has the wrong sign"),
        (0.0, "this gradient is 0 and should not be"),
        (1.0001, "this gradient is off by 1 part in 10,000, and the tolerance is 1 in 1,000,000"),
        (0.9999, "this gradient is off by 1 part in 10,000, and the tolerance is 1 in 1,000,000"),
    ):
        yield right * factor, numerical, why
        for scale in (1e-8, 1e-10):  # a guard of 1e-16 against 0 / 0 passes
            yield right * factor * scale, numerical * scale, f"{why}, although all its values are small"
        row, column = (int(i) for i in rng.integers(0, right.shape))
        one_wrong = right.copy()
        one_wrong[row, column] *= factor
        yield one_wrong, numerical, f"in its element [{row}, {column}] {why}"
    yield right[::-1], numerical, "the rows of this gradient are in the wrong order"
    yield 1e3 * right, 1e3 * numerical * 2, "these large gradients differ by a factor 2"
    smallest = right.copy()
    smallest[np.unravel_index(np.argmin(np.abs(right)), right.shape)] *= 1.5
    yield smallest, numerical, "one small element is wrong by half, and each counts by itself"
    yield numerical[:1], np.repeat(numerical[:1], 4, axis=0), "these two have different shapes"
    yield numerical[:, :1], np.repeat(numerical[:, :1], 3, axis=1), "these two have different shapes"
    yield right.T, numerical, "these two have different shapes"
    for shape in ((3, 4), (2, 2, 3), (12,), (12, 1), (1, 12)):
        yield right.reshape(shape), numerical, f"these two have the shapes {shape} and {right.shape}"


def _plain_numbers() -> Iterator[tuple[Array, Array, bool, str]]:
    """Two gradients of plain numbers, zeros, nan and many among them; whether they agree, and why."""
    many = _generator(216, 0).normal(size=domains.MANY)
    last = many.copy()
    last[-1] += 1.0
    yield many, many, True, "these gradients are equal"
    yield last, many, False, f"one element of {many.size:,}, the last one, is wrong"
    zeros, some = np.zeros(4), np.array([0.0, 1.0, -2.0])
    yield zeros, zeros, True, "two zeros agree"
    yield some, some.copy(), True, "two zeros agree, and so do equal numbers"
    zero, tiny = np.array([0.0, 1.0]), np.array([1e-3, 1.0])
    yield zero, tiny, False, "one of the first elements is 0 and the other is not"
    yield tiny, zero, False, "one of the first elements is 0 and the other is not"
    for pair in ((np.nan, 2.0), (2.0, np.nan), (np.nan, np.nan)):
        first, second = (np.array([1.0, number]) for number in pair)
        yield first, second, False, "nan agrees with nothing"


@oracle
def _weights_gradient(x: Array, t: Array, weights: Arrays, biases: Arrays) -> tuple[Array, Array]:
    """Gradient of a network's loss with respect to its first weights: by autodiff, and by centred differences."""
    _, (right, _), _ = _tape(x, t, weights, biases)
    numerical = np.zeros_like(right)
    for index in np.ndindex(*right.shape):
        values = []
        for h in (1e-5, -1e-5):
            moved = weights[0].copy()
            moved[index] += h
            a = np.tanh(x @ moved + biases[0])
            values.append(_bce(t, a @ weights[1] + biases[1]))
        numerical[index] = (values[0] - values[1]) / 2e-5
    return right, numerical


# Update rules


def check_descent(descent_step: Callable) -> None:
    """One step of gradient descent, against ``keras.optimizers.SGD`` in float64, for arrays of any shape and size."""
    student = Function(descent_step, "descent_step")
    for w, gradient, rng in _parameters_and_gradients(seed=217):
        for lr in (float(rng.uniform(0.01, 0.5)), 1.0):
            (after,) = _sgd(w, gradient[np.newaxis], lr)
            why = "step against the gradient, by the learning rate times the gradient. See section 7."
            student(w, gradient, lr).close(after, why, atol=domains.tiny(after))
            gradient = gradient[::-1]


def check_momentum(momentum_step: Callable) -> None:
    """Three steps with momentum, each from the student's own state, against ``keras.optimizers.SGD``.

    Domain: arrays of any shape and size; the velocity may be changed in place. The velocity is compared with the
    difference of two positions of Keras, which is Keras' velocity.
    """
    student = Function(momentum_step, "momentum_step", may_change=(2,))
    for w, first, rng in _parameters_and_gradients(seed=218):
        lr, momentum = float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.4, 0.9))
        velocity, scale = np.zeros(w.shape), float(np.max(np.abs(first)))
        gradients = np.stack([first, *(scale * rng.normal(size=w.shape) for _ in range(2))])
        places = [w, *_sgd(w, gradients, lr, momentum)]
        for step, (gradient, before, after) in enumerate(zip(gradients, places[:-1], places[1:], strict=True), start=1):
            small = 10 * domains.tiny(after)
            parts = _parts(student(w, gradient, velocity, lr, momentum), "w", "velocity")
            why = f"in step {step}: the velocity keeps its share of the last one and takes the learning rate in"
            parts["velocity"].close(after - before, f"{why}. See section 7.", atol=small)
            why = f"in step {step}: w moves by the new velocity"
            parts["w"].close(after, f"{why}. See section 7.", atol=small)
            w, velocity = parts["w"].array(), parts["velocity"].array()


def check_adam(adam_step: Callable) -> None:
    """Steps of algorithm 1 of Kingma & Ba, each from the student's own state, against ``keras.optimizers.Adam``.

    Domain: arrays of any shape and size; the last four arguments given or left at their defaults; m and v may be
    changed in place. Keras adds epsilon to the root of v where algorithm 1 adds it to the root of v̂ (the paper's
    section 2 has both); Keras with an epsilon of ε √(1 − β₂ᵗ) in step t is algorithm 1. The moments are compared with
    the sums of section 3 of the paper, m_t = (1 − β₁) Σ β₁^(t−i) g_i and likewise v_t.
    """
    student = Function(adam_step, "adam_step", may_change=(2, 3))
    for number, (w, first, rng) in enumerate(_parameters_and_gradients(seed=219)):
        scale = float(np.max(np.abs(first)))
        options = {
            "learning_rate": float(rng.uniform(0.05, 0.5)),
            "beta1": 0.0 if number == 6 else float(rng.uniform(0.5, 0.8)),  # a 0 that is passed is no default
            "beta2": float(rng.uniform(0.85, 0.95)),
            "epsilon": float(rng.uniform(0.05, 0.2)),
        }
        gradients = np.stack([first, *(scale * rng.normal(size=w.shape) for _ in range(3))])
        # Each option is left out once, and all of them: with gradients of 1e-9, epsilon decides.
        left_out = ("", "learning_rate", "beta1", "beta2", "epsilon", "all")[number % 6]
        _judge_adam(student, w, gradients, {k: v for k, v in options.items() if left_out not in (k, "all")})
        if scale < 1e-6:
            _judge_adam(student, w, gradients, {})
    _judge_late_adam(student)


ADAM = {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
"""The defaults of the paper."""


def _judge_adam(student: Function, w: Array, gradients: Array, options: Mapping[str, float]) -> None:
    lr, beta1, beta2, epsilon = (ADAM | dict(options)).values()
    m, v = np.zeros(w.shape), np.zeros(w.shape)
    places = [w, *_adam(w, gradients, lr, beta1, beta2, epsilon)]
    for t, gradient in enumerate(gradients, start=1):
        before, after = places[t - 1], places[t]
        ages = np.arange(t - 1, -1, -1)
        parts = _parts(student(w, gradient, m, v, t, **options), "w", "m", "v")
        wanted = (1 - beta1) * np.tensordot(beta1**ages, gradients[:t], 1)
        why = f"in step {t}: the running mean of the gradient, not yet corrected. See section 7."
        parts["m"].close(wanted, why, atol=10 * domains.tiny(gradients))
        wanted = (1 - beta2) * np.tensordot(beta2**ages, gradients[:t] ** 2, 1)
        why = f"in step {t}: the running mean of the squared gradient, not yet corrected. See section 7."
        parts["v"].close(wanted, why, atol=domains.tiny(wanted))
        why = f"in step {t}: correct m and v for their start at 0, and add epsilon after the root. See section 7."
        parts["w"].close(after, why, atol=domains.tiny(after) + 1e-3 * np.ptp(after - before))
        w, m, v = (parts[name].array() for name in ("w", "m", "v"))


def _judge_late_adam(student: Function) -> None:
    """One step after many: after a gradient that was always the same, m̂ is that gradient and v̂ its square."""
    (rng,) = draws(seed=2190, count=1)
    gradient = rng.uniform(0.5, 2, size=(2, 3)) * rng.choice([-1, 1], size=(2, 3))
    lr, beta1, beta2, epsilon = ADAM.values()
    w = lr * rng.normal(size=(2, 3))  # a step is as large as what it moves
    for t in (20, 1500):
        m, v = (1 - beta1 ** (t - 1)) * gradient, (1 - beta2 ** (t - 1)) * gradient**2
        after = w - lr * gradient / (np.abs(gradient) + epsilon)
        parts = _parts(student(w, gradient, m, v, t), "w", "m", "v")
        why = f"in step {t}, after a gradient that was always the same: m and v are corrected in every step"
        parts["w"].close(after, f"{why}. See section 7.", atol=1e-3 * lr)


def _parameters_and_gradients(seed: int) -> list[tuple[Array, Array, np.random.Generator]]:
    """Parameters and gradients of the same shape and scale, of any of them, and a generator for the rest."""
    pairs = zip(domains.arrays(seed), domains.arrays(10 * seed), strict=True)
    return [(w, gradient, _generator(seed, number)) for number, (w, gradient) in enumerate(pairs)]


@oracle
def _sgd(w: Array, gradients: Array, learning_rate: float, momentum: float = 0.0) -> Arrays:
    """Where w is after each step."""
    variable, optimizer = keras.Variable(w, dtype="float64"), keras.optimizers.SGD(learning_rate, momentum=momentum)
    places = []
    for gradient in gradients:
        optimizer.apply([tf.constant(gradient)], [variable])
        places.append(variable.numpy().copy())
    return places


@oracle
def _adam(w: Array, gradients: Array, learning_rate: float, beta1: float, beta2: float, epsilon: float) -> Arrays:
    """Where w is after each step of algorithm 1."""
    variable = keras.Variable(w, dtype="float64")
    optimizer = keras.optimizers.Adam(learning_rate, beta_1=beta1, beta_2=beta2)
    places = []
    for t, gradient in enumerate(gradients, start=1):
        optimizer.epsilon = epsilon * np.sqrt(1 - beta2**t)
        optimizer.apply([tf.constant(gradient)], [variable])
        places.append(variable.numpy().copy())
    return places


# Training


def check_train(train: Callable, loss_and_gradients: Callable, part: str) -> None:
    """Mini-batch gradient descent from given weights, against a loop with autodiff in float64.

    Training is deterministic: batches in order, weights given. No threshold and no chance is involved.
    Domain: 1 to 3 layers; any number of examples, batches smaller or larger; the last three arguments given or left at
    their defaults.

    Args:
        train: the student's function.
        loss_and_gradients: the notebook's own, made with ``tf.GradientTape``, handed on to ``train``. One case has
            another function, with weight decay.
        part: ``weights`` (weights and biases after training) or ``losses`` (both histories).
    """
    student = Function(train, "train")
    # Examples, batch size, epochs: with and without a smaller last batch, one batch, batches of one, defaults.
    cases = ((13, 5, 2), (8, 4, 2), (7, 7, 3), (3, 1, 1), (6, 10, 1), (70, 32, 10), (1300, 500, 1), (1, 1, 2))
    for rng, (count, batch_size, epochs) in zip(draws(seed=220, count=len(cases)), cases, strict=True):
        sizes = {8: (4, 2), 13: (4, 3, 5, 2)}.get(count, (4, 3, 2))  # one layer, three, or two
        x, t, weights, biases = _network(rng, count, sizes)
        x_val, t_val, _, _ = _network(rng, 7, sizes)
        lr = 0.5 if count == 70 else float(rng.uniform(0.5, 2.0))
        options = {"learning_rate": lr, "epochs": epochs, "batch_size": batch_size}
        decays = count == 8
        given, oracle_of = (_with_weight_decay,) * 2 if decays else (loss_and_gradients, _tape)
        result = student(given, x, t, x_val, t_val, weights, biases, **({} if count == 70 else options))
        parts = _parts(result, "weights", "biases", "losses", "val_losses")
        final, losses, val_losses = _train(oracle_of, x, t, x_val, t_val, weights, biases, lr, epochs, batch_size)
        how = f"{count} examples in batches of {batch_size}, {epochs} epochs"
        how += ", with a gradient_function that adds weight decay to its gradients" if decays else ""
        if part == "weights":
            for name, expected in zip(("weights", "biases"), final, strict=True):
                for got, wanted in zip(parts[name].sequence(len(expected), "arrays"), expected, strict=True):
                    why = f"{how}: every batch in order, also a smaller last one, gives one update. See section 8."
                    got.close(wanted, why)
        else:
            why = f"{how}: after each epoch, the loss over all {{}} examples. See section 8."
            parts["losses"].close(losses, why.format("training"))
            parts["val_losses"].close(val_losses, why.format("validation"))


@oracle
def _train(
    gradient_function: Callable[..., tuple[float, Arrays, Arrays]],
    x: Array,
    t: Array,
    x_val: Array,
    t_val: Array,
    weights: Arrays,
    biases: Arrays,
    lr: float,
    epochs: int,
    size: int,
) -> tuple[tuple[Arrays, Arrays], list[float], list[float]]:
    losses, val_losses = [], []
    for _ in range(epochs):
        for start in range(0, len(x), size):
            _, dl_dw, dl_db = gradient_function(x[start : start + size], t[start : start + size], weights, biases)
            weights = [w - lr * gradient for w, gradient in zip(weights, dl_dw, strict=True)]
            biases = [b - lr * gradient for b, gradient in zip(biases, dl_db, strict=True)]
        losses.append(gradient_function(x, t, weights, biases)[0])
        val_losses.append(gradient_function(x_val, t_val, weights, biases)[0])
    return (weights, biases), losses, val_losses


def _with_weight_decay(x: Array, t: Array, weights: Arrays, biases: Arrays) -> tuple[float, Arrays, Arrays]:
    """The cross-entropy of one layer, and its gradients, to which a tenth of each weight is added."""
    x, t, w = (np.asarray(given, dtype=np.float64) for given in (x, t, weights[0]))
    z = x @ w + np.asarray(biases[0])
    slope = (1 / (1 + np.exp(-z)) - t) / z.size
    return float(np.mean(np.logaddexp(0, z) - t * z)), [x.T @ slope + 0.1 * w], [np.sum(slope, axis=0)]


# Oracles and rungs that several checks share


@oracle
def _value(function: Callable, z: Array) -> Array:
    return function(z).numpy()


@oracle
def _slope(function: Callable, z: Array, *given: Array) -> Array:
    """The derivative of an elementwise function by its first argument, by autodiff."""
    variable = tf.Variable(z, dtype=tf.float64)
    with tf.GradientTape() as tape:
        values = function(variable, *given)
    return tape.gradient(values, variable).numpy()


@oracle
def _bce(t: Array, z: Array) -> float:
    """The mean binary cross-entropy of logits."""
    return float(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)))


def _generator(seed: int, number: int) -> np.random.Generator:
    """The generator for what goes with the input of this number."""
    return next(draws(seed=1000 * seed + number, count=1))


def _targets(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Targets of 0 and 1, and the opposite ones."""
    t = rng.integers(0, 2, size=shape).astype(float)
    return t, 1 - t


def _targets_and_logits(seed: int) -> list[tuple[Array, Array]]:
    """Targets of both kinds and logits of any shape and sign, up to 100."""
    return [
        (t, z)
        for number, z in enumerate(domains.arrays(seed, scales=(1e-9, 1e-3, 1.0, 12.0, 100.0)))
        for t in _targets(_generator(seed, number), z.shape)
    ]


def _network(rng: np.random.Generator, batch: int, sizes: Sequence[int]) -> tuple[Array, Array, Arrays, Arrays]:
    """Inputs, targets of 0 and 1, weights of shape (n_in, n_out) and biases of shape (n_out,)."""
    x = rng.normal(0.3, 1, size=(batch, sizes[0]))
    t = rng.integers(0, 2, size=(batch, sizes[-1])).astype(float)
    weights = [rng.normal(0, 0.7, size=shape) for shape in itertools.pairwise(sizes)]
    biases = [rng.normal(0, 0.5, size=size) for size in sizes[1:]]
    return x, t, weights, biases


@oracle
def _tape(x: Array, t: Array, weights: Arrays, biases: Arrays) -> tuple[float, Arrays, Arrays]:
    """Loss and gradients of a network with tanh between its layers, by autodiff in float64."""
    ws, bs = [[tf.Variable(value, dtype=tf.float64) for value in values] for values in (weights, biases)]
    with tf.GradientTape() as tape:
        a: Any = tf.constant(x, tf.float64)
        for layer, (w, b) in enumerate(zip(ws, bs, strict=True)):
            a = tf.matmul(tf.tanh(a) if layer else a, w) + b
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=a))
    dl_dw, dl_db = tape.gradient(loss, (ws, bs))
    return float(loss), [value.numpy() for value in dl_dw], [value.numpy() for value in dl_db]


def _parts(result: Result, *names: str) -> dict[str, Result]:
    """An answer of several parts by name."""
    return dict(zip(names, result.unpack(*names), strict=True))


def _finite(result: Result, why: str) -> None:
    """A rung before `close`, with a reason of its own for nan and infinity."""
    try:
        finite = bool(np.all(np.isfinite(np.asarray(result.value, dtype=np.float64))))
    except (TypeError, ValueError):
        return  # no numbers at all: `close` has the words for that
    if not finite:
        fail(f"{result.called} returned nan or infinity: {why}")
