"""The modules beside the notebooks `flows` and `lenses` do what they say."""

import importlib.util

import numpy as np
import pytest
import tensorflow as tf
from helpers import COURSE


def module_beside(notebook, name):
    """A module beside a notebook, which nothing else finds by its name."""
    spec = importlib.util.spec_from_file_location(f"{notebook}_{name}", COURSE.source(notebook) / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("steps", "looks"), [(3, [1, 2, 3]), (250, [100, 200])], ids=["proof", "compiled"])
def test_training_finds_the_least_loss_and_looks_at_it_after_each_chunk(steps, looks, capsys):
    variable, asked = tf.Variable(1.0), []

    def batches(count):
        asked.append(count)
        return np.full((count, 4, 1), 3.0, dtype=np.float32)

    done, losses, watched = module_beside("flows", "trainer").train(
        lambda batch: tf.reduce_mean((batch - variable) ** 2), [variable], batches, lambda: variable, steps, 0.1
    )
    assert done.tolist() == looks
    assert np.diff([0, *done]).tolist() == asked
    assert len(losses) == len(watched) == len(looks)
    assert watched[-1] == variable.numpy() != 1.0
    assert abs(variable.numpy() - 3) < (0.05 if steps > 100 else 2)
    assert capsys.readouterr().out.count("held-out loss") == len(looks)


def test_contours_hold_the_shares_that_they_name():
    figures, cov = module_beside("flows", "figures"), np.array([[2.0, 0.6], [0.6, 0.5]])
    for contour, share in zip(figures.ellipses(np.array([1.0, -2.0]), cov), figures.RADII, strict=True):
        off = contour - [1.0, -2.0]
        squared = np.sum(off @ np.linalg.inv(cov) * off, axis=1)
        assert 1 - np.exp(-squared / 2) == pytest.approx(float(share[:-1]) / 100, abs=6e-4)  # both are rounded


def test_epochs_are_asked_for_anew_and_handed_out_in_batches():
    rounds = []

    def epoch(images, labels, rng, training):
        rounds.append(training)
        return images + 100 * len(rounds), labels

    labels = np.arange(5)
    fed = module_beside("lenses", "epochs").Epochs(epoch, labels.reshape(5, 1, 1, 1), labels, batch_size=2, seed=0)
    for number in (1, 2):
        batches = [fed[batch] for batch in range(len(fed))]
        assert [len(images) for images, _ in batches] == [2, 2, 1]
        assert np.concatenate([images.ravel() for images, _ in batches]).tolist() == (labels + 100 * number).tolist()
        assert np.concatenate([some for _, some in batches]).tolist() == labels.tolist()
        fed.on_epoch_end()
    assert rounds == [True] * 3


def test_error_bars_of_a_fraction_stay_between_0_and_1():
    fraction, count = np.array([0.0, 0.5, 1.0]), np.array([1, 100, 10])
    down, up = module_beside("lenses", "figures").wilson(fraction, count)
    assert down == pytest.approx([0, 0.05, 1 / 11], abs=3e-4)
    assert up == pytest.approx([0.5, 0.05, 0], abs=3e-4)
