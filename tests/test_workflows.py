"""What GitHub is asked to run is well formed, pinned, and there."""

import re
import subprocess

import pytest
import yaml
from helpers import BIN, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs_of(workflow):
    return yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]


STEPS = [
    pytest.param(step, id=f"{workflow.stem}-{name}-{number}")
    for workflow in WORKFLOWS
    for name, job in jobs_of(workflow).items()
    for number, step in enumerate(job["steps"])
]
CALLS = [
    pytest.param(call.split(), id=f"{step.id}-{call}")
    for step in STEPS
    for call in re.findall(r"\bmake\b([^;&|\n]*)", step.values[0].get("run", ""))
]


def lint(*files):
    # Where ShellCheck is installed, jactionlint would ask it too: the same findings on every machine.
    return subprocess.run(
        [BIN / "jactionlint", "--shellcheck=", "--no-color", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_workflows_have_no_mistake():
    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_a_workflow_is_found(tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "run-on:"), encoding="utf-8")
    done = lint(bad)
    assert done.returncode == 1
    assert "run-on" in done.stdout


@pytest.mark.parametrize("call", CALLS)
def test_target_of_make_exists(call):
    done = subprocess.run(["make", "--dry-run", *call], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_workflows_call_make():
    assert {call.values[0][0] for call in CALLS} >= {"check", "test", "test-full", "references"}


@pytest.mark.parametrize("step", STEPS)
def test_action_is_pinned_to_a_commit(step):
    assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", f"none@{'0' * 40}"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_workflow_may_read_the_repository_and_nothing_else(workflow):
    assert yaml.safe_load(workflow.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}
    assert not [name for name, job in jobs_of(workflow).items() if "permissions" in job]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_no_pull_request_of_a_fork_starts_a_job_on_a_machine_of_ours(workflow):
    text = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    if not any("self-hosted" in job["runs-on"] for job in text["jobs"].values()):
        return
    triggers = text[True]  # YAML 1.1 reads `on` as a truth value
    assert triggers.keys() <= {"schedule", "workflow_dispatch", "pull_request"}
    assert triggers["pull_request"]["types"] == ["labeled"]
    for job in text["jobs"].values():
        assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


def test_every_supported_python_is_tested():
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    first, after = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', metadata).groups()
    (ci,) = [workflow for workflow in WORKFLOWS if workflow.stem == "ci"]
    tested = jobs_of(ci)["test"]["strategy"]["matrix"]["python"]
    assert tested == [f"3.{minor}" for minor in range(int(first), int(after))]
