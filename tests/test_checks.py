"""The checks are pure: no warnings, no knowledge of notebooks, and every one of them is used."""

import ast
import inspect

import pytest
from helpers import ASSIGNMENTS, NAMES, ROOT

from graders.proof.rehearsal import rehearsal_of
from graders.proof.workers import warm_workers

CHECKS = ROOT / "graders" / "checks"


def complaints(assignment):
    """What cells of the reference raise where a warning is an error."""
    found = {}
    with rehearsal_of(assignment, warnings_are="error") as rehearsal:
        for cell in assignment.cells:
            if cell.kind in ("code", "solution", "test") and not cell.trained:
                error = rehearsal.run(cell.source, cell.grade_id)
                if error:
                    found[cell.grade_id] = repr(error)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_reference_and_checks_raise_no_warning(name):
    with warm_workers() as pool:
        assert pool.submit(complaints, ASSIGNMENTS[name]).result() == {}


@pytest.mark.parametrize("path", sorted(CHECKS.glob("*.py")), ids=lambda path: path.stem)
def test_checks_know_nothing_of_notebooks_or_kernels(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert not [module for module in imported if module.split(".")[0] in ("nbgrader", "nbformat", "jupyter_client")]
    assert not [m for m in imported if m.startswith("graders") and not m.startswith("graders.checks")]


@pytest.mark.parametrize("name", NAMES)
def test_every_check_is_used_and_says_what_its_oracle_is(name):
    module = __import__(f"graders.checks.{name}", fromlist=["*"])
    hidden = "\n".join(cell.source for cell in ASSIGNMENTS[name].of_kind("test"))
    checks = {key: value for key, value in vars(module).items() if key.startswith("check_")}
    assert checks
    for key, check in checks.items():
        assert f"{key}(" in hidden, key
        assert inspect.getdoc(check), key
        assert inspect.signature(check).return_annotation in (None, "None"), key


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_reads_its_budget_and_its_seed_where_it_trains(name):
    code = "\n".join(cell.source for cell in ASSIGNMENTS[name].of_kind("code"))
    assert [word in code for word in ("COURSE_BUDGET", "COURSE_SEED")] == [bool(ASSIGNMENTS[name].trained_points)] * 2
