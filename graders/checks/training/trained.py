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
import tensorflow as tf

from graders.checks.domains import MANY
from graders.checks.ladder import Function, beside, draws, fail, require
from graders.checks.networks import answers_of
from graders.checks.steps import StepCase
from graders.checks.trained import Measured

SEE = "See section 5."

# Root mean square errors over the best possible one, tier by tier; nothing is better than the best but by chance: with
# 20,000 galaxies the ratio of the best prediction itself is 1 within 0.005 (one standard deviation).
CEILINGS = {"network": (2.0, 1.3, 1.1), "transferred": (2.8,)}
THRESHOLDS = {"network": (0.97,), "transferred": (0.97,)}

# --- the callback -----------------------------------------------------------------------------------------------------


def _begun(layers: list, callback: Any, epochs: int) -> Any:
    """A model at the start of a training of so many epochs, of which the callback has been told what `fit` tells.

    Keras gives each method logs, if only an empty dictionary: so a callback may do without a default for them.
    """
    model = keras.Sequential([keras.Input(shape=(1,)), *layers])
    model.compile("sgd", "mse")
    model.stop_training = False
    callback.set_params({"verbose": 0, "epochs": epochs, "steps": 1})
    callback.set_model(model)
    callback.on_train_begin({})
    return model


def _played(callback: Any, val_losses: list[float]) -> tuple:
    """A training of which only the callback is real: whether it is one, the last epoch, and all weights afterwards.

    Every weight is the epoch's number, moving averages too.
    """
    if not isinstance(callback, keras.callbacks.Callback):
        return False, 0, []
    frozen, last_layer = keras.layers.Dense(2, trainable=False), keras.layers.Dense(1, use_bias=False)
    model, last = _begun([frozen, keras.layers.BatchNormalization(), last_layer], callback, len(val_losses)), 0
    for last, val_loss in enumerate(val_losses):
        callback.on_epoch_begin(last, {})
        model.set_weights([np.full(weight.shape, float(last)) for weight in model.get_weights()])
        callback.on_epoch_end(last, {"loss": 9.0 - 0.1 * last, "val_loss": val_loss})
        if model.stop_training:
            break
    callback.on_train_end({})
    return True, last, sorted({float(number) for weight in model.get_weights() for number in np.ravel(weight)})


def _played_beside_another(callback: Any, other: Any) -> tuple[bool, list]:
    """Two trainings at once, the other with far smaller losses: whether both callbacks are one; weights of both."""
    losses = [3.0, 2.0, 4.0, 5.0], [-7.0, -8.0, -9.0, -10.0]
    models = [_begun([keras.layers.Dense(1, use_bias=False)], one, 4) for one in (callback, other)]
    for epoch in range(4):
        for one, model, values in zip((callback, other), models, losses, strict=True):
            one.on_epoch_begin(epoch, {})
            model.set_weights([np.full((1, 1), float(epoch))])
            one.on_epoch_end(epoch, {"loss": 1.0, "val_loss": values[epoch]})
    for one in (callback, other):
        one.on_train_end({})
    return callback is other, [float(np.ravel(model.get_weights()[0])[0]) for model in models]


def _play(early_stopping: Callable[..., Any], patience: int, losses: list[float]) -> tuple[int, list[float]]:
    callback = Function(early_stopping, "early_stopping")(patience).value
    try:
        is_one, last, weights = beside(early_stopping, _played, callback, losses)
    except Exception as error:
        fail(f"A training with your callback stopped with {type(error).__name__}: {error}"[:350] + f". {SEE}")
    require(is_one, "early_stopping returned something that is no Keras callback: return an object of the class.")
    return last, weights


def _scripts() -> list[tuple[int, list[float], int]]:
    """Patience, validation losses and the best epoch.

    Ties, improvements of a millionth, nan, trainings that are never stopped, a long patience; losses that are huge,
    tiny, negative and 0.
    """
    nan, scripts = math.nan, []
    scripts.append((3, [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3, 3], 5))
    scripts.append((2, [1.0, 1.0, 1.0, 0.5, 0.4], 0))
    scripts.append((2, [1.0, 1.1, 1.0 - 1e-6, 1.2, 1.0, 1.0], 2))
    scripts.append((1, [-1.0, -2.0, -2.0, -3.0], 1))
    scripts.append((3, [2.0, nan, nan, 1.0, nan, 3.0, nan, 0.5], 3))
    scripts.append((4, [9.0, 8.0, 7.0, 7.5, 7.2], 2))
    scripts.append((2, [1e12, 1e13, 1e11, 1e14, 1e12, 1.0], 2))
    scripts.append((2, [nan, 4.0, 5.0, 3.0, 6.0, 7.0, 1.0], 3))
    scripts.append((3, [nan, nan, 2.0, 1.0, *[3.0] * 4], 3))
    scripts.append((1, [3.0, 2.0, 1.0], 2))
    scripts.append((2, [3e-9, 2e-9, 0.0, 1e-9, 0.0, -1.0], 2))
    scripts.append((12, [2.0, 1e-9, *[1.0] * 13], 1))
    scripts.append((60, [2.0, -1e-9, *[1.0] * 61], 1))
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
    """The weights after played trainings are those of the best epoch, whether or not they were stopped early.

    Also of two trainings side by side, each with a callback of its own.
    """
    for patience, losses, best in _scripts():
        _, weights = _play(early_stopping, patience, losses)
        whole = all(weight in range(len(losses)) for weight in weights)
        epochs = "epoch " + " and ".join(f"{weight:g}" for weight in weights) if whole else "no single epoch"
        too = ", moving averages too" if len(weights) > 1 else ""
        require(
            weights == [best],
            f"With patience {patience} and validation losses {_shown(losses)} ... the weights at the end are those of "
            f"{epochs}, expected those of the best, {best}{too}. {SEE}",
        )
    student = Function(early_stopping, "early_stopping")
    one, weights = beside(early_stopping, _played_beside_another, student(9).value, student(9).value)
    require(not one, f"Two calls of early_stopping(9) returned one object: make a new one in each. {SEE}")
    require(
        weights == [1.0, 3.0],
        f"Of two trainings side by side, each with a callback of its own, the weights at the end are those of epochs "
        f"{weights[0]:g} and {weights[1]:g}, expected 1 and 3: what a callback remembers is its object's alone. {SEE}",
    )


# --- the step ---------------------------------------------------------------------------------------------------------


def _mean_square(y: Any, answer: Any) -> Any:
    return tf.reduce_mean((answer - y) ** 2)


_CASES = (  # with the limit for the length of the gradients
    (1e6, StepCase(5, (3, 2), ("SGD", 0.1, {}), scale=0.03)),
    (0.1, StepCase(1, (2, 1), ("Adam", 0.01, {}), compiled=True)),
    (0.5, StepCase(33, (4, 5, 3), ("SGD", 0.1, {"momentum": 0.9}))),
    (0.8, StepCase(7, (3, 4, 1), ("SGD", 0.2, {"decay": 0.25}), compiled=True)),
    (0.05, StepCase(6, (3, 4, 2), ("SGD", 0.1, {}), frozen=1)),
    (0.5, StepCase(6, (2, 5, 4, 1), ("Adam", 0.05, {}), frozen=2, compiled=True)),
    (2.0, StepCase(MANY, (2, 1), ("SGD", 0.1, {}), scale=3000.0)),
)


def _check_steps(step: Callable[..., Any], case: StepCase, weights: list, batches: list, limit: float) -> None:
    given = [(*map(tf.constant, batch), limit) for batch in batches]
    how = f"on a batch of {case.n} with the limit {limit:g} for all gradients together"
    how += ", in training mode," if case.normed else ""
    case.require(step, "training_step", weights, _mean_square, batches, given, SEE, how=how, limit=limit)


def check_step(training_step: Callable[..., Any]) -> None:
    """Two steps each, by several optimisers, of networks with and without frozen layers, some of them compiled.

    Loss and weights are those of automatic differentiation on a copy, with gradients clipped in NumPy. Then a fit that
    is perfect, whose gradients are 0, and a network with batch normalisation, which must be in training mode.
    """
    for rng, (limit, case) in zip(draws(852, len(_CASES)), _CASES, strict=True):
        weights = case.weights(rng, biases=0.7 * case.scale)
        _check_steps(training_step, case, weights, [(case.inputs(rng), case.targets(rng)) for _ in range(2)], limit)
    (rng,) = draws(853, 1)
    case, normed = (StepCase(4, (2, 1), ("SGD", 0.1, {}), normed=normed) for normed in (False, True))
    weights = [np.array([[2.0], [-1.0]], np.float32), np.ones(1, np.float32)]
    batches = [(case.inputs(rng), case.targets(rng)) for _ in range(2)]
    perfect = [(np.rint(x), np.rint(x) @ weights[0] + weights[1]) for x, _ in batches]
    _check_steps(training_step, case, weights, perfect, 1.0)
    _check_steps(training_step, normed, weights, [(3 + 2 * x, y) for x, y in batches], 1.0)


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


def _prepared(prepare: Callable[..., Any]) -> np.ndarray:
    """The magnitudes as a network gets them: by the affine map of each column that `prepare` is; it brings no answers.

    It is fitted to what `prepare` gives, which in single precision is within 1e-6 of it, and serves in its place.
    """
    magnitudes, _ = held_out()
    result = Function(prepare, "prepare")(magnitudes)
    found = result.array(magnitudes.shape)
    away, middle = magnitudes - magnitudes.mean(axis=0), found.mean(axis=0)
    own = middle + away * np.mean(away * (found - middle), axis=0) / np.mean(away**2, axis=0)
    off = np.abs(found - own).max() / max(np.abs(found).max(), 1e-30)
    if off > 1e-3:
        result.fail(
            f"differs from an affine map of each column of the magnitudes, by up to {off:.2g} of the largest value: "
            "standardise all rows by one mean and one width for each column, as in section 1."
        )
    return own.astype(np.float32)


def error_of(model: Any, called: str, prepare: Callable[..., Any], columns: slice) -> float:
    """The root mean square error of a network's predictions over the best possible one."""
    _, wanted = held_out()
    x = _prepared(prepare)
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


def _old_network(d: int, features: int, seed: int) -> Any:
    """A network with batch normalisation: a Sequential model, or one that holds another, as the notebook's does."""
    rng = np.random.default_rng(seed)
    layers = [keras.layers.Dense(7, activation="tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(features)]
    layers += [keras.layers.ReLU(), keras.layers.Dense(2)]
    if seed % 2:
        inputs = keras.Input(shape=(d,))
        inner = keras.Sequential([keras.Input(shape=(d,)), *layers[:2]])
        network = keras.Model(inputs, layers[4](layers[3](layers[2](inner(inputs)))))
    else:
        network = keras.Sequential([keras.Input(shape=(d,)), *layers])
    signs = [rng.choice([-1, 1], weight.shape) if weight.ndim > 1 else 1 for weight in network.get_weights()]
    drawn = [rng.uniform(0.2, 1, size=weight.shape) for weight in network.get_weights()]
    network.set_weights([sign * weight for sign, weight in zip(signs, drawn, strict=True)])
    return network


def _transferred(network: Any, old: list, model: Any, other: Any, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """What a new model gives, and what a training of it does to the weights of the old one and its own.

    The other is a second model on the same network; the old weights are those of before.
    """
    if getattr(model, "get_weights", None) is None or not callable(model):
        return {"kind": "no Keras model"}
    hidden = np.array(keras.Model(network.inputs[0], network.layers[-2].output)(x, training=False))
    first = np.array(model(x, training=True))  # a model that was not built yet is now
    other(x)
    again = {id(weight) for weight in other.trainable_weights}
    head = [np.array(weight) for weight in model.trainable_weights]
    optimizer = keras.optimizers.SGD(0.01)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    now = [np.array(weight) for weight in network.get_weights()]
    return {
        "kind": "", "head": head, "hidden": hidden, "first": first, "plain": np.array(model(x, training=False)),
        "kept": [bool(np.array_equal(a, b)) for a, b in zip(old, now, strict=True)],
        "after": [np.array(weight) for weight in model.trainable_weights],
        "shared": any(id(weight) in again for weight in model.trainable_weights),
    }  # fmt: skip


def check_transfer(build_transfer: Callable[..., Any]) -> None:
    """On networks with batch normalisation: the new layer in NumPy, old weights bit-identical after some steps."""
    student = Function(build_transfer, "build_transfer")
    cases = ((3, 5, 4, 12), (1, 6, 1, 7), (4, 3, 2, 30), (3, 5, 1, 12))
    for number, (rng, (d, features, outputs, n)) in enumerate(zip(draws(861, len(cases)), cases, strict=True)):
        data = (rng.normal(size=(n, d)).astype(np.float32), rng.normal(size=(n, outputs)).astype(np.float32))
        network = beside(build_transfer, _old_network, d, features, 862 + number)
        old = [np.array(weight) for weight in network.get_weights()]
        model, other = student(network, outputs).value, student(network, outputs).value
        try:
            got = beside(build_transfer, _transferred, network, old, model, other, *data)
        except Exception as error:
            message = " ".join(str(error).split())[:200]
            fail(f"A training of the model from build_transfer gave {type(error).__name__}: {message}. See section 6.")
        require(not got["kind"], "build_transfer returned no Keras model. See section 6.")
        shapes = [array.shape for array in got["head"]]
        require(
            shapes == [(features, outputs), (outputs,)],
            f"With {features} features and {outputs} outputs the trainable weights have the shapes {shapes}, expected "
            f"{[(features, outputs), (outputs,)]}: only the new layer learns. See section 6.",
        )
        require(
            not got["shared"], "Two new models on one network share their last layer: make one anew. See section 6."
        )
        kernel, bias = got["head"]
        require(
            np.allclose(got["first"], got["hidden"] @ kernel + bias, rtol=1e-3, atol=1e-4),
            "In training the new model does not give its layer's answer to the features of the network: are they those "
            "before its last layer, with the moving averages of batch normalisation and no activation? See section 6.",
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
