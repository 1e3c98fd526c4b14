"""Simulated boxes: closed forms, what a particle mesh keeps, how well it has converged, and the files."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulations import datasets, displacement, storage

ROOT = Path(__file__).parents[1]
PLACE = 2 * np.pi / 16 * np.arange(16)


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def test_a_plane_wave_moves_matter_towards_its_crests():
    delta = 0.3 * np.cos(2 * PLACE)[None].repeat(16, axis=0)
    psi = displacement.zeldovich(delta)
    assert psi[..., 0] == pytest.approx(0, abs=1e-12)
    assert psi[..., 1] == pytest.approx(-0.3 / (2 * np.pi / 8) * np.sin(2 * PLACE)[None].repeat(16, axis=0), abs=1e-12)


def test_second_order_of_crossed_waves_is_known():
    delta = np.cos(PLACE)[:, None] + 2 * np.cos(PLACE)
    expected = -3 / 7 * 2 / (2 * 2 * np.pi / 16) * np.sin(PLACE)[:, None] * np.cos(PLACE)
    assert displacement.second_order(delta)[..., 0] == pytest.approx(expected, abs=1e-12)


def test_second_order_is_nothing_in_one_dimension():
    delta = np.repeat(displacement.gaussian_field(16, np.random.default_rng(1))[:1], 16, axis=0)
    assert displacement.second_order(delta) == pytest.approx(0, abs=1e-12)


def test_a_finer_lattice_has_the_same_field_on_its_old_points():
    delta = displacement.gaussian_field(16, np.random.default_rng(2))
    assert displacement.finer(delta, 3)[::3, ::3] == pytest.approx(delta, abs=1e-12)


def test_fields_have_the_rms_that_was_asked_for_and_no_mean():
    fields, rng = [], np.random.default_rng(3)
    for _ in range(100):
        fields.append(displacement.gaussian_field(32, rng, rms=0.7))
    assert np.mean(fields) == pytest.approx(0, abs=1e-12)
    powers = np.mean(np.square(fields), axis=(1, 2))
    assert powers.mean() == pytest.approx(0.49, abs=5 * powers.std() / 10)


def test_forces_sum_to_nothing_and_nobody_pulls_itself():
    x = np.random.default_rng(4).uniform(0, 8, size=(50, 2))
    assert displacement.forces(x, (8, 6)).sum(axis=0) == pytest.approx(0, abs=1e-9)
    assert displacement.forces(x[:1], (8, 6)) == pytest.approx(0, abs=1e-9)


def test_a_plane_wave_moves_as_zeldovich_says_until_particles_cross():
    exact = displacement.zeldovich(delta := 0.8 * np.cos(PLACE)[None].repeat(16, axis=0))
    assert rms(displacement.particle_mesh(delta) - exact) < 0.02 * rms(exact)


def test_fields_before_most_particles_cross_follow_second_order():
    """Weaker ones do less: there the mesh's own error of first order, a hundredth, is as large as second order."""
    delta = displacement.gaussian_field(32, np.random.default_rng(5), rms=0.6)
    first, second = displacement.zeldovich(delta), displacement.second_order(delta)
    missed = displacement.particle_mesh(delta) - first
    assert np.sum(missed * second) / np.sum(second**2) == pytest.approx(1, abs=0.15)
    assert rms(missed - second) < 0.6 * rms(missed)


def test_the_truth_has_converged():
    """Against twice as many particles along each axis, and twice as many steps: within a fifth of what is learnt."""
    delta = displacement.gaussian_field(32, np.random.default_rng(6))
    truth = displacement.particle_mesh(delta)
    better = displacement.particle_mesh(delta, np.linspace(0.05, 1.0, 61), factor=8)
    assert rms(truth - better) < 0.2 * rms(truth - displacement.zeldovich(delta))


def test_a_smaller_set_is_the_beginning_of_a_larger_one_and_another_seed_makes_another():
    few, more, other = (displacement.simulate(n, seed, side=8)["psi"] for n, seed in ((1, 1), (2, 1), (1, 2)))
    assert np.array_equal(few, more[:1])
    assert not np.allclose(few, other)


def test_a_file_of_boxes_needs_no_reader_but_numpy(tmp_path):
    made = datasets.make_boxes(7, {"one": (2, 8, 1.0), "other": (1, 16, 1.5)})
    digests = {storage.save_boxes(tmp_path / name / "boxes.npz", made) for name in ("one", "other")}
    assert len(digests) == 1, "the same boxes make the same bytes"
    with np.load(tmp_path / "one" / "boxes.npz", allow_pickle=False) as file:
        assert file["one/delta"].shape == (2, 8, 8)
        assert file["other/psi"] == pytest.approx(made.parts["other"]["psi"], rel=1e-3, abs=1e-3)
        assert set(made.parts["one"]) == set(json.loads(str(file["about"]))["units"])


@pytest.mark.parametrize("name", ["boxes", "boxes-heldout"])
def test_boxes_of_the_assignment(name):
    assert datasets.checksum_holds(name, ROOT)
    assert (ROOT / datasets.DATASETS[name].path).stat().st_size < 5e6


def test_held_out_boxes_are_in_no_release():
    with np.load(ROOT / "source/displacement/boxes.npz") as released, np.load(ROOT / "graders/data/boxes.npz") as held:
        known = {box.tobytes() for part in ("train", "test") for box in released[f"{part}/delta"]}
        assert not {box.tobytes() for box in held["heldout/delta"]} & known
