"""Small mistakes planted in the reference solutions cost points, every one."""

import pytest
from conftest import ASSIGNMENTS, NAMES, ROOT

from graders.proof.mutants import Mutant, excuse_of, excuses, judge_mutants, mutants_of
from graders.source import Cell, read_assignment


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_noticed_or_excused(name, pytestconfig):
    """One in four of them in the first ring, all with --full."""
    full = pytestconfig.getoption("full")
    known = excuses(ROOT)
    verdicts = judge_mutants(ASSIGNMENTS[name], every=1 if full else 4)
    survivors = [verdict.mutant for verdict in verdicts if verdict.killed_by is None]
    judged = {cell.slug for cell in ASSIGNMENTS[name].of_kind("test") if not cell.trained}
    assert len(verdicts) > len(judged)
    assert [mutant for mutant in survivors if excuse_of(mutant, known) is None] == []
    if not full:
        return
    assert len(verdicts) > 5 * len(judged)
    assert judged == {verdict.mutant.slug for verdict in verdicts if verdict.killed_by}
    needed = {excuse_of(mutant, known) for mutant in survivors}
    slugs = {cell.slug for cell in ASSIGNMENTS[name].of_kind("solution")}
    assert {key for key in known if key[0] in slugs} - needed == set(), "these excuse no survivor: remove them"


def test_every_excuse_has_a_reason_and_a_task():
    slugs = {cell.slug for assignment in ASSIGNMENTS.values() for cell in assignment.of_kind("solution")}
    for (slug, *_), reason in excuses(ROOT).items():
        assert slug in slugs
        assert len(reason.split()) >= 5


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
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "equivalent_mutants.toml").write_text(
        '[[mutant]]\nslug = "toy-double"\nbefore = "return 2 * x"\nafter = "return x * 2"\nreason = "It commutes."\n'
        '[[design]]\nslug = "toy-network"\nreason = "Any network to the budget is right."\n'
    )
    known = excuses(tmp_path)
    assert excuse_of(Mutant("toy-double", "return 2 * x", "return x * 2", ""), known)
    assert excuse_of(Mutant("toy-double", "return 2 * x", "return 2 + x", ""), known) is None
    assert excuse_of(Mutant("toy-network", "Dense(8)", "Dense(9)", ""), known) == ("toy-network",)
