"""Small mistakes planted in the reference solutions cost points, every one, and so do the habits of wrong programs."""

import ast
import dataclasses
import functools
import itertools
import math
import pkgutil
import statistics

import keras
import numpy as np
import pytest
import scipy
from helpers import ASSIGNMENTS, COURSE, NAMES

from graders.course import Course
from graders.proof import behaviours, habits
from graders.proof.behaviours import BehaviourReport, Judgement, Recording, behaviour_report, is_awake
from graders.proof.mutants import (
    Mutant,
    MutationReport,
    Verdict,
    excuse_of,
    excuses,
    judge_mutants,
    mutants_of,
    mutation_report,
)
from graders.proof.turns import turn
from graders.source import Cell, read_assignment

NOTEBOOKS, PARTS = 14, 4  # in the first ring: a fourth of one notebook in fourteen, which comes round in 56 days


def part_of_today(full):
    """One in how many is judged, and which of these parts: all of them with --full."""
    return (1, 0) if full else (PARTS, turn(COURSE.root, NOTEBOOKS * PARTS) // NOTEBOOKS)


@pytest.mark.turns(NOTEBOOKS)
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_noticed_or_excused(name, pytestconfig):
    full = pytestconfig.getoption("full")
    every, part = part_of_today(full)
    print(f"{name}: one mutant in {every}, turn {part}")
    report = mutation_report(COURSE, ASSIGNMENTS[name], every, part)
    judged = {cell.slug for cell in ASSIGNMENTS[name].of_kind("test") if not cell.trained}
    assert len(report.verdicts) > len(judged)
    assert report.survivors == []
    if full:
        assert len(report.verdicts) > 5 * len(judged)
        assert {slug for slug, fates in report.by_task.items() if fates["killed"]} == judged
        assert report.unused == set(), "these excuse no survivor: remove them"


@pytest.mark.parametrize("name", NAMES)
def test_every_excuse_has_a_reason_and_a_task(name):
    slugs = {cell.slug for cell in ASSIGNMENTS[name].of_kind("solution")}
    for (slug, *_), reason in excuses(COURSE, name).items():
        assert slug in slugs
        assert len(reason.split()) >= 5


BEHAVED = [name for name in NAMES if (COURSE.fixtures(name) / behaviours.EXCUSES).is_file()]


@pytest.mark.turns(NOTEBOOKS)
@pytest.mark.parametrize("name", BEHAVED)
def test_harmful_behaviours_cost_points_and_harmless_ones_none(name, pytestconfig):
    full = pytestconfig.getoption("full")
    every, part = part_of_today(full)
    print(f"{name}: one behaviour in {every}, turn {part}")
    report = behaviour_report(COURSE, ASSIGNMENTS[name], every, part)
    assert report.survivors == []
    assert report.false_alarms == []
    if full:
        awake = len(report.judgements) - len(report.asleep)
        assert len(report.excused) < awake / 20
        assert report.unused == set(), "these excuse nothing: remove them"


@pytest.mark.parametrize("name", BEHAVED)
def test_every_excuse_of_a_behaviour_has_a_reason_and_a_task(name):
    solutions = {cell.slug: cell.source for cell in ASSIGNMENTS[name].of_kind("solution")}
    for (slug, function, _), reason in behaviours.excuses(COURSE, name).items():
        assert f"def {function}(" in solutions[slug]
        assert len(reason.split()) >= 5


def assigned_at_the_top(source):
    """The names that a cell assigns, but for those of its functions and comprehensions."""
    waiting, names = list(ast.parse(source).body), set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
    return names


def names_that_students_import():
    """Names of the standard library, Keras and SciPy that an answer may import by themselves: mean, signal, layers."""
    names = {module.name for module in pkgutil.iter_modules(scipy.__path__)}
    for library in (math, itertools, functools, statistics, dataclasses, keras):
        names |= {name for name in getattr(library, "__all__", dir(library)) if not name.startswith("_")}
    return names


@pytest.mark.parametrize("name", BEHAVED)
def test_no_given_cell_takes_a_name_that_a_student_may_have_imported(name):
    """A plot that assigns `signal` would break every answer that called SciPy's."""
    cells = [cell for cell in ASSIGNMENTS[name].cells if cell.kind in ("code", "test")]
    taken = {(cell.line, word) for cell in cells for word in assigned_at_the_top(cell.source)}
    assert sorted((line, word) for line, word in taken if word in names_that_students_import()) == []


def behaviour(name):
    return next(one for one in habits.behaviours_of(scaled) if one.name == name)


def scaled(x, factor=2.0):
    return factor * x


CALLS = {
    "inputs clipped at 10": [(np.array([11.0]),)],
    "inputs made absolute": [(np.array([-1.0]),)],
    "inputs rounded to 6 digits": [(np.array([1e-9]),)],
    "inputs cut to the first 1,000": [(np.ones(1001),)],
    "inputs sorted": [(np.array([2.0, 1.0]),)],
    "inputs refused if not contiguous": [(np.ones((2, 3)).T,)],
    "wrong unless 2-D": [(np.ones(3),)],
    "wrong unless batch > 1": [(np.ones(1),)],
    "cached by shape": [(np.ones(2),), (np.zeros(2),)],
    "cached by the first argument": [(np.ones(2),), (np.ones(2), 5.0)],
    "cached by rounded arguments": [(np.array([1e-3]),), (np.array([2e-3]),)],
    "second call gives the first's answer": [(np.ones(2),), (np.ones(3),)],
    "two arguments of one shape swapped": [(np.array([1.0, 3.0]), np.array([2.0, 4.0]))],
    "arrays changed in place": [(np.ones(2),)],
    "arrays sorted in place": [(np.array([2.0, 1.0]),)],
    "answer is a view of an argument": [(np.ones(2),)],
    "global random state used": [(1.0,)],
    "global random state seeded": [(1.0,)],
    "default of factor changed": [(1.0,)],
    "option factor ignored": [(1.0, 3.0)],
    "output rounded to 3 digits": [(1e-4,)],
    "output floored at 0": [(-1.0,)],
}
COMMUTES = {"two arguments of one shape swapped"}


@pytest.mark.parametrize(("name", "calls"), CALLS.items(), ids=CALLS)
def test_a_behaviour_is_awake_where_it_makes_a_difference(name, calls):
    quiet = Recording(scaled, [((np.array([1.0, 2.0]),), {"factor": 2.0})])
    loud = Recording(scaled if name not in COMMUTES else np.subtract, [(args, {}) for args in calls])
    assert is_awake(behaviour(name), loud)
    if not name.startswith(("arrays changed", "answer is", "global", "wrong")):
        assert not is_awake(behaviour(name), quiet)


def two_networks(units):
    return [keras.Sequential([keras.Input((2,)), keras.layers.Dense(units)]) for _ in range(2)]


def one_network(units):
    return two_networks(units)[0]


def network_and_variables(units):
    model = one_network(units)
    return np.ones(units), list(model.trainable_variables)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (two_networks, "network: noise at inference"),
        (two_networks, "network: one output column a copy of another"),
        (network_and_variables, "variables: the last one left out"),
        (network_and_variables, "variables: the first one twice"),
    ],
)
def test_what_holds_networks_or_variables_is_changed_in_them(function, name):
    recording = Recording(function)
    recording.recorder()(3)
    assert recording.concerns(behaviour(name))
    assert is_awake(behaviour(name), recording)


def test_a_call_with_a_generator_is_repeated_with_the_same_numbers():
    recording = Recording(lambda n, rng: rng.normal(size=n))
    rng = np.random.default_rng(1)
    drawn = [recording.recorder()(3, rng) for _ in range(2)]
    assert not np.allclose(*drawn)
    assert is_awake(behaviour("arguments taken as keywords"), recording)
    assert not is_awake(behaviour("output cast to float32"), recording)


@pytest.mark.parametrize("one", habits.HARMLESS, ids=lambda one: one.name)
def test_a_harmless_behaviour_changes_no_value(one):
    numbers, networks = [((np.array([[1.0, -2.0]]),), {}), ((3, 4.0), {})], [((3,), {})]
    recording = Recording(one_network, networks) if one.needs == "model" else Recording(scaled, numbers)
    assert is_awake(one, recording)


def test_a_behaviour_is_excused_by_task_function_and_name(tmp_path):
    course = Course(tmp_path)
    course.fixtures("toy").mkdir(parents=True)
    (course.fixtures("toy") / behaviours.EXCUSES).write_text(
        '[[behaviour]]\nslug = "toy-f"\nfunctions = ["f"]\nbehaviours = ["a", "b"]\nreason = "It is right, too."\n'
    )
    judged = [
        Judgement("toy-f", "f", "a", harmful=True, awake=True),
        Judgement("toy-f", "f", "c", harmful=True, awake=True),
        Judgement("toy-f", "f", "d", harmful=True, awake=False),
        Judgement("toy-f", "f", "e", harmful=False, awake=True, failure="no"),
    ]
    report = BehaviourReport("toy", judged, behaviours.excuses(course, "toy"))
    assert [one.behaviour for one in report.survivors] == ["c"]
    assert [one.behaviour for one in report.false_alarms] == ["e"]
    assert [one.behaviour for one in report.excused] == ["a"]
    assert [one.behaviour for one in report.asleep] == ["d"]
    assert report.unused == {("toy-f", "f", "b")}


def test_a_check_that_looks_at_one_input_misses_behaviours(tmp_path):
    script = tmp_path / "toy.py"
    script.write_text(TOY.replace("double(2) == 4", "double(2) == 4 and double(-7) < 0"))
    report = BehaviourReport("toy", behaviours.judge_behaviours(read_assignment(script)), {})
    survived = {one.behaviour for one in report.survivors}
    assert {"inputs clipped at 3", "output rounded to 3 digits"} & survived == {"inputs clipped at 3"}
    assert "output made absolute" not in survived


def test_operators_of_a_linear_layer():
    source = "def f(x, w, b):\n    ### BEGIN SOLUTION: Do it.\n    return w * x.sum(axis=0) + b\n    ### END SOLUTION"
    lines = {mutant.after for mutant in mutants_of(Cell("solution", source, 1, "toy-f"))}
    assert lines >= {
        "return w * x.sum(axis=0)",  # forgot the bias
        "return b",
        "return w * x.sum(axis=0) - b",
        "return w * x.sum(axis=1) + b",
        "return w * x.sum() + b",
        "return w * x.mean(axis=0) + b",
        "return x.sum(axis=0) + b",
    }


TOY = """# %% solution="toy-double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION
# %% test="toy-double" points=1
### BEGIN HIDDEN TESTS
assert double(2) == 4
### END HIDDEN TESTS
"""


def survivors(script, text):
    script.write_text(text)
    return [verdict.mutant.after for verdict in judge_mutants(read_assignment(script)) if verdict.killed_by is None]


def test_a_check_that_looks_at_one_input_leaves_survivors(tmp_path):
    """The command finds a hole where there is one."""
    assert "return 2 + x" in survivors(tmp_path / "toy.py", TOY)


def test_a_test_that_needs_training_kills_no_mutant(tmp_path):
    trained = '# %% test="toy-double" points=1 needs="training"\nassert double(3) == 6\n'
    assert "return 2 + x" in survivors(tmp_path / "toy.py", TOY + trained)
    assert "return 2 + x" not in survivors(tmp_path / "toy.py", TOY + trained.replace(' needs="training"', ""))


def test_an_excuse_is_for_one_mutant_or_for_a_design(tmp_path):
    course = Course(tmp_path)
    course.fixtures("toy").mkdir(parents=True)
    (course.fixtures("toy") / "equivalent_mutants.toml").write_text(
        '[[mutant]]\nslug = "toy-double"\nbefore = "return 2 * x"\nafter = "return x * 2"\nreason = "It commutes."\n'
        '[[design]]\nslug = "toy-network"\nreason = "Any network to the budget is right."\n'
    )
    known = excuses(course, "toy")
    commuted = Mutant("toy-double", "return 2 * x", "return x * 2", "")
    added = Mutant("toy-double", "return 2 * x", "return 2 + x", "")
    wider = Mutant("toy-network", "Dense(8)", "Dense(9)", "")
    assert excuse_of(wider, known) == ("toy-network",)
    report = MutationReport("toy", [Verdict(one, None) for one in (commuted, added)], known)
    assert (report.excused, report.survivors) == ([commuted], [added])
    assert report.unused == {("toy-network",)}
