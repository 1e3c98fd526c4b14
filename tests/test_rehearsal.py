"""A rehearsal is what a kernel would do: fresh, beside its files, and where training is short it judges no training."""

import os
import random
import sys
import time
from pathlib import Path

import numpy
import pytest

from graders.course import Course
from graders.proof.fixtures import Fixture, fixtures
from graders.proof.rehearsal import Overtime, Rehearsal, rehearse
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


WAIT = "import threading; threading.Event().wait({})"


def test_a_cell_has_processor_time_and_who_waits_is_ended_later_by_the_clock():
    rehearsal = Rehearsal(seconds_per_cell=0.05)
    rehearsal.run("", "the first one imports what draws")
    before = time.process_time()
    assert isinstance(rehearsal.run("while True: pass", "endless"), Overtime)
    assert time.process_time() - before < 0.25  # by the clock it would have had half a second
    assert rehearsal.run(WAIT.format(0.1), "waits") is None
    assert isinstance(rehearsal.run(WAIT.format(3600), "waits for ever"), Overtime)


# --- what a fixture must fail -----------------------------------------------------------------------------------------

TESTS = ("toy-double-test", "toy-train-test", "toy-train-test-2")


def write_fixtures(toy, **texts):
    folder = toy.path.parent.parent / "tests" / "submissions" / toy.name
    folder.mkdir(parents=True)
    for name, marks in texts.items():
        (folder / f"{name}.py").write_text(f'{marks}# %% solution="toy-train"\ndef train(): ...\n')
    return Course(toy.path.parent.parent)


def test_the_first_lines_of_a_fixture_name_the_tests_that_it_fails(toy):
    course = write_fixtures(
        toy,
        right_a="# In other words.\n",
        wrong_b="# fails: toy-double-test, toy-train-test\n",
        wrong_c="# fails when trained: toy-train-test-2\n",
        wrong_d="# fails: toy-double-test\n# fails when trained: toy-train-test, toy-train-test-2\n",
        wrong_e="# fails: toy-double-test\n# may fail when trained: toy-train-test-2\n",
    )
    a, b, c, d, e = found = fixtures(course, toy)
    assert [one.is_right for one in found] == [True, False, False, False, False]
    assert [one.is_about_training for one in found] == [False, False, True, True, True]
    assert [one.points(toy) for one in (a, b, c, d)] == [6, 3, 3, 0]
    for failed in ({"toy-double-test"}, {"toy-double-test", "toy-train-test-2"}):
        assert e.expects(failed, TESTS, trained=True)
    assert not e.expects({"toy-train-test-2"}, TESTS, trained=True)


@pytest.mark.parametrize(
    ("name", "marks", "sentence"),
    [
        ("wrong_a", "", "a wrong fixture begins with '# fails:"),
        ("right_a", "# fails: toy-double-test\n", "a right one does not"),
        ("full_a", "", "name a fixture right_<what>.py or wrong_<what>.py"),
        ("wrong_a", "# fails: toy-double\n", "no test of toy is called 'toy-double'"),
        ("wrong_a", "# fails: toy-train-test-2\n", "name it after '# fails when trained:'"),
        ("wrong_a", "# may fail when trained: toy-double-test\n", "needs no training, so chance does not decide"),
        ("wrong_a", "# may fail when trained: toy-train-test-2\n", "fails a test at every seed, too"),
    ],
)
def test_a_fixture_that_says_it_wrongly_is_refused(toy, name, marks, sentence):
    with pytest.raises(SourceError, match=rf"{name}\.py:1: .*{sentence}"):
        fixtures(write_fixtures(toy, **{name: marks}), toy)


@pytest.mark.parametrize(
    ("failed", "without_training", "trained"),
    [
        ((), False, False),
        (TESTS[:1], True, False),  # the one about training may pass after a few steps
        (TESTS[:2], True, False),
        ((TESTS[0], TESTS[2]), True, False),
        (TESTS[1:], False, False),
        (TESTS, True, True),
    ],
)
def test_exactly_the_named_tests_must_fail(failed, without_training, trained):
    fixture = Fixture("wrong_a", {}, frozenset(TESTS[:1]), frozenset(TESTS[1:]))
    assert fixture.expects(failed, TESTS, trained=False) is without_training
    assert fixture.expects(failed, TESTS, trained=True) is trained
    assert Fixture("right_a", {}).expects(failed, TESTS, trained=True) is (not failed)


def test_the_small_sample_class_has_a_fixture_about_training_when_it_is_its_turn(toy, monkeypatch):
    monkeypatch.setattr("graders.proof.turns.turn", lambda root, of: 0)
    late = "# fails when trained: toy-train-test-2\n"
    course = write_fixtures(toy, wrong_a="# fails: toy-train-test\n", wrong_c=late, wrong_d=late, right_e="")
    by_student = {submission.student: submission.points for submission in class_of(course, toy, full=False)}
    assert by_student == {"reference": 6, "untouched": 0, "wrong-01": 3, "invalid-json": 0}
    monkeypatch.setattr("graders.proof.turns.turn", lambda root, of: 1)
    by_student = {submission.student: submission.points for submission in class_of(course, toy, full=False)}
    assert by_student == {"reference": 6, "untouched": 0, "invalid-json": 0}


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
