"""The checks are pure: no warnings, no knowledge of notebooks, and every one of them is used."""

import ast
import inspect

import pytest
from conftest import ASSIGNMENTS, NAMES, ROOT

from graders.rehearsal import Rehearsal

CHECKS = ROOT / "graders" / "checks"


@pytest.mark.parametrize("name", NAMES)
def test_reference_and_checks_raise_no_warning(name):
    rehearsal = Rehearsal(warnings_are="error")
    for cell in ASSIGNMENTS[name].cells:
        if cell.kind in ("code", "solution", "test"):
            # Showing a figure warns where there is no screen; that is all that is let through.
            source = cell.source.replace("plt.show()", "plt.close()")
            assert rehearsal.run(source, cell.grade_id) is None, cell.grade_id


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
