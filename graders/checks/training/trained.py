"""Sections 5 and 6: the parts of a training, and what trained networks reach on new galaxies.

The best possible error on the notebook's toy catalogue is its scatter, so errors are given in units of it. What wrong
answers reach, and how often the reference misses: docs/thresholds/training.md.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from graders.checks.ladder import Function, beside, draws, fail, require
from graders.checks.networks import answers_of
from graders.checks.trained import Measured

SEE = "See section 5."

# Root mean square errors over the best possible one, tier by tier; nothing is better than the best but by chance: with
# 20,000 galaxies the ratio of the best prediction itself is 1 within 0.005 (one standard deviation).
CEILINGS = {"network": (2.0, 1.3, 1.1), "transferred": (2.8,)}
THRESHOLDS = {"network": (0.97,), "transferred": (0.97,)}

# --- the callback -----------------------------------------------------------------------------------------------------


def _played(early_stopping: Any, patience: int, val_losses: list[float]) -> tuple:
    """A training of which only the callback is real: whether it is one, the last epoch, and the weight afterwards."""
    callback = early_stopping(patience)
    if not isinstance(callback, keras.callbacks.Callback):
        return False, 0, 0.0
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1, use_bias=False)])
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    last = 0
    for last, val_loss in enumerate(val_losses):
        callback.on_epoch_begin(last)
        model.set_weights([np.full((1, 1), float(last))])
        callback.on_epoch_end(last, {"loss": 9.0 - 0.1 * last, "val_loss": val_loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return True, last, float(model.get_weights()[0][0, 0])


def _play(early_stopping: Callable[..., Any], patience: int, losses: list[float]) -> tuple[int, float]:
    Function(early_stopping, "early_stopping").fits(patience)
    try:
        is_one, last, weight = beside(early_stopping, _played, early_stopping, patience, losses)
    except NotImplementedError as error:
        fail(f"early_stopping is not written yet: {error}")
    except Exception as error:
        fail(f"A training with your callback stopped with {type(error).__name__}: {error}"[:350] + f". {SEE}")
    require(is_one, "early_stopping returned something that is no Keras callback: return an object of the class.")
    return last, weight


def _scripts() -> list[tuple[int, list[float], int]]:
    """Patience, validation losses and the best epoch: ties, improvements of a millionth, nan, never stopped, huge."""
    nan, scripts = math.nan, []
    scripts.append((3, [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3, 3], 5))
    scripts.append((2, [1.0, 1.0, 1.0, 0.5, 0.4], 0))
    scripts.append((2, [1.0, 1.1, 1.0 - 1e-6, 1.2, 1.0, 1.0], 2))
    scripts.append((1, [-1.0, -2.0, -1.5, -3.0], 1))
    scripts.append((3, [2.0, nan, nan, 1.0, nan, 3.0, nan, 0.5], 3))
    scripts.append((4, [9.0, 8.0, 7.0, 7.5, 7.2], 2))
    scripts.append((5, [1e12, 1e13, 1e11, 1e14], 2))
    scripts.append((2, [nan, 4.0, 5.0, 3.0, 6.0, 7.0, 1.0], 3))
    scripts.append((1, [3.0, 2.0, 1.0], 2))
    for rng, patience in zip(draws(851, 4), (1, 2, 4, 6), strict=True):
        losses = [5.0]
        for _ in range(4):
            losses.append(min(losses) - rng.uniform(0.01, 0.5))
            losses += [losses[-1] + rng.uniform(0.01, 1.0) for _ in range(int(rng.integers(0, patience)))]
        best = int(np.argmin(losses))
        losses = losses[: best + 1] + [losses[best]] + [losses[best] + 1.0] * (2 * patience)
        scripts.append((patience, losses, best))
    return scripts


def _shown(losses: list[float]) -> str:
    return ", ".join(f"{loss:.7g}" for loss in losses[:8])


def check_stop(early_stopping: Callable[..., Any]) -> None:
    """The last epoch of played trainings: patience epochs after the best, by the definition."""
    for patience, losses, best in _scripts():
        last, _ = _play(early_stopping, patience, losses)
        expected = min(best + patience, len(losses) - 1)
        require(
            last == expected,
            f"With patience {patience} and validation losses {_shown(losses)} ... the last epoch was {last}, expected "
            f"{expected}: the best is epoch {best}. {SEE}",
        )


def check_best_weights(early_stopping: Callable[..., Any]) -> None:
    """The weights after played trainings are those of the best epoch, whether or not they were stopped early."""
    for patience, losses, best in _scripts():
        _, weight = _play(early_stopping, patience, losses)
        require(
            weight == best,
            f"With patience {patience} and validation losses {_shown(losses)} ... the weights at the end are those of "
            f"epoch {weight:g}, expected those of the best, {best}. {SEE}",
        )


# --- the step ---------------------------------------------------------------------------------------------------------


def _stepped(step: Any, weights: list, batches: list, rate: float, limit: float, compiled: bool, norm: bool) -> tuple:
    """Losses and weights after each step of plain gradient descent on a linear model, with the help of Keras."""
    import tensorflow as tf

    d, k = weights[0].shape
    layers = [keras.Input(shape=(d,))] + [keras.layers.BatchNormalization()] * norm + [keras.layers.Dense(k)]
    model, optimizer = keras.Sequential(layers), keras.optimizers.SGD(rate)
    model.set_weights([*model.get_weights()[: -len(weights)], *weights])
    take = tf.function(lambda x, y: step(model, optimizer, x, y, limit)) if compiled else None
    found = []
    for x, y in batches:
        x, y = tf.constant(x), tf.constant(y)
        loss = take(x, y) if compiled else step(model, optimizer, x, y, limit)
        found.append((None if loss is None else np.array(loss), [np.array(weight) for weight in model.get_weights()]))
    return tuple(found)


def _take(training_step: Callable[..., Any], *arguments: Any) -> list:
    Function(training_step, "training_step").fits(None, None, None, None, 1.0)
    try:
        return list(beside(training_step, _stepped, training_step, *arguments))
    except NotImplementedError as error:
        fail(f"training_step is not written yet: {error}")
    except Exception as error:
        message = " ".join(str(error).split())[:200]
        fail(f"training_step stopped with {type(error).__name__}: {message}. Does it use TensorFlow alone? {SEE}")


def check_step(training_step: Callable[..., Any]) -> None:
    """Two steps of gradient descent on linear models: loss and gradients in NumPy; batch normalisation in training."""
    cases = [(5, 3, 2, 1e6), (1, 2, 1, 0.1), (33, 4, 1, 0.5), (8, 1, 3, 1e6), (5, 3, 2, 0.2), (5, 3, 2, 1e-3)]
    for number, (rng, (n, d, k, limit)) in enumerate(zip(draws(852, len(cases)), cases, strict=True)):
        kernel, bias = rng.normal(size=(d, k)).astype(np.float32), rng.normal(size=k).astype(np.float32)
        batches = [(rng.normal(size=(n, d)).astype(np.float32), rng.normal(size=(n, k)).astype(np.float32))
                   for _ in range(2)]  # fmt: skip
        found = _take(training_step, [kernel, bias], batches, 0.1, limit, number % 2 == 1, False)
        for (x, y), (loss, weights) in zip(batches, found, strict=True):
            error = x @ kernel + bias - y
            gradients = [2 * x.T @ error / error.size, 2 * error.sum(axis=0) / error.size]
            length = math.sqrt(sum(float(np.sum(gradient**2)) for gradient in gradients))
            factor = min(1.0, limit / length)
            kernel, bias = kernel - 0.1 * factor * gradients[0], bias - 0.1 * factor * gradients[1]
            require(loss is not None and loss.size == 1, f"training_step returned no single number as its loss. {SEE}")
            require(
                np.isclose(float(loss.reshape(())), np.mean(error**2), rtol=1e-3),
                f"training_step returned the loss {float(loss.reshape(())):.5g}, expected {np.mean(error**2):.5g}: the "
                f"mean over all numbers of the batch, before the step. {SEE}",
            )
            right = all(np.allclose(got, wanted, rtol=1e-4, atol=max(1e-6, 2e-3 * 0.1 * min(limit, length)))
                        for got, wanted in zip(weights, (kernel, bias), strict=True))  # fmt: skip
            require(
                right,
                f"A step of plain gradient descent on gradients of length {length:.3g} with the limit {limit:g} moved "
                f"the weights elsewhere: clip all gradients together, then apply them once. {SEE}",
            )
    (rng,) = draws(853, 1)
    x, y = rng.normal(3, 2, size=(6, 2)).astype(np.float32), np.ones((6, 1), np.float32)
    weights = [np.ones((2, 1), np.float32), np.zeros(1, np.float32)]
    (_, after), *_ = _take(training_step, weights, [(x, y)], 0.1, 1.0, False, True)
    require(
        np.allclose(after[2], 0.01 * x.mean(axis=0), rtol=1e-3),
        f"After a step the moving mean of batch normalisation is {after[2]}, expected {0.01 * x.mean(axis=0)}: run the "
        f"model in training mode. {SEE}",
    )


# --- trained networks -------------------------------------------------------------------------------------------------

SCATTER = 0.2
MIX = 0.3 * np.ones((6, 6)) + np.diag([1.5, 1.2, 1.0, 0.8, 0.7, 0.5])


@functools.cache
def held_out() -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (20000, 6) that are in no notebook; mass, age, dust and the rate of star formation (20000, 4)."""
    rng = np.random.default_rng(86_001)
    u = rng.normal(size=(20_000, 6))
    mass = np.sin(1.5 * u[:, 0]) + 0.5 * u[:, 1]
    age = np.tanh(2 * u[:, 1] * u[:, 2]) + 0.3 * u[:, 0]
    dust = np.abs(u[:, 3]) - 0.5 * np.tanh(u[:, 4] + u[:, 5])
    truth = np.stack([mass, age, dust, mass - age + 0.5 * dust], axis=1)
    magnitudes = np.array([25.0, 24.2, 23.1, 22.5, 22.0, 21.8]) + u @ MIX
    return magnitudes, truth + SCATTER * rng.normal(size=truth.shape)


def error_of(model: Any, called: str, prepare: Callable[..., Any], columns: slice) -> float:
    """The root mean square error of a network's predictions over the best possible one."""
    magnitudes, wanted = held_out()
    x = Function(prepare, "prepare")(magnitudes).array(magnitudes.shape).astype(np.float32)
    answers = answers_of(model, called, x)
    shape = wanted[:, columns].shape
    require(answers.shape == shape, f"{called} gives answers of shape {answers.shape}, expected {shape}.")
    return float(np.sqrt(np.mean((answers - wanted[:, columns]) ** 2))) / SCATTER


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` are about, of a notebook that has been run: for ``course seeds``."""
    network, transferred, prepare = (namespace[name] for name in ("network", "transferred", "prepare"))
    return {
        "network": error_of(network, "network", prepare, slice(0, 3)),
        "transferred": error_of(transferred, "transferred", prepare, slice(3, 4)),
    }


def _judge(name: str, value: float, tier: int, see: str) -> None:
    measured = Measured(value, f"On new galaxies the error of {name} is {value:.3f} times the best possible one")
    measured.at_least(THRESHOLDS[name][0], f"nothing is better than the best: has it seen these galaxies? {see}")
    measured.at_most(CEILINGS[name][tier - 1], f"does the validation loss fall, and are the best weights kept? {see}")


def check_network(network: Any, prepare: Callable[..., Any], tier: int) -> None:
    """Mass, age and dust of 20,000 new galaxies: errors in units of the scatter, which no network can go below."""
    _judge("network", error_of(network, "network", prepare, slice(0, 3)), tier, "See section 5.")


def check_transferred(transferred: Any, prepare: Callable[..., Any]) -> None:
    """The rate of star formation of 20,000 new galaxies, in units of the scatter, which no network can go below."""
    _judge("transferred", error_of(transferred, "transferred", prepare, slice(3, 4)), 1, "See section 6.")


# --- section 6: transfer ----------------------------------------------------------------------------------------------


def _transferred(build_transfer: Any, d: int, features: int, outputs: int, seed: int, data: tuple) -> dict[str, Any]:
    """What a new model gives, and what a training of it does to the weights of the old one and its own."""
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    layers = [keras.layers.Dense(7, activation="tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(features)]
    layers += [keras.layers.ReLU(), keras.layers.Dense(2)]
    network = keras.Sequential([keras.Input(shape=(d,)), *layers])
    signs = [rng.choice([-1, 1], weight.shape) if weight.ndim > 1 else 1 for weight in network.get_weights()]
    drawn = [rng.uniform(0.2, 1, size=weight.shape) for weight in network.get_weights()]
    network.set_weights([sign * weight for sign, weight in zip(signs, drawn, strict=True)])
    old = [np.array(weight) for weight in network.get_weights()]
    hidden = keras.Model(network.inputs, network.layers[-2].output)
    x, y = data
    wanted = np.array(hidden(x, training=False))
    model = build_transfer(network, outputs)
    if getattr(model, "get_weights", None) is None or not callable(model):
        return {"kind": "no Keras model"}
    head = [np.array(weight) for weight in model.trainable_weights]
    first = np.array(model(x, training=True))
    optimizer, losses = keras.optimizers.SGD(0.01), []
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        losses.append(float(loss))
    now = [np.array(weight) for weight in network.get_weights()]
    return {
        "kind": "", "head": head, "hidden": wanted, "first": first, "losses": losses,
        "kept": [bool(np.array_equal(a, b)) for a, b in zip(old, now, strict=True)],
        "after": [np.array(weight) for weight in model.trainable_weights], "total": len(model.get_weights()),
        "plain": np.array(model(x, training=False)),
    }  # fmt: skip


def check_transfer(build_transfer: Callable[..., Any]) -> None:
    """On a network with batch normalisation: the new layer in NumPy, old weights bit-identical after some steps."""
    Function(build_transfer, "build_transfer").fits(None, 1)
    cases = ((3, 5, 4, 12), (1, 6, 1, 7), (4, 3, 2, 30), (3, 5, 1, 12))
    for number, (rng, (d, features, outputs, n)) in enumerate(zip(draws(861, len(cases)), cases, strict=True)):
        data = (rng.normal(size=(n, d)).astype(np.float32), rng.normal(size=(n, outputs)).astype(np.float32))
        try:
            got = beside(build_transfer, _transferred, build_transfer, d, features, outputs, 862 + number, data)
        except NotImplementedError as error:
            fail(f"build_transfer is not written yet: {error}")
        except Exception as error:
            message = " ".join(str(error).split())[:200]
            fail(f"Building with build_transfer, or training, gave {type(error).__name__}: {message}. See section 6.")
        require(not got["kind"], "build_transfer returned no Keras model. See section 6.")
        shapes = [array.shape for array in got["head"]]
        require(
            shapes == [(features, outputs), (outputs,)],
            f"With {features} features and {outputs} outputs the trainable weights have the shapes {shapes}, expected "
            f"{[(features, outputs), (outputs,)]}: only the new layer learns. See section 6.",
        )
        kernel, bias = got["head"]
        require(
            np.allclose(got["first"], got["hidden"] @ kernel + bias, rtol=1e-3, atol=1e-4),
            "In training the new model does not give its layer's answer to the features of the network: are they those "
            "before its last layer, with batch normalisation in inference mode and no activation? See section 6.",
        )
        require(
            all(got["kept"]),
            f"Training the new model changed {got['kept'].count(False)} arrays of the old network's weights: freeze "
            "all of them, moving averages too. See section 6.",
        )
        kernel, bias = got["after"]
        require(
            np.allclose(got["plain"], got["hidden"] @ kernel + bias, rtol=1e-3, atol=1e-4)
            and not np.allclose(kernel, got["head"][0], atol=1e-7),
            "After training, the new model does not give its new layer's answer to the features. See section 6.",
        )
