"""Sections 6 and 8: networks before they are trained, their loss, and the callbacks of a training."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from graders.checks.ladder import Function, beside, draws, fail, parameters_of, require

MOST_COMPACT = 8000  # parameters


def _stamps(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(1.0, 1.5, size=(n, 48, 48, 1)).astype(np.float32)


def _check_network(build: Callable[..., Any], name: str, most: int) -> Any:
    model = Function(build, name)().keras_model()
    require(
        tuple(model.input_shape) == (None, 48, 48, 1),
        f"{name}() takes images of shape {model.input_shape}, expected (None, 48, 48, 1). See the task.",
    )
    require(
        tuple(model.output_shape) == (None, 1),
        f"{name}() gives an output of shape {model.output_shape}, expected (None, 1): one probability an image.",
    )
    count = parameters_of(model)
    require(count <= most, f"{name}() has {count} parameters, expected at most {most}: use fewer filters.")
    require(
        sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) > 0,
        f"{name}() has no trainable parameters: it cannot learn.",
    )
    for rng in draws(seed=611, count=2):
        images = _stamps(rng, 32)
        p = np.asarray(model(10 * images, training=False))
        require(bool(np.isfinite(p).all()), f"{name}() gave values that are nan or infinite.")
        require(
            bool((p >= 0).all() and (p <= 1).all()),
            f"{name}() gave values between {p.min():.3g} and {p.max():.3g}, expected probabilities between 0 "
            "and 1: which activation has the last layer?",
        )
        p = np.asarray(model(images, training=False))
        require(
            float(np.ptp(p)) > 0,
            f"{name}() gave {p[0, 0]:.4g} for each of 32 different images: does it depend on the image?",
        )
    return model


def _check_loss(model: Any, name: str) -> None:
    require(
        getattr(model, "optimizer", None) is not None and getattr(model, "loss", None) is not None,
        f"{name}() returned a model without an optimiser and a loss: compile it.",
    )
    for rng in draws(seed=612, count=3):
        images = _stamps(rng, 32)
        labels = rng.integers(0, 2, size=32).astype(np.float32)
        p = np.asarray(model(images, training=False), dtype=np.float64)[:, 0].clip(1e-7, 1 - 1e-7)
        # The loss at these labels less that at the opposite ones: a penalty on the weights drops out. Asked of values
        # rather than by `evaluate`: in a graph, Keras leaves out a sigmoid whose output is taken for a logit.
        got = 0.0
        for sign, answers in ((1, labels), (-1, 1 - labels)):
            try:
                loss = model.compute_loss(y=answers[:, None], y_pred=p.astype(np.float32)[:, None])
            except Exception as error:
                fail(f"The loss of {name}() stopped with {type(error).__name__}: does it fit one number an image?")
            got += sign * float(np.asarray(loss))
        cross_entropy = np.mean(np.where(labels == 1, 1, -1) * (np.log(1 - p) - np.log(p)))
        if not np.isclose(got, cross_entropy, rtol=2e-3, atol=2e-4):
            fail(
                f"Turning all labels around changes the loss of {name}() by {-got:.4f}; the binary cross-entropy of "
                f"its probabilities changes by {-cross_entropy:.4f}: is a sigmoid applied twice, or another loss? "
                "See section 6."
            )


def check_classifier(build_classifier: Callable[..., Any]) -> None:
    """Shapes, size and probabilities of the untrained network, asked of the Keras model; `width` widens it."""
    count = parameters_of(_check_network(build_classifier, "build_classifier", 100_000))
    wide = Function(build_classifier, "build_classifier")(width=3).keras_model()
    require(
        parameters_of(wide) > 4 * count,
        f"build_classifier(width=3) has {parameters_of(wide)} parameters, build_classifier() has "
        f"{count}: three times as many filters in every layer give nearly nine times as many.",
    )


def check_loss(build_classifier: Callable[..., Any]) -> None:
    """The compiled loss is the cross-entropy of the predicted probabilities: the formula in float64."""
    _check_loss(Function(build_classifier, "build_classifier")().keras_model(), "build_classifier")


def check_compact(build_compact: Callable[..., Any]) -> None:
    """Size, shapes, probabilities and loss of the compact network, asked of the Keras model."""
    _check_loss(_check_network(build_compact, "build_compact", MOST_COMPACT), "build_compact")


def _play(training_callbacks: Any, patience: int, val_losses: list[float]) -> tuple:
    """A training of which only the callbacks are real: the one weight of the model is the epoch's number.

    Returns:
        What came back in place of a list of callbacks, if it is none; the last epoch; the weight then; the weight in
        the file: None without a file, or the name of the error if it cannot be read.
    """

    def is_callback(item: Any) -> bool:
        return isinstance(item, keras.callbacks.Callback)

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "best.weights.h5")
        items = training_callbacks(path, patience)
        if not isinstance(items, (list, tuple)) or not all(is_callback(item) for item in items):
            return "one callback" if is_callback(items) else "something that is no list of Keras callbacks", 0, 0, 0
        model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1, use_bias=False)])
        model.stop_training = False
        played = keras.callbacks.CallbackList(list(items), model=model)
        played.on_train_begin()
        last = 0
        for last, val_loss in enumerate(val_losses):
            played.on_epoch_begin(last)
            model.set_weights([np.full((1, 1), float(last))])
            played.on_epoch_end(last, {"loss": 9.0 - 0.1 * last, "val_loss": val_loss})
            if model.stop_training:
                break
        played.on_train_end()
        left = float(model.get_weights()[0][0, 0])
        saved = None
        if Path(path).is_file():
            try:
                model.load_weights(path)
                saved = float(model.get_weights()[0][0, 0])
            except Exception as error:
                saved = type(error).__name__
        return None, last, left, saved


def _played(training_callbacks: Callable[..., Any], patience: int, losses: list[float]) -> tuple:
    """The last epoch, the weight then and that in the file, of a training with a student's callbacks."""
    Function(training_callbacks, "training_callbacks").fits("best.weights.h5", patience)
    try:
        wrong, last, left, saved = beside(training_callbacks, _play, training_callbacks, patience, losses)
    except NotImplementedError as error:
        fail(f"training_callbacks is not written yet: {error}")
    except Exception as error:
        fail(f"A training with your callbacks stopped with {type(error).__name__}: {error}")
    if wrong:
        fail(f"training_callbacks returned {wrong}, expected a list: make an object of each class. See section 6.")
    return last, left, saved


def _losses(rng: np.random.Generator, patience: int) -> tuple[list[float], int]:
    """Validation losses that improve now and then, never twice `patience` epochs apart before the best; its epoch."""
    losses, level = [], 3.0
    for _ in range(int(rng.integers(3, 6))):
        level -= float(rng.uniform(0.05, 0.3))
        losses.append(level)
        losses += [level + float(rng.uniform(0.01, 0.5)) for _ in range(int(rng.integers(0, patience)))]
    best = int(np.argmin(losses))
    losses = losses[: best + 1] + [level + float(rng.uniform(0.01, 0.5)) for _ in range(3 * patience)]
    return losses, best


def check_early_stopping(training_callbacks: Callable[..., Any]) -> None:
    """The last epoch and the weights left, for played validation losses: by the definition of patience."""
    for rng, patience in zip(draws(seed=621, count=4), (3, 1, 5, 2), strict=True):
        losses, best = _losses(rng, patience)
        last, left, _ = _played(training_callbacks, patience, losses)
        shown = ", ".join(f"{loss:.2f}" for loss in losses[: best + patience + 2])
        require(
            last == best + patience,
            f"With patience {patience} and validation losses {shown} ... the last epoch was {last}, expected "
            f"{best + patience}: the best is epoch {best}, and {patience} more bring nothing. See section 6.",
        )
        require(
            left == best,
            f"After early stopping the network has the weights of epoch {left:.0f}, expected those of the best, "
            f"{best}. See section 6.",
        )


def check_checkpoint(training_callbacks: Callable[..., Any]) -> None:
    """The file holds the best weights at any time, also when the training was not stopped early."""
    for rng, patience in zip(draws(seed=622, count=3), (3, 2, 4), strict=True):
        losses, best = _losses(rng, patience)
        for shown in (losses, losses[: best + 2], losses[: best + 1]):
            _, _, saved = _played(training_callbacks, patience, shown)
            require(saved is not None, "training_callbacks wrote no file at the path given. See section 6.")
            if isinstance(saved, str):
                fail(f"The file of training_callbacks holds no weights of the network: {saved}.")
            require(
                saved == best,
                f"After {len(shown)} epochs, the best of them {best}, the file has the weights of epoch {saved:.0f}. "
                "See section 6.",
            )
