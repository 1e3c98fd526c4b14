"""What students of `displacement` read is what was simulated, and the helpers beside the notebook do what they say."""

import importlib

import numpy as np
import pytest
from helpers import COURSE

from graders.checks import displacement
from graders.proof.rehearsal import importing_from


@pytest.fixture(scope="module")
def displacement_data():
    """The module beside the notebook."""
    with importing_from(str(COURSE.source("displacement"))):
        return importlib.import_module("displacement_data")


@pytest.fixture(scope="module")
def boxes(displacement_data):
    return displacement_data.load_boxes()


def test_all_boxes_are_read_and_none_is_in_two_parts(boxes):
    sizes = {part: some.psi.shape for part, some in boxes.items()}
    assert sizes == {
        "train": (200, 32, 32, 2),
        "test": (40, 32, 32, 2),
        "strong": (20, 32, 32, 2),
        "large": (5, 64, 64, 2),
    }
    assert len({box.tobytes() for some in boxes.values() for box in some.delta}) == 265


def test_the_first_displacement_is_that_of_the_density(boxes):
    """Its divergence is minus the density, wave by wave, within what 16 bits hold."""
    k = [2 * np.pi * np.fft.fftfreq(32)[:, None], 2 * np.pi * np.fft.fftfreq(32)[None]]
    waves = [np.fft.fft2(boxes["test"].first[..., axis].astype(float)) for axis in (0, 1)]
    delta = -np.fft.ifft2(1j * k[0] * waves[0] + 1j * k[1] * waves[1]).real
    assert np.abs(delta - boxes["test"].delta).max() < 0.02


def test_zeldovich_is_near_the_truth_and_strong_boxes_are_stronger(displacement_data, boxes):
    rms = displacement_data.rms
    missed = {part: rms(some.psi - some.first) for part, some in boxes.items()}
    assert missed["test"] < 0.2 * rms(boxes["test"].psi)
    assert missed["strong"] > 2 * missed["test"]
    assert rms(boxes["strong"].delta) == pytest.approx(1.5 * rms(boxes["train"].delta), rel=0.05)


def test_held_out_boxes_are_like_those_of_the_release(displacement_data, boxes):
    """What Zel'dovich misses in a box, by its mean over 40 and 100 boxes, within five standard errors."""
    first, psi = displacement._held_out()
    ours = np.mean((boxes["test"].psi - boxes["test"].first) ** 2, axis=(1, 2, 3))
    theirs = np.mean((psi - first) ** 2, axis=(1, 2, 3))
    assert abs(ours.mean() - theirs.mean()) < 5 * np.hypot(ours.std() / 40**0.5, theirs.std() / 10)


def test_changes_are_drawn_from_a_seed_and_are_of_all_kinds(displacement_data):
    drawn = displacement_data.changes(200, 8, seed=1)
    assert drawn == displacement_data.changes(200, 8, seed=1)
    assert {(*flip, swap) for _, flip, swap in drawn} == {(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)}
    assert {row for (row, _), _, _ in drawn} == set(range(8))


def test_a_network_is_asked_in_parts(displacement_data):
    assert np.array_equal(displacement_data.ask(lambda x, training: 2 * x, np.arange(120.0)), 2 * np.arange(120.0))


def test_training_gives_both_displacements_the_same_change(displacement_data, boxes):
    """A step that sees the same fields twice finds no difference, whatever the change."""
    import keras
    import tensorflow as tf

    network = keras.Sequential([keras.Input((4, 4, 2)), keras.layers.Conv2D(2, 1)])
    fields = np.random.default_rng(2).normal(size=(3, 4, 4, 2)).astype("float32")
    same = displacement_data.Boxes(fields[..., 0], fields, fields)
    losses = displacement_data.trained(
        lambda network, optimizer, first, psi: tf.reduce_max(tf.abs(first - psi)),
        lambda fields, shift, flip, swap: np.roll(fields, shift, axis=(1, 2)),
        network, same, steps=3, size=2, rate=0.1, seed=3,
    )  # fmt: skip
    assert losses.tolist() == [0, 0, 0]
