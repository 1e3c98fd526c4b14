"""What students of `diffusion` read and measure is what the grader measures."""

import importlib

import pytest
from helpers import COURSE

from graders.checks import galaxies
from graders.proof.rehearsal import importing_from


@pytest.fixture(scope="module")
def galaxy_stamps():
    """The module beside the notebook."""
    with importing_from(str(COURSE.source("diffusion"))):
        return importlib.import_module("galaxy_stamps")


def test_measurements_are_those_that_are_judged(galaxy_stamps):
    stamps = galaxies.held_out()[0][:200]
    assert galaxy_stamps.measured(stamps) == pytest.approx(galaxies.measured(stamps), abs=1e-6)


def test_what_has_no_moments_is_left_out(galaxy_stamps):
    stamps = galaxies.held_out()[0][:3].copy()
    stamps[1] = -1.0
    assert len(galaxy_stamps.measured(stamps)) == 2


def test_pixels_are_in_units_of_their_noise_and_back(galaxy_stamps):
    stamps, _, noise = galaxies.held_out()
    rows = galaxy_stamps.in_units_of_noise(stamps[:20])
    assert rows == pytest.approx(galaxies.stabilised(stamps[:20], noise).reshape(-1, 1024))
    assert galaxy_stamps.in_electrons(rows) == pytest.approx(stamps[:20], abs=1e-9)


def test_all_stamps_are_read_and_none_is_in_both_parts(galaxy_stamps):
    learnt, held_out = galaxy_stamps.load_stamps()
    assert (len(learnt), len(held_out)) == (5000, 600)
    assert len({stamp.tobytes() for stamp in [*learnt, *held_out]}) == 5600
