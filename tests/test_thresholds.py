"""Thresholds on trained networks fail a right answer at most once in 1,000 times: recorded seeds of the reference."""

import pytest
from conftest import ASSIGNMENTS, NAMES, ROOT

from graders.seeds import MOST_FALSE_FAILURES, Margin, margins, record_path

TRAINED = [name for name in NAMES if ASSIGNMENTS[name].trained_points]


@pytest.mark.parametrize("name", TRAINED)
def test_thresholds_stand_on_at_least_twenty_seeds(name):
    assert record_path(ROOT, name).is_file(), f"run `course seeds {name}`"
    for margin in margins(ROOT, name):
        assert len(margin.values) >= 20, margin
        assert margin.false_failure_rate <= MOST_FALSE_FAILURES, margin


@pytest.mark.parametrize("name", TRAINED)
def test_no_recorded_seed_misses_a_threshold(name):
    for margin in margins(ROOT, name):
        assert min(margin.values) > margin.threshold, margin


def test_the_rate_is_that_of_one_more_draw():
    """Student's t with one degree of freedom, of which a quarter is below -1: 0 and 2 have mean 1 and sd sqrt 2."""
    assert Margin("toy", 1 - 3**0.5, [0.0, 2.0]).false_failure_rate == pytest.approx(0.25)
    assert Margin("toy", 1.0, [0.0, 2.0]).false_failure_rate == pytest.approx(0.5)
