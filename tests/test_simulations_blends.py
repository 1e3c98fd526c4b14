"""Simulated blends: their light, their noise, and the files."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulations import blends, datasets, storage

ROOT = Path(__file__).parents[1]
PAIR = {"flux": [400.0, 900.0], "half_light_radius": [2.0, 1.5], "q": [1.0, 0.5], "angle": [0.0, np.pi / 2]}
PAIR |= {"x": [0.0, 6.0], "y": [0.0, -3.0]}
PAIR = {name: np.array(values) for name, values in PAIR.items()}


def test_a_stamp_holds_nearly_all_the_light():
    assert blends.render(PAIR).sum(axis=(1, 2)) == pytest.approx(PAIR["flux"], rel=0.01)


def test_light_lies_where_the_truth_says():
    """The centre of light is in pixels from the middle of the stamp: x along the columns, y along the rows."""
    axis = np.arange(blends.SIZE) - (blends.SIZE - 1) / 2
    for stamp, x, y in zip(blends.render(PAIR), PAIR["x"], PAIR["y"], strict=True):
        assert np.average(axis, weights=stamp.sum(axis=0)) == pytest.approx(x, abs=0.05)
        assert np.average(axis, weights=stamp.sum(axis=1)) == pytest.approx(y, abs=0.05)


def test_the_angle_is_that_of_the_long_axis():
    axis = np.arange(blends.SIZE) - (blends.SIZE - 1) / 2
    companion = blends.render(PAIR)[1]
    assert np.average((axis + 3) ** 2, weights=companion.sum(axis=1)) > np.average(
        (axis - 6) ** 2, weights=companion.sum(axis=0)
    )


def test_half_the_light_is_within_the_half_light_radius():
    """Of a galaxy far larger than the PSF and a pixel, yet smaller than the stamp, which holds 97% of its light."""
    wide = PAIR | {"half_light_radius": np.array([5.0, 5.0]), "x": np.zeros(2), "y": np.zeros(2)}
    y, x = np.mgrid[: blends.SIZE, : blends.SIZE] - (blends.SIZE - 1) / 2
    inside = blends.render(wide)[0][np.hypot(x, y) < 5.0].sum() / PAIR["flux"][0]
    assert inside == pytest.approx(0.5, abs=0.03)


def test_an_image_is_the_light_of_both_with_noise_of_one():
    images, clean, _ = blends.simulate(50, seed=3)
    noise = images - clean.sum(axis=1)
    assert abs(noise.mean()) < 5 / np.sqrt(noise.size)
    assert noise.std() == pytest.approx(1.0, abs=5 / np.sqrt(2 * noise.size))


def test_a_smaller_set_is_the_beginning_of_a_larger_one_and_another_seed_makes_another():
    few, more, other = (blends.simulate(n, seed)[0] for n, seed in ((3, 1), (5, 1), (3, 2)))
    assert np.array_equal(few, more[:3])
    assert not np.allclose(few, other)


def test_companions_are_as_far_away_as_said():
    _, _, truth = blends.simulate(300, seed=4)
    distance = np.hypot(np.diff(truth["x"]), np.diff(truth["y"]))[:, 0]
    both = truth["half_light_radius"].sum(axis=1)
    low, high = blends.SEPARATIONS
    assert np.all(distance >= np.minimum(blends.MOST, blends.LEAST + low * both) - 1e-9)
    assert np.all(distance <= np.minimum(blends.MOST, blends.LEAST + high * both) + 1e-9)


def test_a_file_of_blends_needs_no_reader_but_numpy(tmp_path):
    made = datasets.make_blends(7, {"train": 3, "test": 2})
    digests = {storage.save_blends(tmp_path / name / "blends.npz", made) for name in ("one", "other")}
    assert len(digests) == 1, "the same blends make the same bytes"
    with np.load(tmp_path / "one" / "blends.npz", allow_pickle=False) as file:
        assert file["pixels"].shape == (3, 5, 32, 32)
        assert file["pixels"][0] * file["step"] == pytest.approx(made.images, abs=float(file["step"]) / 2 + 1e-6)
        assert file["truth/flux_companion"] == pytest.approx(made.truth["flux"][:, 1])
        assert set(made.truth) <= set(json.loads(str(file["about"]))["units"])


@pytest.mark.parametrize("name", ["blends", "blends-heldout"])
def test_blends_of_the_assignment(name):
    assert datasets.checksum_holds(name, ROOT)
    assert (ROOT / datasets.DATASETS[name].path).stat().st_size < 5e6


def test_held_out_blends_are_in_no_release():
    with np.load(ROOT / "source/deblending/blends.npz") as released, np.load(ROOT / "graders/data/blends.npz") as held:
        assert not {row.tobytes() for row in held["pixels"][0]} & {row.tobytes() for row in released["pixels"][0]}
