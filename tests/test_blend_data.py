"""What students of `deblending` read is what was simulated, and the helpers beside the notebook do what they say."""

import importlib

import numpy as np
import pytest
from helpers import COURSE

from graders.checks import deblending
from graders.proof.rehearsal import importing_from


@pytest.fixture(scope="module")
def blend_data():
    """The module beside the notebook."""
    with importing_from(str(COURSE.source("deblending"))):
        return importlib.import_module("blend_data")


@pytest.fixture(scope="module")
def learn_and_test(blend_data):
    return blend_data.load_blends()


def test_all_blends_are_read_and_none_is_in_both_parts(learn_and_test):
    learn, test = learn_and_test
    assert (len(learn.images), len(test.images)) == (2000, 400)
    assert len({image.tobytes() for image in [*learn.images, *test.images]}) == 2400


def test_images_are_the_light_of_both_galaxies_with_noise_of_one(learn_and_test):
    for part in learn_and_test:
        noise = part.images - part.light.sum(axis=3)
        assert noise.std() == pytest.approx(1, abs=0.01)
        assert part.light.shape == (*part.images.shape, 2)


def test_held_out_blends_are_like_those_of_the_release(learn_and_test):
    """Means over 400 and 600 blends, within five standard errors."""
    held_out = deblending._held_out()
    for ours, theirs in zip(
        (test := learn_and_test[1]).light.sum(axis=(1, 2)).T, held_out[1].sum(axis=(1, 2)).T, strict=True
    ):
        error = np.hypot(ours.std() / np.sqrt(len(ours)), theirs.std() / np.sqrt(len(theirs)))
        assert abs(ours.mean() - theirs.mean()) < 5 * error
    assert abs(test.distance.mean() - held_out[2].mean()) < 5 * test.distance.std() * np.hypot(400**-0.5, 600**-0.5)


def test_eight_turns_are_eight_positions_and_keep_stacks_together(blend_data):
    stamps = np.arange(18.0).reshape(1, 3, 3, 2)
    turned = [blend_data.turned(number, stamps, stamps[..., 0]) for number in range(8)]
    assert len({both.tobytes() for both, _ in turned}) == 8
    assert all(np.array_equal(both[..., 0], one) for both, one in turned)


def test_a_watershed_finds_two_galaxies_that_are_far_apart(blend_data):
    y, x = np.mgrid[:32, :32] - 15.5
    galaxies = [60 * np.exp(-((x - x0) ** 2 + y**2) / 8) for x0 in (0.0, 10.0)]
    masks = blend_data.watershed(sum(galaxies))
    for channel, galaxy in enumerate(galaxies):
        truth = galaxy > 2
        assert (masks[..., channel] & truth).sum() / (masks[..., channel] | truth).sum() > 0.8


def test_a_watershed_of_nothing_is_empty(blend_data):
    assert not blend_data.watershed(np.zeros((32, 32))).any()


def test_a_network_is_asked_in_parts(blend_data):
    assert np.array_equal(blend_data.ask(lambda x, training: 2 * x, np.arange(450.0)), 2 * np.arange(450.0))
