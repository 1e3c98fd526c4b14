"""Small mistakes planted in the reference solutions cost points, every one."""

import pytest
from helpers import ASSIGNMENTS, COURSE, NAMES

from graders.course import Course
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
from graders.source import Cell, read_assignment


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_noticed_or_excused(name, pytestconfig):
    """One in four of them in the first ring, all with --full."""
    full = pytestconfig.getoption("full")
    report = mutation_report(COURSE, ASSIGNMENTS[name], every=1 if full else 4)
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
