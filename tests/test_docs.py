"""Every command in the documents works: blocks of bash are run, in order, in a course; the rest names what exists."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import commands
import helpers
import nbformat
import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, NAMES, ROOT
from nbgrader.apps import NbGraderApp
from typer.main import get_command

from graders.cli import app
from graders.proof.fixtures import everyone, fill_in, reference_answers

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BASH = re.compile(r"^```bash\n(.*?)^```$", re.M | re.S)
CLASS = ("ada", "emmy", "vera", "henrietta", "cecilia", "jocelyn", "subrahmanyan", "fritz", "georges", "beatrice")


def called(document: Path) -> str:
    return str(document.relative_to(ROOT))


def hand_in_by_platform(course: Path, students: Sequence[str]) -> None:
    """Notebooks as a learning platform gives them, by students who answered this and that."""
    archive = course / "downloaded" / LIGHT / "archive"
    archive.mkdir(parents=True)
    assignment = ASSIGNMENTS[LIGHT]
    for student, fixture in zip(students, everyone(COURSE, assignment)[::2], strict=False):
        notebook = nbformat.read(ROOT / "release" / LIGHT / f"{LIGHT}.ipynb", as_version=4)
        fill_in(notebook, reference_answers(assignment) | fixture.answers)
        nbformat.write(notebook, archive / f"{student}_{LIGHT}.ipynb")
    assert len(list(archive.iterdir())) == len(students)


@pytest.mark.turns(10)
@pytest.mark.parametrize("document", [path for path in DOCUMENTS if BASH.search(path.read_text())], ids=called)
def test_commands_of_the_document_run(document, tmp_path):
    for kind in ("source", "parts", "release", "solutions", "docs"):
        shutil.copytree(ROOT / kind, tmp_path / kind, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("nbgrader_config.py", "pyproject.toml", "Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for kind in ("graders", "simulations", "tests"):
        (tmp_path / kind).symlink_to(ROOT / kind)
    (tmp_path / ".venv").symlink_to(BIN.parent)
    hand_in_by_platform(tmp_path, CLASS if helpers.FULL else CLASS[:3])
    script = "\n".join(f"echo '--- block {n}' >&2\n{b}" for n, b in enumerate(BASH.findall(document.read_text()), 1))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COURSE_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**environment, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr + done.stdout


def code_of(text: str) -> list[str]:
    """The lines of code in a document: those of its blocks, and what stands between backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)
    rest = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.M | re.S)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=called)
def test_what_the_document_names_exists(document):
    code = "\n".join(code_of(document.read_text(encoding="utf-8")))
    known = get_command(app).commands
    for name, rest in re.findall(r"(?<![-\w])course ([a-z-]+)\b([^\n`#]*)", code):
        assert name in known, f"course {name}"
        options = {option for parameter in known[name].params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"course {name}{rest}"
    assert set(re.findall(r"\bnbgrader ([a-z_]+)\b", code)) <= set(NbGraderApp.subcommands)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {name for name in re.findall(r"\bmake ([a-z-]+)\b", code) if "=" not in name} <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=called)
def test_links_of_the_document_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    prose = re.sub(r"`[^`\n]+`", "", re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.M | re.S))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        aim = document.parent / path if path else document
        assert aim.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}, (
                target
            )


def test_the_page_of_commands_is_current():
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "python tests/commands.py writes it anew"


def test_the_page_of_commands_names_the_variables_that_are_read():
    code = [
        ROOT / "nbgrader_config.py",
        *(path for room in ("graders", "source") for path in ROOT.glob(f"{room}/**/*.py")),
    ]
    read = {name for path in code for name in re.findall(r"\bCOURSE_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert set(re.findall(r"`(COURSE_[A-Z_]+)`", commands.page())) == read


def test_a_course_in_a_document_is_this_one():
    text = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert set(re.findall(r"nbgrader (?:collect|release_assignment|autograde|zip_collect) ([a-z]+)", text)) <= {*NAMES}
