"""What students of `halos` read is what was simulated, and the helpers beside the notebook do what they say."""

import importlib

import numpy as np
import pytest
from helpers import COURSE

from graders.checks import halos
from graders.proof.rehearsal import importing_from


@pytest.fixture(scope="module")
def halo_data():
    """The module beside the notebook."""
    with importing_from(str(COURSE.source("halos"))):
        return importlib.import_module("halo_data")


@pytest.fixture(scope="module")
def learn_and_test(halo_data):
    return halo_data.load_boxes()


@pytest.fixture(scope="module")
def gas(halo_data):
    return halo_data.paint_gas(400, seed=5)


def test_all_boxes_are_read_and_none_is_in_both_parts(learn_and_test):
    learn, test = learn_and_test
    assert (len(learn.density), len(test.density)) == (48, 12)
    assert len({box.tobytes() for box in [*learn.density, *test.density]}) == 60


def test_masks_are_the_balls_of_the_halos(learn_and_test):
    """The cells in a ball are about its volume, and no two balls overlap, so that their numbers add."""
    for part in learn_and_test:
        volume = sum((4 / 3 * np.pi * found[:, 3] ** 3).sum() for found in part.halos)
        assert part.masks.sum() == pytest.approx(volume, rel=0.05)
        assert all(part.masks[box][tuple(found[:, :3].astype(int).T)].all() for box, found in enumerate(part.halos))


def test_held_out_boxes_are_like_those_of_the_release(learn_and_test):
    """Volumes of halos, as means over 60 and 24 boxes, within five standard errors."""
    ours = np.concatenate([part.masks.mean(axis=(1, 2, 3)) for part in learn_and_test])
    theirs = halos._held_out()[1].mean(axis=(1, 2, 3))
    error = np.hypot(ours.std() / np.sqrt(len(ours)), theirs.std() / np.sqrt(len(theirs)))
    assert abs(ours.mean() - theirs.mean()) < 5 * error


def test_the_examiner_paints_the_balls_that_students_see(halo_data):
    density, masks = halos._held_out()
    with np.load(halos.DATA / "halo_boxes.npz") as file:
        rows = file["halos"]
    found = [halo_data.balls(rows[rows[:, 0] == box, 1:], density.shape[1:]) for box in range(3)]
    assert np.array_equal(found, masks[:3])


def test_positions_of_a_cube_keep_stacks_together_and_all_the_cells(halo_data):
    box = np.arange(32.0**3).reshape(1, 32, 32, 32)
    seen = set()
    for seed in range(200):
        one, double = halo_data.turned(np.random.default_rng(seed), box, 2 * box)
        assert np.array_equal(2 * one, double)
        corner = np.roll(one, -np.argwhere(one[0] == 0)[0], axis=(1, 2, 3))[0]
        seen.add((corner[1, 0, 0], corner[0, 1, 0], corner[0, 0, 1]))
    assert len(seen) == 48
    assert sorted(one.ravel()) == sorted(box.ravel())


def test_scatter_of_the_gas_is_that_of_the_law(gas):
    """Its variance in units of the law's is 1; patches leave about 20 independent places a map."""
    scatter = (gas.gas - gas.mean) / gas.sd
    assert np.mean(scatter**2) == pytest.approx(1, abs=5 * np.sqrt(2 / (20 * len(scatter))))
    assert np.corrcoef(scatter.ravel(), gas.matter.ravel())[0, 1] == pytest.approx(0, abs=0.04)


def test_the_examiner_knows_the_same_law_of_the_gas(gas):
    """Mean and scatter as functions of each other, and the spectrum of the scatter, on other maps."""
    _, mean, sd = halos._gas()
    for means, sds in ((mean, sd), (gas.mean, gas.sd)):
        assert sds == pytest.approx(0.45 * np.exp((means + 1) / 2.24))
    assert mean.std() == pytest.approx(gas.mean.std(), rel=0.05)
    power = np.mean(np.abs(np.fft.fft2((gas.gas - gas.mean) / gas.sd)) ** 2, axis=0) / 32**2
    assert np.mean(power / halos._true_noise()) == pytest.approx(1, abs=5 / np.sqrt(400 * 32**2 / 2))


def test_the_true_law_of_the_gas_passes_and_its_mean_as_a_draw_fails():
    """By the quantities of the examiner, without a network: draws of the true law, and of no scatter."""
    _, mean, sd = halos._gas()
    drawn = [halos._bands(halos._drawn(mean, width, halos._true_noise(), seed)) for width, seed in ((sd, 3), (sd, 4))]
    limit = halos.CEILINGS["bands"][1]
    assert np.abs(np.log(drawn[0] / drawn[1])).max() < limit / 3
    assert np.abs(np.log(halos._bands(mean) / drawn[0])).max() > 1.2 * limit


def test_bands_are_means_of_the_power(halo_data):
    assert halo_data.in_bands(np.full((32, 32), 3.0)) == pytest.approx(np.full(5, 3.0))
    assert np.all(np.diff(halo_data.in_bands(halo_data.frequencies())) > 0)


def test_a_network_is_asked_in_parts(halo_data):
    found = halo_data.ask(lambda x, training: 2 * x, np.arange(45.0).reshape(45, 1), size=10)
    assert np.array_equal(found[:, 0, 0], 2 * np.arange(45.0))
