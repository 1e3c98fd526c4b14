"""Sections 6 and 8: networks before they are trained, their loss, and the callbacks of a training."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from graders.checks.changes import one_block_changed
from graders.checks.ladder import Function, beside, draws, fail, parameters_of, require, require_written, stopped
from graders.checks.networks import Network, built

MOST_COMPACT = 8000  # parameters


def _network(build: Callable[..., Any], name: str, most: int) -> Network:
    """Shapes and size; at drawn weights what is in the middle of an image counts, and p is anything from 0 to 1."""
    network = built(build, name, inputs=(48, 48, 1), outputs=(1,), most=most, see="See the task.")
    rng = np.random.default_rng(611)
    images = rng.normal(1.0, 1.5, size=(10, 48, 48, 1)).astype(np.float32)
    network.require_outputs(network.require_steady(611, images, told=True), "outputs")
    low, high = network.reach(612, images, 0.1, 0.9)
    if low.min() < 0 or high.max() > 1:
        network.fails(f"gives values between {low.min():.3g} and {high.max():.3g}, expected probabilities between 0 "
                      "and 1: which activation has the last layer?")  # fmt: skip
    if low.min() > 0.1 or high.max() < 0.9:
        network.fails(f"gives values between {low.min():.3g} and {high.max():.3g}, however large its weights are, "
                      "expected any from 0 to 1: which activation has the last layer?")  # fmt: skip
    # Of 16 squares the four in the middle: how much of the sky around them a network reads is its author's choice.
    squares = one_block_changed(images[:4], 12, rng)
    network.require_inputs(613, images[:4], [squares[number] for number in (5, 6, 9, 10)])
    return network


def _check_loss(model: Any, called: str) -> None:
    """The compiled loss of probabilities that the grader makes up, whatever the network would answer."""
    require(
        getattr(model, "optimizer", None) is not None and getattr(model, "loss", None) is not None,
        f"{called} returned a model without an optimiser and a loss: compile it.",
    )
    for rng, n in zip(draws(seed=614, count=4), (32, 7, 1, 64), strict=True):
        labels = rng.integers(0, 2, size=n).astype(np.float32)
        p = (1 / (1 + np.exp(rng.uniform(-8, 8, size=n)))).astype(np.float32)
        # The loss at these labels less that at the opposite ones: a penalty on the weights drops out. Asked of values
        # rather than by `evaluate`: in a graph, Keras leaves out a sigmoid whose output is taken for a logit.
        got = 0.0
        for sign, answers in ((1, labels), (-1, 1 - labels)):
            try:
                loss = model.compute_loss(y=answers[:, None], y_pred=p[:, None])
            except Exception as error:
                fail(f"The loss of {called} stopped with {type(error).__name__}: does it fit one number an image?")
            got += sign * float(np.asarray(loss))
        p = p.astype(np.float64)
        cross_entropy = np.mean(np.where(labels == 1, 1, -1) * (np.log(1 - p) - np.log(p)))
        if not np.isclose(got, cross_entropy, rtol=2e-3, atol=2e-4):
            fail(
                f"Turning all labels around changes the loss of {called} by {-got:.4f} for some probabilities; their "
                f"binary cross-entropy changes by {-cross_entropy:.4f}: is a sigmoid applied twice, or is it another "
                "loss? See section 6."
            )


def _kernels(model: Any) -> list[tuple[int, ...]]:
    """The shapes of the kernels of two-dimensional convolutions."""
    return [array.shape for array in map(np.asarray, model.get_weights()) if array.ndim == 4]


def check_classifier(build_classifier: Callable[..., Any]) -> None:
    """Shapes, size and range at drawn weights; `width` multiplies the filters of every convolution."""
    name = "build_classifier"
    alone = _network(build_classifier, name, 100_000).model
    for width in (2, 3):
        wide = Function(build_classifier, name)(width=width)
        try:
            shape = np.asarray(wide.value(np.zeros((2, 48, 48, 1), np.float32), training=False)).shape
        except Exception as error:
            wide.fail(f"stopped for two images, or is no model: {type(error).__name__}.")
        if shape != (2, 1):
            wide.fail(f"gives outputs of shape {(None, *shape[1:])}, expected (None, 1): one probability at any width.")
        kernels, once = _kernels(wide.value), _kernels(alone)
        grows = "multiply the filters of every convolution by width" if once else "its layers grow with width"
        require(
            parameters_of(wide.value) > parameters_of(alone) and len(kernels) == len(once),
            f"{wide.called} has {parameters_of(wide.value)} parameters in {len(kernels)} convolutions, {name}() has "
            f"{parameters_of(alone)} in {len(once)}: {grows}.",
        )
        for number, (narrow, broad) in enumerate(zip(once, kernels, strict=True)):
            # Its last axis has the filters, rounded perhaps; where it filters channel by channel, how many each
            # channel gets: few, at any width.
            if not (abs(broad[3] - width * narrow[3]) < width or broad[3] == narrow[3] <= 4):
                wide.fail(
                    f"has a kernel of {tuple(broad)} in convolution {number}, {name}() one of {tuple(narrow)}: "
                    f"multiply the filters of every convolution by {width}."
                )


def check_loss(build_classifier: Callable[..., Any]) -> None:
    """The compiled loss is the cross-entropy of probabilities, at any width: the formula in float64."""
    student = Function(build_classifier, "build_classifier")
    for result in (student(), student(width=2)):
        _check_loss(result.value, result.called)


def check_compact(build_compact: Callable[..., Any]) -> None:
    """Size, shapes, range and loss of the compact network."""
    _check_loss(_network(build_compact, "build_compact", MOST_COMPACT).model, "build_compact()")


def _play(training_callbacks: Any, patience: int, val_losses: list[float]) -> tuple:
    """A training of which only the callbacks are real: the one weight of the model is the epoch's number.

    Returns:
        What is wrong with the callbacks, if anything; the weight of the model after the training; and the weight in the
        file after each epoch: None without a file, or the name of the error if it cannot be read.
    """

    def network() -> Any:
        one = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1, use_bias=False)])
        one.compile("sgd", "mse")  # another callback may ask for the optimiser, as to lower its learning rate
        return one

    path = Path(tempfile.gettempdir()) / f"best-{os.getpid()}.weights.h5"  # the same each time, and gone after

    def weight_of(model: Any) -> float:
        return float(np.asarray(model.get_weights()[0])[0, 0])

    known: dict[bytes, Any] = {}  # most epochs leave the file as it was: it is parsed once

    def saved() -> Any:
        if not path.is_file():
            return None
        content = path.read_bytes()
        if content not in known:
            try:
                reader.load_weights(path)
                known[content] = weight_of(reader)
            except Exception as error:
                known[content] = type(error).__name__
        return known[content]

    def is_callback(item: Any) -> bool:
        return isinstance(item, keras.callbacks.Callback)

    np.random.random()  # a seed is seen too: no generator is at its start
    state = np.random.get_state()
    items = training_callbacks(str(path), patience)
    drawn = np.random.get_state()
    if state[2] != drawn[2] or not np.array_equal(state[1], drawn[1]):
        return "drew from NumPy's global random state, or seeded it: nothing is random in this task.", 0.0, []
    if not isinstance(items, (list, tuple)) or not all(is_callback(item) for item in items):
        what = "one callback" if is_callback(items) else "something that is no list of Keras callbacks"
        return f"returned {what}, expected a list: make an object of each class.", 0.0, []
    model, reader = network(), network()
    model.stop_training = False
    played = keras.callbacks.CallbackList(list(items), model=model, epochs=len(val_losses), steps=1)
    in_file = []
    try:
        played.on_train_begin()
        for number, val_loss in enumerate(val_losses):
            played.on_epoch_begin(number)
            model.set_weights([np.full((1, 1), float(number))])
            played.on_epoch_end(number, {"loss": 9.0 - 0.1 * number, "val_loss": val_loss})
            in_file.append(saved())
            if model.stop_training:
                break
        played.on_train_end()
        return None, weight_of(model), [*in_file[:-1], saved()]
    finally:
        path.unlink(missing_ok=True)


def _played(training_callbacks: Callable[..., Any], patience: int, losses: list[float]) -> tuple:
    """The weight that is left and those in the file, epoch by epoch, of a training with a student's callbacks."""
    Function(training_callbacks, "training_callbacks").fits("best.weights.h5", patience)
    try:
        wrong, left, in_file = beside(training_callbacks, _play, training_callbacks, patience, losses)
    except Exception as error:
        require_written("training_callbacks", error)
        fail(f"A training with your callbacks {stopped(error)}")
    if wrong:
        fail(f"training_callbacks {wrong} See section 6.")
    return left, in_file


def _losses(rng: np.random.Generator, patience: int) -> tuple[list[float], int]:
    """Validation losses that improve now and then, never twice `patience` epochs apart before the best; its epoch.

    The last improvement is one of a millionth; a loss that is equal to the best is none.
    """
    losses, level = [], 3.0
    rounds = int(rng.integers(3, 6))
    for number in range(rounds):
        level -= float(rng.uniform(0.05, 0.3)) if number < rounds - 1 else 1e-6
        losses.append(level)
        losses += [level + float(rng.uniform(0.01, 0.5)) for _ in range(int(rng.integers(0, patience)))]
    best = int(np.argmin(losses))
    losses = losses[: best + 1] + [level] + [level + float(rng.uniform(0.01, 0.5)) for _ in range(3 * patience)]
    return losses, best


def _trainings(seed: int) -> list[tuple[int, list[float], int]]:
    """Patience, validation losses and the epoch of the best.

    The last but one never improve, and have a best of 0; the last are of any size.
    """
    trainings = [
        (patience, *_losses(rng, patience))
        for rng, patience in zip(draws(seed=seed, count=6), (3, 1, 5, 2, 12, 60), strict=True)
    ]
    any_size = [9e6, 3e4, 4e4, 700.0, 800.0, 0.5, 0.6, 1e-3, 2e-3, 0.9, 5.0]
    return [*trainings, (2, [0.0, 0.0, 0.3, 0.1, 0.0, 0.2], 0), (2, any_size, 7)]


def check_early_stopping(training_callbacks: Callable[..., Any]) -> None:
    """The last epoch and the weights left, for played validation losses: by the definition of patience."""
    for patience, losses, best in _trainings(seed=621):
        left, in_file = _played(training_callbacks, patience, losses)
        last = len(in_file) - 1
        shown = ", ".join(f"{loss:.7g}" for loss in losses[: best + patience + 2][-8:])
        require(
            last == best + patience,
            f"With patience {patience} and validation losses that end with {shown} ... the last epoch was {last}, "
            f"expected {best + patience}: the best is epoch {best}, and {patience} more bring nothing. See section 6.",
        )
        require(
            left == best,
            f"After early stopping the network has the weights of epoch {left:.0f}, expected those of the best, "
            f"{best}. See section 6.",
        )


def check_checkpoint(training_callbacks: Callable[..., Any]) -> None:
    """The file holds the best weights after each epoch, also when the training was not stopped early."""
    for patience, losses, best in _trainings(seed=622):
        for shown in (losses[: best + 1], losses):
            _, in_file = _played(training_callbacks, patience, shown)
            for epoch, saved in enumerate(in_file):
                _require_saved(saved, epoch, int(np.argmin(shown[: epoch + 1])))


def _require_saved(saved: float | str | None, epoch: int, best: int) -> None:
    require(saved is not None, f"After epoch {epoch} there is no file yet at the path given. See section 6.")
    if isinstance(saved, str):
        fail(f"The file of training_callbacks holds no weights of the network: {saved}.")
    require(
        saved == best,
        f"After epoch {epoch} the file has the weights of epoch {saved:.0f}, expected those of the best up to then, "
        f"{best}. See section 6.",
    )
