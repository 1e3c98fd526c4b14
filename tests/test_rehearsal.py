"""A rehearsal is what a kernel would do: fresh, beside its files, and where training is short it judges no training."""

import os
import random
import sys
from pathlib import Path

import numpy
import pytest

from graders.proof.fixtures import Fixture, fixtures, points_without_training
from graders.proof.rehearsal import rehearse
from graders.proof.sample_class import class_of
from graders.proof.workers import warm_workers
from graders.source import SourceError, read_assignment

TOY = """# %%
import os

import helper
import tensorflow as tf

steps = {"laptop": 100, "proof": 2}[os.environ.get("COURSE_BUDGET", "laptop")]

# %% solution="toy-double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION

# %% test="toy-double" points=2
assert double(2) == 4, "double(2) should be 4."
### BEGIN HIDDEN TESTS
assert open("data.txt").read() == "data"
### END HIDDEN TESTS

# %% solution="toy-train"
def train():
    ### BEGIN SOLUTION: Return the sum over the steps.
    return sum(double(1) for _ in range(steps)) / helper.UNIT
    ### END SOLUTION

# %% test="toy-train" points=1
assert train() > 0, "train() should be positive."
open("left_behind.txt", "w").write("mine")

# %% test="toy-train" points=3 needs="training"
### BEGIN HIDDEN TESTS
assert train() == 200, f"after {steps} steps train() should be 200."
### END HIDDEN TESTS
"""


@pytest.fixture
def toy(tmp_path):
    """An assignment that trains, with a file and a module beside its notebook."""
    folder = tmp_path / "source" / "toy"
    folder.mkdir(parents=True)
    (folder / "data.txt").write_text("data")
    (folder / "helper.py").write_text("UNIT = 1\n")
    script = tmp_path / "source" / "toy.py"
    script.write_text(TOY)
    return read_assignment(script)


def in_a_worker(function, *arguments):
    with warm_workers() as pool:
        return pool.submit(function, *arguments).result()


def test_a_few_steps_are_not_judged_where_training_is_needed(toy):
    outcomes = in_a_worker(rehearse, toy, {})
    assert [(outcome.grade_id, outcome.points) for outcome in outcomes] == [
        ("toy-double-test", 2),
        ("toy-train-test", 1),
    ]


def test_at_the_released_budget_everything_is_judged(toy):
    outcomes = in_a_worker(rehearse, toy, {}, True)
    assert [outcome.points for outcome in outcomes] == [2, 1, 3]


def test_a_failure_is_the_sentence_of_the_feedback(toy):
    wrong = "def double(x):\n    return x + 1"
    unwritten = 'def train():\n    raise NotImplementedError("Return the sum.")'
    double, train = in_a_worker(rehearse, toy, {"toy-double": wrong, "toy-train": unwritten})
    assert double.failure == "double(2) should be 4."
    assert train.failure == "Not written yet: Return the sum."


def test_what_a_submission_writes_is_gone_with_it(toy):
    before = sorted(toy.files.iterdir())
    in_a_worker(rehearse, toy, {})
    assert sorted(toy.files.iterdir()) == before


def test_tensorflow_compiles_control_flow_as_in_a_kernel(toy):
    compiled = "@tf.function\ndef double(x):\n    return 2 * x if tf.constant(x) > 0 else x"
    assert in_a_worker(rehearse, toy, {"toy-double": compiled})[0].failure is None


# --- the mark: what a fixture must get without training ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "trained", "points"),
    [
        ("full_other_words", False, [3]),
        ("5_one_small_mistake", False, [2]),
        ("full_other_optimizer", True, [3]),  # nothing may be lost
        ("5_trains_slowly", True, [2, 3]),
        ("2_no_idea", True, [0, 1, 2]),
        ("0_untouched", True, [0]),
    ],
)
def test_points_that_are_left_without_training(toy, name, trained, points):
    total = int(name.split("_")[0]) if name[0].isdigit() else toy.auto_points
    assert list(points_without_training(toy, Fixture(name, total, {}, trained))) == points


def write_fixtures(toy, **texts):
    root = toy.path.parent.parent
    folder = root / "tests" / "submissions" / toy.name
    folder.mkdir(parents=True)
    for name, mark in texts.items():
        (folder / f"{name.strip('_')}.py").write_text(f'{mark}# %% solution="toy-train"\ndef train(): ...\n')
    return root


def test_the_first_line_of_a_fixture_marks_it_as_trained(toy):
    root = write_fixtures(toy, _2_a="# trained\n", _2_b="# About training.\n", _2_c="")
    assert [fixture.trained for fixture in fixtures(root, toy)] == [True, False, False]


def test_nothing_is_marked_where_nothing_trains(toy):
    root = write_fixtures(toy, _2_a="# trained\n")
    toy.path.write_text(TOY.replace(' needs="training"', ""))
    with pytest.raises(SourceError, match=r"2_a\.py:1: no test of toy has needs"):
        fixtures(root, read_assignment(toy.path))


def test_the_small_sample_class_has_a_fixture_about_training(toy):
    root = write_fixtures(toy, _1_a="", _2_b="", _3_c="# trained\n", _4_d="# trained\n", full_e="")
    by_student = {submission.student: submission.points for submission in class_of(root, toy, full=False)}
    assert by_student == {"reference": 6, "untouched": 0, "wrong-01": 3, "invalid-json": 0}


# --- the workers ------------------------------------------------------------------------------------------------------


def meddle():
    import tensorflow

    numpy.pi = 3.0
    numpy.random.seed(0)
    random.seed(0)
    tensorflow.random.set_seed(0)
    tensorflow.constant(1.0)
    os.environ["MINE"] = "1"
    os.chdir("/")
    sys.path.insert(0, "/mine")
    sys.modules["mine"] = sys


def state():
    """What a submission may have left behind, and the next random numbers."""
    from tensorflow.python.eager import context

    kept = numpy.pi, dict(os.environ), Path.cwd(), list(sys.path), "mine" in sys.modules
    return kept, context.context()._initialized, (numpy.random.rand(), random.random())


def test_nothing_leaks_from_one_submission_to_the_next():
    with warm_workers() as pool:
        before = pool.submit(state).result()
        pool.submit(meddle).result()
        after = pool.submit(state).result()
    numpy.random.seed(0)
    assert after[0] == before[0]
    assert after[1] is before[1] is False, "TensorFlow has already run something"
    assert len({before[2], after[2], (numpy.random.rand(), random.Random(0).random())}) == 3


def imported():
    return set(sys.modules)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_workers_are_warm():
    assert {"tensorflow", "tensorflow_probability", "matplotlib.pyplot", "sklearn", "sympy"} <= in_a_worker(imported)
