"""Thresholds on trained networks fail a right answer at most once in 1,000 times: recorded seeds of the reference."""

import pytest
from helpers import ASSIGNMENTS, COURSE, NAMES

from graders.proof.thresholds import Margin, margins, record_path

TRAINED = [name for name in NAMES if ASSIGNMENTS[name].trained_points]


@pytest.mark.parametrize("name", TRAINED)
def test_thresholds_stand_on_at_least_twenty_seeds(name):
    assert record_path(COURSE, name).is_file(), f"run `course seeds {name}`"
    for margin in margins(COURSE, name):
        assert len(margin.values) >= 20, margin
        assert not margin.is_too_close, margin


@pytest.mark.parametrize("name", TRAINED)
def test_no_recorded_seed_misses_a_threshold(name):
    for margin in margins(COURSE, name):
        assert margin.holds, margin


def test_the_rate_is_that_of_one_more_draw():
    """Student's t with one degree of freedom, of which a quarter is below -1: 0 and 2 have mean 1 and sd sqrt 2."""
    assert Margin("toy", 1 - 3**0.5, [0.0, 2.0]).false_failure_rate == pytest.approx(0.25)
    assert Margin("toy", 1.0, [0.0, 2.0]).false_failure_rate == pytest.approx(0.5)
    assert Margin("toy", 1 + 3**0.5, [0.0, 2.0], at_most=True).false_failure_rate == pytest.approx(0.25)


def test_a_ceiling_is_missed_from_above():
    assert Margin("toy", 2.0, [0.0, 2.0], at_most=True).holds
    assert not Margin("toy", 1.9, [0.0, 2.0], at_most=True).holds
    assert not Margin("toy", 0.1, [0.0, 2.0]).holds


def test_seeds_that_all_agree_leave_no_doubt():
    assert Margin("toy", 7.0, [8.0] * 20).false_failure_rate == 0.0
    assert Margin("toy", 7.0, [6.0] * 20).false_failure_rate == 1.0
