"""Small mistakes planted in the reference solutions cost points, every one."""

import pytest
from conftest import ASSIGNMENTS, NAMES, ROOT

from graders.mutants import equivalent_mutants, judge_mutants, mutants_of
from graders.source import Cell, read_assignment


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_noticed_or_explained(name):
    equivalent = equivalent_mutants(ROOT)
    verdicts = list(judge_mutants(ASSIGNMENTS[name]))
    survivors = {(v.mutant.slug, v.mutant.before, v.mutant.after) for v in verdicts if v.killed_by is None}
    slugs = {cell.slug for cell in ASSIGNMENTS[name].of_kind("solution")}
    explained = {key for key in equivalent if key[0] in slugs}
    assert len(verdicts) > 5 * len(slugs)
    assert survivors - explained == set()
    assert explained - survivors == set(), "these survive no longer: remove them from equivalent_mutants.toml"


def test_every_equivalent_mutant_has_a_reason_and_a_task():
    slugs = {cell.slug for assignment in ASSIGNMENTS.values() for cell in assignment.of_kind("solution")}
    for (slug, _, _), reason in equivalent_mutants(ROOT).items():
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


def test_a_check_that_looks_at_one_input_leaves_survivors(tmp_path):
    """The command finds a hole where there is one."""
    script = tmp_path / "toy.py"
    script.write_text(
        '# %% solution="toy-double"\ndef double(x):\n    ### BEGIN SOLUTION: Return twice x.\n    return 2 * x\n'
        '    ### END SOLUTION\n# %% test="toy-double" points=1\n### BEGIN HIDDEN TESTS\nassert double(2) == 4\n'
        "### END HIDDEN TESTS\n"
    )
    survivors = [v.mutant.after for v in judge_mutants(read_assignment(script)) if v.killed_by is None]
    assert "return 2 + x" in survivors
