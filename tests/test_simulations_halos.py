"""Simulated boxes of dark matter: their density, the balls that become halos, and the files."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulations import datasets, halos, storage

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def boxes():
    return halos.simulate(4, seed=3)


def test_the_critical_contrast_is_that_of_the_spherical_collapse():
    assert pytest.approx(1.686, abs=5e-4) == halos.CRITICAL


def test_a_density_has_the_mean_and_the_spread_that_it_should(boxes):
    """The spread of a box scatters by about 1%, as its largest modes are few."""
    density = boxes[0].astype(float)
    assert density.mean(axis=(1, 2, 3)) == pytest.approx(0, abs=2e-3)
    assert density.std(axis=(1, 2, 3)) == pytest.approx(halos.SPREAD, rel=0.06)


def test_the_power_falls_with_the_wave_number(boxes):
    """By the slope: from one band to the next with twice the wave number, by a factor of four."""
    power = np.mean(np.abs(np.fft.fftn(boxes[0].astype(float), axes=(1, 2, 3))) ** 2, axis=0)
    frequency = np.fft.fftfreq(halos.SIZE) * halos.SIZE
    k = np.sqrt(sum(axis**2 for axis in np.meshgrid(frequency, frequency, frequency)))
    low, high = (np.mean((power * k**2)[(k >= first) & (k < 2 * first)]) for first in (4, 8))
    assert high / low == pytest.approx(1, abs=0.06)


def test_smoothing_keeps_the_mean_and_spreads_one_cell_over_its_ball():
    density = np.zeros((9, 9, 9))
    density[0, 0, 8] = 7.0
    means = halos.smooth(density, 1.0)
    assert means.sum() == pytest.approx(7.0)
    assert np.count_nonzero(means > 0.5) == 7
    assert means[0, 0, 0] == pytest.approx(1.0), "the box is periodic"


def test_every_ball_is_dense_enough_and_none_overlap(boxes):
    for density, found in zip(*boxes, strict=True):
        for *centre, radius in found:
            ball = halos.squared_distances(np.array(centre), density.shape) <= radius**2
            assert density[ball].astype(float).mean() > halos.CRITICAL
        for number, (*centre, radius) in enumerate(found):
            away = np.abs(found[:number, :3] - centre)
            away = np.hypot.reduce(np.minimum(away, halos.SIZE - away), axis=1)
            assert np.all(away >= found[:number, 3] + radius)


def test_a_planted_ball_is_found_across_the_edge():
    density = np.full((32, 32, 32), -1.0)
    density[halos.squared_distances(np.array([31, 0, 16]), density.shape) <= 4.0**2] = 3.0
    largest = halos.find(density)[0]
    assert largest[:3] == pytest.approx([31, 0, 16])
    assert largest[3] >= 4.0


def test_no_two_balls_of_the_files_depend_on_round_off():
    """Where means of two neighbours were equal, others might find another centre: nobody's transform is exact."""
    for name in ("source/halos/halo_boxes.npz", "graders/data/halo_boxes.npz"):
        with np.load(ROOT / name) as file:
            density, rows = file["density"], file["halos"]
        for box in range(0, len(density), 9):
            shaken = density[box].astype(float) + 1e-9 * np.random.default_rng(box).normal(size=density[box].shape)
            assert np.allclose(halos.find(shaken), rows[rows[:, 0] == box, 1:])


def test_a_smaller_set_is_the_beginning_of_a_larger_one_and_another_seed_makes_another(boxes):
    few, other = (halos.simulate(2, seed)[0] for seed in (3, 2))
    assert np.array_equal(few, boxes[0][:2])
    assert not np.allclose(few, other)


def test_a_file_of_boxes_needs_no_reader_but_numpy(tmp_path):
    made = datasets.make_halo_boxes(7, {"train": 2, "test": 1})
    digests = {storage.save_halo_boxes(tmp_path / name / "halo_boxes.npz", made) for name in ("one", "other")}
    assert len(digests) == 1, "the same boxes make the same bytes"
    with np.load(tmp_path / "one" / "halo_boxes.npz", allow_pickle=False) as file:
        assert np.array_equal(file["density"], made.density)
        assert file["part"].tolist() == ["train", "train", "test"]
        for box, found in enumerate(made.halos):
            assert file["halos"][file["halos"][:, 0] == box, 1:] == pytest.approx(found)
        assert {"units", "seed", "critical", "radii"} <= set(json.loads(str(file["about"])))


@pytest.mark.parametrize("name", ["halo-boxes", "halo-boxes-heldout"])
def test_boxes_of_the_assignment(name):
    assert datasets.checksum_holds(name, ROOT)
    assert (ROOT / datasets.DATASETS[name].path).stat().st_size < 5e6


def test_held_out_boxes_are_in_no_release():
    with (
        np.load(ROOT / "source/halos/halo_boxes.npz") as released,
        np.load(ROOT / "graders/data/halo_boxes.npz") as held,
    ):
        assert not {row.tobytes() for row in held["density"]} & {row.tobytes() for row in released["density"]}
