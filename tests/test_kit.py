"""The students' kit: what is in it, what the self-check says, what the cell for Colab does, and how notebooks read."""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import types
import unicodedata
import urllib.request
import zipfile
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES, ROOT
from markdown_it import MarkdownIt

from graders import libraries
from graders.build import BuildError
from graders.course import Course
from graders.kit.make import (
    COLAB_CELL,
    COLAB_NOTE,
    JUPYTER,
    colab_url,
    manifest,
    requirements,
    with_colab,
    write_kit,
)
from graders.plugins.feedback import sentence_of
from graders.plugins.normalise import _squeezed, normalised
from graders.plugins.reading import text_of
from graders.proof.fixtures import fill_in, fixtures, reference_answers

PACKAGES = {*JUPYTER, *(re.match(r"[\w-]+", line)[0] for line in libraries.requirements())}
WRONG = "wrong_dense_forgets_bias"
ITS_SENTENCE = "dense_parameters(3, 4) is 12, expected 16: 3 weights and 1 bias for each neuron."
A_QUESTION_IS_ANSWERED = "Each pixel has a weight of its own in each neuron."


def course(root: Path) -> Course:
    """A course with the repository's releases, in which a kit can be written."""
    root.mkdir(exist_ok=True)
    for name in ("release", "README.md", "requirements.lock", "nbgrader_config.py"):
        (root / name).symlink_to(ROOT / name)
    return Course(root)


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> Path:
    """The folder of a kit, written once."""
    return write_kit(course(tmp_path_factory.mktemp("kit")), NAMES)[0]


@pytest.fixture(scope="module")
def selfcheck(kit):
    """The self-check of the kit, as a module."""
    spec = importlib.util.spec_from_file_location("selfcheck_of_the_kit", kit / "selfcheck.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def released(name: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)


def solved(kit: Path, name: str, **answers: str) -> nbformat.NotebookNode:
    """The notebook of the kit with the answers of the reference, and others."""
    notebook = nbformat.read(kit / name / f"{name}.ipynb", as_version=4)
    fill_in(notebook, reference_answers(ASSIGNMENTS[name]) | answers)
    for cell in notebook.cells:
        if cell.id.endswith("-answer"):
            cell.source = A_QUESTION_IS_ANSWERED
    return notebook


def markdown_of(name: str):
    """Every Markdown cell of a release, parsed: its id and its tokens, those inside of lines too."""
    for cell in released(name).cells:
        if cell.cell_type == "markdown":
            tokens = MarkdownIt("commonmark").enable("table").parse(cell.source)
            yield cell.id, [inner for token in tokens for inner in (token, *(token.children or []))]


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_two_kits_have_the_same_bytes(tmp_path, kit):
    again, archive = write_kit(course(tmp_path / "again"), NAMES)
    assert archive.read_bytes() == kit.with_suffix(".zip").read_bytes()
    before = {file.relative_to(kit): file.read_bytes() for file in kit.rglob("*") if file.is_file()}
    assert {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()} == before


def test_the_zip_file_holds_the_kit_in_a_folder_of_its_own(kit):
    with zipfile.ZipFile(kit.with_suffix(".zip")) as archive:
        names = archive.namelist()
        content = {name.partition("/")[2]: archive.read(name) for name in names}
    assert {name.partition("/")[0] for name in names} == {"deep-learning-for-cosmology"}
    assert content == {str(file.relative_to(kit)): file.read_bytes() for file in kit.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_of_the_kit_is_the_release_with_two_cells_for_colab(kit, name):
    notebook = nbformat.read(kit / name / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    note, setup = notebook.cells.pop(1), notebook.cells.pop(1)
    assert (note.id, setup.id) == (COLAB_NOTE, COLAB_CELL)
    assert "nbgrader" not in note.metadata | setup.metadata
    assert notebook == released(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_a_release_are_beside_its_notebook(kit, name):
    files = {path.name for path in (ROOT / "release" / name).iterdir() if path.is_file()}
    assert {path.name for path in (kit / name).iterdir()} == files


@pytest.mark.parametrize("name", NAMES)
def test_the_cells_for_colab_change_nothing_for_the_graders(kit, name):
    source = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)
    with_them = normalised(solved(kit, name), source, [])
    without = solved(kit, name)
    without.cells = [cell for cell in without.cells if cell.id not in (COLAB_NOTE, COLAB_CELL)]
    assert "grading_notes" not in with_them.metadata
    added = [cell for cell in with_them.cells if cell.id.startswith("added-")]
    with_them.cells = [cell for cell in with_them.cells if cell not in added]
    assert [cell.cell_type for cell in added] == ["markdown", "code"]
    assert with_them == normalised(without, source, [])


def test_requirements_are_lines_of_the_lock(kit):
    lines = (kit / "requirements.txt").read_text().splitlines()
    assert lines == requirements(COURSE)
    assert set(lines) <= set((ROOT / "requirements.lock").read_text().splitlines())
    assert {line.partition("==")[0] for line in lines} == PACKAGES


@pytest.mark.parametrize("name", NAMES)
def test_what_a_notebook_imports_is_in_the_requirements(name):
    code = [cell.source for cell in released(name).cells if cell.cell_type == "code"]
    beside = list((ROOT / "release" / name).glob("*.py"))
    text = "\n".join([*code, *(path.read_text(encoding="utf-8") for path in beside)])
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in imports if isinstance(node, ast.ImportFrom)]
    imported = {module.partition(".")[0] for module in modules}
    installed = PACKAGES | {
        re.match(r"[\w.-]+", line)[0]
        for package in PACKAGES
        for line in requires(package) or ()
        if "extra ==" not in line
    }
    of_packages = {module for module, names in packages_distributions().items() if set(names) & installed}
    assert imported <= of_packages | sys.stdlib_module_names | {path.stem for path in beside}


def test_what_colab_must_have_includes_what_is_pinned():
    from packaging.requirements import Requirement

    pinned = [line.partition(" ;")[0].split("==") for line in requirements(COURSE)]
    wanted = {Requirement(package).name: Requirement(package).specifier for package in libraries.requirements()}
    assert set(wanted) <= PACKAGES
    assert all(wanted[name].contains(version) for name, version in pinned if name in wanted)


def test_the_start_page_names_what_is_there(kit):
    page = (kit / "START.md").read_text(encoding="utf-8")
    for path in re.findall(r"`([\w/]+\.ipynb)`", page):
        assert (kit / path).is_file(), path
    assert re.findall(r"^\| `(\w+)/", page, re.M) == NAMES
    assert set(re.findall(r"(?:-r|-f|python) ([\w.]+\.\w+)", page)) == {
        "requirements.txt",
        "environment.yml",
        "selfcheck.py",
    }
    assert not re.search(r"\{\w+\}", page), "a placeholder was left"


def test_the_start_page_is_one_file_with_one_title(kit):
    html = (kit / "START.html").read_text(encoding="utf-8")
    assert html.count("<h1") == 1
    assert '<html lang="en">' in html
    assert not re.search(r"<(script|link|img)", html)


def test_work_in_the_folder_is_not_lost(tmp_path):
    root = course(tmp_path / "course")
    kit, _ = write_kit(root, NAMES)
    path = kit / LIGHT / f"{LIGHT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").execution_count = 1
    nbformat.write(notebook, path)
    with pytest.raises(BuildError, match=f"worked in kit/{LIGHT}/{LIGHT}.ipynb: move it away"):
        write_kit(root, NAMES)
    assert nbformat.read(path, as_version=4) == notebook


@pytest.mark.parametrize(
    ("names", "repository", "sentence"),
    [
        ([], "https://github.com/a/b", "is no repository: write owner/name"),
        (["nowhere"], None, "no release/nowhere: run `course build`"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(tmp_path, names, repository, sentence):
    with pytest.raises(BuildError, match=sentence):
        write_kit(course(tmp_path / "course"), names, repository)


# --- the self-check, without kernels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_tasks_of_the_self_check_are_those_of_the_course(selfcheck, name):
    known, assignment = selfcheck.COURSE[name], ASSIGNMENTS[name]
    assert known == manifest(released(name))
    assert [task["id"] for task in known["tasks"]] == [cell.slug for cell in assignment.of_kind("solution")]
    assert sum(test["points"] for task in known["tasks"] for test in task["tests"]) == assignment.auto_points
    assert sum(answer["points"] for answer in known["answers"]) == assignment.manual_points
    titles = [line["title"] for line in [*known["tasks"], *known["answers"]]]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if not title or re.search(r"\d points?", title)]


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_notebook_is_not_started_and_an_answer_starts_it(kit, selfcheck, name, tmp_path):
    assert not selfcheck.is_started(kit / name / f"{name}.ipynb")
    one = next(iter(reference_answers(ASSIGNMENTS[name]).items()))
    notebook = fill_in(nbformat.read(kit / name / f"{name}.ipynb", as_version=4), dict([one]))
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    assert selfcheck.is_started(tmp_path / f"{name}.ipynb")


def judged(selfcheck, notebook: nbformat.NotebookNode, path: Path, errors: dict | None = None) -> dict:
    """The lines of a notebook by slug, as if its cells had run with these errors."""
    nbformat.write(notebook, path)
    cells = selfcheck.read(path)
    known = selfcheck.COURSE[selfcheck.identify(path, cells)]
    copies, written = selfcheck.copies_by_slot(cells), selfcheck.names_written(cells, known)
    runs = {slot: selfcheck.Run(0.1, (errors or {}).get(slot)) for slot in copies}
    return {task["id"]: selfcheck.judge(task, copies, runs, written) for task in known["tasks"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_right_notebook_is_done_and_says_nothing(kit, selfcheck, name, tmp_path):
    lines = judged(selfcheck, solved(kit, name), tmp_path / f"{name}.ipynb")
    assert {(line.state, tuple(line.sentences)) for line in lines.values()} == {("done", ())}
    assert sum(line.points for line in lines.values()) == ASSIGNMENTS[name].auto_points


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_test_is_wrong_and_gives_its_sentence(kit, selfcheck, name, tmp_path):
    task = selfcheck.COURSE[name]["tasks"][-1]
    errors = {test["id"]: ("AssertionError", "You returned 1, expected 2.") for test in task["tests"]}
    line = judged(selfcheck, solved(kit, name), tmp_path / f"{name}.ipynb", errors)[task["id"]]
    assert (line.state, line.points, line.sentences) == ("wrong", 0, ["You returned 1, expected 2."])


def test_one_test_of_two_gives_its_points(kit, selfcheck, tmp_path):
    errors = {"parameters-stack-test-2": ("AssertionError", "no")}
    line = judged(selfcheck, solved(kit, LIGHT), tmp_path / f"{LIGHT}.ipynb", errors)["parameters-stack"]
    assert (line.state, line.points, line.most) == ("wrong", 2, 4)


def test_an_answer_that_waits_for_another_is_not_yet_done(kit, selfcheck, tmp_path):
    sentence = "Return the number of weights plus the number of biases."
    errors = {"parameters-mlp-test": ("NotImplementedError", sentence)}
    waits_for = {"parameters-dense": f'def dense_parameters(n_in, n_out):\n    raise NotImplementedError("{sentence}")'}
    line = judged(selfcheck, solved(kit, LIGHT, **waits_for), tmp_path / f"{LIGHT}.ipynb", errors)["parameters-mlp"]
    assert (line.state, line.sentences) == ("not yet", [f"Not written yet: {sentence}"])


def test_a_syntax_error_is_said_once_with_its_line(kit, selfcheck, tmp_path):
    errors = {
        "parameters-dense": ("SyntaxError", "'(' was never closed (1234567.py, line 1)"),
        "parameters-dense-test": ("NameError", "name 'dense_parameters' is not defined"),
    }
    line = judged(selfcheck, solved(kit, LIGHT), tmp_path / f"{LIGHT}.ipynb", errors)["parameters-dense"]
    assert line.sentences == ["Your cell: It stopped with SyntaxError: '(' was never closed (line 1)"]


MISSING_ANSWER = (
    "The cell for your answer, parameters-dense, is missing: take it from the kit again, and put your answer into it."
)


def without(notebook: nbformat.NotebookNode, slot: str) -> nbformat.NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if cell.id != slot]
    return notebook


def test_a_missing_test_is_one_sentence(kit, selfcheck, tmp_path):
    notebook = without(solved(kit, LIGHT), "parameters-dense-test")
    line = judged(selfcheck, notebook, tmp_path / f"{LIGHT}.ipynb")["parameters-dense"]
    sentence = "The test is missing: take the cell parameters-dense-test from the kit again."
    assert (line.state, line.sentences) == ("wrong", [sentence])


@pytest.mark.parametrize(("error", "state"), [(None, "done"), (("AssertionError", "It is 1, expected 2."), "wrong")])
def test_a_missing_answer_is_said_and_its_task_is_what_its_tests_say(kit, selfcheck, tmp_path, error, state):
    notebook = without(solved(kit, LIGHT), "parameters-dense")
    errors = {"parameters-dense-test": error}
    line = judged(selfcheck, notebook, tmp_path / f"{LIGHT}.ipynb", errors)["parameters-dense"]
    assert (line.state, line.sentences) == (state, [MISSING_ANSWER, *(error or ())[1:]])


@pytest.mark.parametrize("slot", ["parameters-dense", "parameters-dense-test"])
def test_a_duplicated_cell_is_one_sentence(kit, selfcheck, tmp_path, slot):
    notebook = solved(kit, LIGHT)
    place = next(number for number, cell in enumerate(notebook.cells) if cell.id == slot)
    copy = nbformat.from_dict(notebook.cells[place] | {"id": "pasted"})
    notebook.cells.insert(place, copy)
    line = judged(selfcheck, notebook, tmp_path / f"{LIGHT}.ipynb")["parameters-dense"]
    assert (line.state, len(line.sentences)) == ("done", 1)
    assert f"{slot} is there 2 times: keep one" in line.sentences[0]


def test_a_changed_test_proves_nothing(kit, selfcheck, tmp_path):
    notebook = solved(kit, LIGHT)
    next(cell for cell in notebook.cells if cell.id == "parameters-dense-test").source = "assert True"
    line = judged(selfcheck, notebook, tmp_path / f"{LIGHT}.ipynb")["parameters-dense"]
    assert (line.state, line.points) == ("wrong", 0)
    assert line.sentences == ["The test was changed: take the cell parameters-dense-test from the kit again."]


# What programs do to the text of a cell by themselves.
RETYPED = {
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "line ends of old Macs": lambda text: text.replace("\n", "\r"),
    "blanks at line ends": lambda text: text.replace("\n", " \t\n"),
    "lines at the end": lambda text: f"{text}\n\n  \n",
    "blanks that do not break": lambda text: text.replace(" ", "\u00a0"),
    "what nobody sees": lambda text: f"\ufeff{text}".replace(" ", " \u200b"),
    "quotes of pages": lambda text: text.replace('"', "”").replace("'", "’"),
    "wide letters": lambda text: text.replace("(", "（").replace("=", "＝"),
    "marks by themselves": lambda text: unicodedata.normalize("NFD", text),
    "letters that were lost": lambda text: text.encode("ascii", "replace").decode(),
}


@pytest.mark.parametrize("retype", RETYPED.values(), ids=RETYPED)
def test_a_text_is_compared_as_it_is_when_it_is_graded(selfcheck, retype):
    for name in NAMES:
        for cell in released(name).cells:
            text = retype(cell.source)
            assert selfcheck.squeezed(text) == _squeezed(text_of(text))


@pytest.mark.parametrize("retype", RETYPED.values(), ids=RETYPED)
def test_what_a_program_changes_by_itself_is_no_change(kit, selfcheck, tmp_path, retype):
    path = tmp_path / f"{LIGHT}.ipynb"
    for notebook, started in (
        (nbformat.read(kit / LIGHT / path.name, as_version=4), False),
        (solved(kit, LIGHT), True),
    ):
        for cell in notebook.cells:
            cell.source = retype(cell.source)
        lines = judged(selfcheck, notebook, path)
        assert selfcheck.is_started(path) == started
        assert selfcheck.structure(path, LIGHT, selfcheck.copies_by_slot(selfcheck.read(path))) == []
    assert {(line.state, tuple(line.sentences)) for line in lines.values()} == {("done", ())}


def with_own(notebook: nbformat.NotebookNode, answers: dict[str, str]) -> nbformat.NotebookNode:
    """The notebook with answers in cells of the student's own, each below the stub that it leaves as it is."""
    notebook.cells = [
        each
        for cell in notebook.cells
        for each in (cell, *([nbformat.v4.new_code_cell(answers[cell.id])] if cell.id in answers else []))
    ]
    return notebook


@pytest.mark.parametrize("name", NAMES)
def test_answers_in_cells_of_ones_own_are_done_and_it_is_said_where_they_belong(kit, selfcheck, name, tmp_path):
    path = tmp_path / f"{name}.ipynb"
    notebook = with_own(nbformat.read(kit / name / path.name, as_version=4), reference_answers(ASSIGNMENTS[name]))
    # A stub that defines nothing stops as soon as it is run, wherever the answer stands.
    errors = {slot: ("NotImplementedError", "Write it.") for slot in reference_answers(ASSIGNMENTS[name])}
    lines = judged(selfcheck, notebook, path, errors)
    assert selfcheck.is_started(path)
    assert sum(line.points for line in lines.values()) == ASSIGNMENTS[name].auto_points
    assert {slot: (line.state, line.sentences) for slot, line in lines.items()} == {
        slot: ("done", [f"Your answer is not in the cell {slot}: move it there."]) for slot in lines
    }


def test_one_answer_in_a_cell_of_ones_own_starts_a_notebook_and_is_what_its_tests_say(kit, selfcheck, tmp_path):
    one = {"parameters-dense": "def dense_parameters(n_in, n_out):\n    return 1"}
    errors = {
        test["id"]: ("AssertionError", "no") for task in selfcheck.COURSE[LIGHT]["tasks"] for test in task["tests"]
    }
    path = tmp_path / f"{LIGHT}.ipynb"
    lines = judged(selfcheck, with_own(nbformat.read(kit / LIGHT / path.name, as_version=4), one), path, errors)
    assert selfcheck.is_started(path)
    where = "Your answer is not in the cell parameters-dense: move it there."
    assert (lines["parameters-dense"].state, lines["parameters-dense"].sentences) == ("wrong", [where, "no"])
    del lines["parameters-dense"]
    assert {(line.state, line.points, *line.sentences) for line in lines.values()} == {("not yet", 0)}


def test_a_cell_of_ones_own_that_answers_nothing_starts_no_notebook(kit, selfcheck, tmp_path):
    path = tmp_path / f"{LIGHT}.ipynb"
    tried = {"parameters-dense": "n = 3 * 4 + 4\nprint(n)", "parameters-mlp": "# dense_parameters = ?"}
    nbformat.write(with_own(nbformat.read(kit / LIGHT / path.name, as_version=4), tried), path)
    assert not selfcheck.is_started(path)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_in_a_new_cell_in_the_place_of_the_old_one_is_done(kit, selfcheck, name, tmp_path):
    notebook, slots = solved(kit, name), reference_answers(ASSIGNMENTS[name])
    notebook.cells = [nbformat.v4.new_code_cell(cell.source) if cell.id in slots else cell for cell in notebook.cells]
    lines = judged(selfcheck, notebook, tmp_path / f"{name}.ipynb")
    assert {(line.state, tuple(line.sentences)) for line in lines.values()} == {("done", ())}


@pytest.mark.parametrize("has_ids", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_cells_whose_names_a_program_dropped_are_known(kit, selfcheck, name, tmp_path, has_ids):
    path = tmp_path / f"{name}.ipynb"
    for notebook in (nbformat.read(kit / name / path.name, as_version=4), solved(kit, name)):
        known = selfcheck.released(selfcheck.COURSE[name])
        names = [cell.id if cell.id in known else None for cell in notebook.cells]
        for number, cell in enumerate(notebook.cells):
            cell.metadata = {}
            if has_ids:
                cell.id = f"new-{number}"
            else:
                notebook.nbformat_minor = 4
                del cell["id"]
        nbformat.write(notebook, path)
        read = selfcheck.read(path)
        assert selfcheck.identify(path, read) == name
        found = [selfcheck.slot_of(cell) for cell in read.cells]
        assert [slot if slot in known else None for slot in found] == names
        assert selfcheck.structure(path, name, selfcheck.copies_by_slot(read)) == []
    copies = selfcheck.copies_by_slot(read)
    assert {selfcheck.judge_answer(one, copies).state for one in selfcheck.COURSE[name]["answers"]} <= {"written"}


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("parameters-dense", ("wrong", ["Your cell: {}"])),
        ("parameters-dense-test", ("wrong", ["{}"])),
        ("parameters-code-01", ("done", [])),
    ],
)
def test_a_cell_that_is_no_longer_code_is_said_and_is_not_missing(
    kit, selfcheck, monkeypatch, tmp_path, capsys, kind, slot, said
):
    path, notebook = tmp_path / f"{LIGHT}.ipynb", solved(kit, LIGHT)
    make = {"raw": nbformat.v4.new_raw_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    notebook.cells = [
        make(cell.source, id=cell.id, metadata=cell.metadata) if cell.id == slot else cell for cell in notebook.cells
    ]
    nbformat.write(notebook, path)
    cells = selfcheck.read(path)
    name, copies = selfcheck.identify(path, cells), selfcheck.copies_by_slot(cells)
    code = [selfcheck.slot_of(cell) for cell in cells.cells if cell.cell_type == "code"]
    monkeypatch.setattr(selfcheck, "run", lambda *_: ((one, selfcheck.Run()) for one in code))
    line = next(selfcheck.tasks_as_they_run(path, cells, name, copies, 1))
    sentence = f"{slot} is a {kind} cell, which is not run: make it a code cell (Esc, then Y)."
    assert (line.state, line.sentences) == (said[0], [text.format(sentence) for text in said[1]])
    assert selfcheck.structure(path, name, copies) == []
    assert capsys.readouterr().out == ("" if said[1] else f"note     {sentence}\n")


def test_what_colab_saves_is_recognised(kit, selfcheck, tmp_path):
    notebook = solved(kit, LIGHT)
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.metadata["id"] = cell.pop("id")
    lines = judged(selfcheck, notebook, tmp_path / f"{LIGHT}.ipynb")
    assert {line.state for line in lines.values()} == {"done"}


def test_another_name_of_the_file_is_said(kit, selfcheck, tmp_path):
    path = tmp_path / "Copy of it (1).ipynb"
    nbformat.write(solved(kit, LIGHT), path)
    notebook = selfcheck.read(path)
    name = selfcheck.identify(path, notebook)
    assert selfcheck.structure(path, name, selfcheck.copies_by_slot(notebook)) == [
        f"This is the notebook {LIGHT}: call it {LIGHT}.ipynb before you hand it in."
    ]


def test_a_changed_locked_cell_is_said(kit, selfcheck, tmp_path):
    path, notebook = tmp_path / f"{LIGHT}.ipynb", solved(kit, LIGHT)
    next(cell for cell in notebook.cells if cell.id == "parameters-code-01").source += "\nprint(1)"
    nbformat.write(notebook, path)
    assert selfcheck.structure(path, LIGHT, selfcheck.copies_by_slot(selfcheck.read(path))) == [
        "The cell parameters-code-01 was changed: when graded, the original is used."
    ]


OF_ANOTHER_COURSE = nbformat.v4.new_notebook(
    cells=[nbformat.v4.new_markdown_cell("YOUR ANSWER HERE"), nbformat.v4.new_code_cell("import numpy as np")]
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no notebook that Jupyter can read"),
        (b'{"cells": [', "no notebook that Jupyter can read"),
        (b'["no", "notebook"]', "no notebook that Jupyter can read"),
        (bytes(range(256)), "no notebook that Jupyter can read"),
        (json.dumps(nbformat.v4.new_notebook()).encode(), "none of the cells of this course"),
        (nbformat.writes(OF_ANOTHER_COURSE).encode(), "none of the cells of this course"),
        (None, "There is no file"),
    ],
)
def test_a_file_that_is_no_notebook_of_the_course_is_one_sentence(selfcheck, tmp_path, capsys, content, sentence):
    path = tmp_path / f"{LIGHT}.ipynb"
    if content is not None:
        path.write_bytes(content)
    assert selfcheck.main([str(path)]) == 2
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert sentence in said[0]


def test_a_name_that_is_none_lists_those_that_are(selfcheck, capsys):
    assert selfcheck.main(["parametres"]) == 2
    assert capsys.readouterr().out == (
        f"There is no notebook 'parametres' in this kit: there are {', '.join(NAMES)}.\n"
    )


def test_a_kit_in_which_nothing_was_started_says_so(selfcheck, capsys):
    assert selfcheck.main([]) == 1
    assert "No notebook has been started yet" in capsys.readouterr().out


STUB = 'def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError("Return the \\"sum\\".")'
# What libraries make of the sentence of a stub in code that they compile or call, and what they raise themselves.
NOT_IMPLEMENTED = {
    'Return the "sum".': 'Return the "sum".',
    'in user code:\n\n    File "x.py", line 2, in f  *\n        g(x)\n\n    NotImplementedError: Return the "sum".\n': (
        'Return the "sum".'
    ),
    'Exception encountered when calling L.call().\n\n\x1b[1mReturn the "sum".\x1b[0m\n\nArguments: x=1': (
        'Return the "sum".'
    ),
    "Cannot convert a symbolic tf.Tensor (x:0) to a numpy array.": None,
    "numpy() is only available when eager execution is enabled.": None,
    "Exception encountered when calling L.call().\n\n\x1b[1mLayer L does not have a `call` method.\x1b[0m": None,
    "": None,
}


@pytest.mark.parametrize(
    ("ename", "evalue"),
    [
        ("AssertionError", "You returned 1,\n expected 2."),
        ("AssertionError", ""),
        *(("NotImplementedError", text) for text in NOT_IMPLEMENTED),
        ("NameError", "name 'f' is not defined"),
    ],
)
def test_a_failure_reads_as_in_the_feedback(selfcheck, ename, evalue):
    said = selfcheck.sentence_of(ename, evalue, STUB).replace("It stopped", "The test stopped")
    assert said == sentence_of(ename, evalue, STUB)


@pytest.mark.parametrize(("evalue", "said"), NOT_IMPLEMENTED.items())
def test_what_is_not_written_yet_is_told_from_what_a_library_cannot_do(selfcheck, evalue, said):
    assert selfcheck.said_by_a_stub("NotImplementedError", evalue, STUB) == said


def test_a_task_is_not_yet_done_where_its_stub_says_so_and_wrong_where_a_library_says_it_cannot(selfcheck):
    test = {"id": "a-test", "points": 2, "digest": selfcheck.digest("f(1)")}
    task = {"id": "a", "title": "A", "stub": selfcheck.digest(STUB), "defines": ["f"], "tests": [test]}
    states = {}
    for evalue, said in NOT_IMPLEMENTED.items():
        runs = {"a-test": selfcheck.Run(error=("NotImplementedError", evalue))}
        line = selfcheck.judge(task, {"a": [f"import numpy\n{STUB}"], "a-test": ["f(1)"]}, runs)
        states[line.state, said is None] = line.sentences
    assert states.keys() == {("not yet", False), ("wrong", True)}


def test_a_letter_that_a_terminal_lacks_is_spelt(selfcheck):
    selfcheck.codecs.register_error("plain", selfcheck.plain)
    assert "expected 10: γ and β, 3×3, x², →".encode(
        "cp1252", "plain"
    ) == "expected 10: gamma and beta, 3×3, x², ?".encode("cp1252")


# --- the self-check, for real -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checked(kit, tmp_path_factory) -> dict[str, subprocess.CompletedProcess]:
    """What the self-check prints in a terminal of Windows for three students, who run it at the same time."""
    wrong = next(one for one in fixtures(COURSE, ASSIGNMENTS[LIGHT]) if one.name == WRONG)
    notebooks = {
        "untouched": nbformat.read(kit / LIGHT / f"{LIGHT}.ipynb", as_version=4),
        "reference": solved(kit, LIGHT),
        "wrong": solved(kit, LIGHT, **wrong.answers),
    }
    running = {}
    for student, notebook in notebooks.items():
        path = tmp_path_factory.mktemp(student) / f"{LIGHT}.ipynb"
        nbformat.write(notebook, path)
        before = path.read_bytes()
        process = subprocess.Popen(
            [sys.executable, "-W", "error", kit / "selfcheck.py", path],
            env={**os.environ, "PYTHONIOENCODING": "cp1252"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        running[student] = process, path, before
    results = {}
    for student, (process, path, before) in running.items():
        out, err = process.communicate()
        assert path.read_bytes() == before, "the file of the student was changed"
        assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
        results[student] = subprocess.CompletedProcess(
            process.args, process.returncode, out.decode("cp1252"), err.decode("cp1252")
        )
    return results


def test_the_reference_is_done(checked):
    done = checked["reference"]
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^(not yet|wrong|note)", done.stdout, re.M) == []
    assert "10 of 10 tasks done, 25 of 25 points by public tests" in done.stdout


def test_of_an_untouched_notebook_nothing_is_done(checked):
    done = checked["untouched"]
    assert (done.returncode, done.stderr) == (1, "")
    assert re.findall(r"^(done|wrong|written|note)", done.stdout, re.M) == []
    assert "0 of 10 tasks done, 0 of 25 points by public tests" in done.stdout


def test_a_wrong_answer_gets_the_sentence_of_its_test_and_the_rest_goes_on(checked):
    done = checked["wrong"]
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    wrong = [number for number, line in enumerate(lines) if line.startswith("wrong")]
    assert [lines[number + 1].strip() for number in wrong] == [ITS_SENTENCE]
    assert "9 of 10 tasks done, 23 of 25 points by public tests" in done.stdout


def test_it_says_that_hidden_tests_try_other_inputs(checked):
    assert all("Hidden tests try other inputs" in done.stdout for done in checked.values())


STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


ENDED = "the kernel ended in the cell cell-4 before it."
UNSTOPPABLE = "the cell cell-4 before it could not be stopped."
BY_PROCESSOR = "It used more than 2 s of processor time and was stopped."
BY_CLOCK = "It ran longer than 8 s and was stopped."
BUSY = 60  # times a limit by the clock, which other work on this computer does not reach
IN_CHILDREN = """
import subprocess, sys
[one.wait() for one in [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]]
"""


@pytest.mark.parametrize(
    ("clock", "endless", "said", "last", "how", "why"),
    [
        (BUSY, "while True:\n    pass", BY_PROCESSOR, "import os; os._exit(1)", "It ended the kernel.", ENDED),
        (BUSY, IN_CHILDREN, BY_PROCESSOR, STUBBORN, BY_PROCESSOR.replace("was", "could not be"), UNSTOPPABLE),
        (4, "import time\ntime.sleep(10**6)", BY_CLOCK, "import os; os._exit(1)", "It ended the kernel.", ENDED),
    ],
)
def test_a_cell_that_hangs_is_stopped_and_the_kernel_goes_on_until_it_ends(
    selfcheck, monkeypatch, tmp_path, clock, endless, said, last, how, why
):
    monkeypatch.setattr(selfcheck, "CLOCK", clock)
    monkeypatch.setattr(selfcheck, "GRACE", 3)
    sources = ["n = 1", endless, "assert n == 2, 'n is 1'", "print('x' * 10**7)", last, "n"]
    cells = [nbformat.v4.new_code_cell(text, metadata={"slot": f"cell-{k}"}) for k, text in enumerate(sources)]
    runs = selfcheck.run(tmp_path / "any.ipynb", nbformat.v4.new_notebook(cells=cells), timeout=2)
    errors = [run.error for _, run in runs]
    assert errors == [
        None,
        ("CellTimeoutError", f"{said} {selfcheck.MORE}"),
        ("AssertionError", "n is 1"),
        None,
        ("CellTimeoutError", how),
        ("NotRun", f"It was not run: {why}"),
    ]


def test_what_a_busy_computer_makes_slow_is_not_stopped(selfcheck, tmp_path):
    """A cell that takes twice its limit by the clock, and uses less than that of processors."""
    slow = "import time\nbegin = time.monotonic()\nwhile time.monotonic() - begin < 4: time.sleep(0.01)"
    cells = [nbformat.v4.new_code_cell(slow, metadata={"slot": "slow"})]
    (run,) = [run for _, run in selfcheck.run(tmp_path / "any.ipynb", nbformat.v4.new_notebook(cells=cells), timeout=2)]
    assert run.error is None
    assert run.seconds > 4


def test_a_cell_may_use_what_it_may_use_when_it_is_graded(selfcheck):
    assert COURSE.config().Execute.timeout == selfcheck.TIMEOUT


# --- Colab ------------------------------------------------------------------------------------------------------------


class Browser(types.ModuleType):
    """Stands for google.colab.files: uploads what it is told to, into the working folder."""

    def __init__(self, chosen: Path | None = None) -> None:
        super().__init__("google.colab.files")
        self.chosen, self.asked = chosen, 0

    def upload(self) -> None:
        self.asked += 1
        if self.chosen:
            Path(self.chosen.name).write_bytes(self.chosen.read_bytes())


@pytest.fixture
def on_colab(monkeypatch, tmp_path):
    """A function that runs the cell for Colab of a notebook in an empty folder, with what the browser would upload."""
    monkeypatch.chdir(tmp_path)

    def run(cell: str, browser: Browser) -> None:
        colab = types.ModuleType("google.colab")
        colab.files = browser
        for module in (types.ModuleType("google"), colab, browser):
            monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(cell, "colab", "exec"), {})

    return run


def colab_cell(name: str, repository: str | None = None) -> str:
    files = sorted(path.name for path in (ROOT / "release" / name).iterdir() if path.suffix != ".ipynb")
    notebook = with_colab(released(name), name, files, repository)
    return next(cell.source for cell in notebook.cells if cell.id == COLAB_CELL)


def test_elsewhere_the_cell_for_colab_does_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(colab_cell(LIGHT), "colab", "exec"), {})
    assert (capsys.readouterr().out, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.parametrize("name", NAMES)
def test_on_colab_the_kit_is_asked_for_where_files_are_needed(kit, on_colab, name, capsys, tmp_path):
    browser = Browser(kit.with_suffix(".zip"))
    on_colab(colab_cell(name), browser)
    files = {path.name: path.read_bytes() for path in (kit / name).iterdir() if path.suffix != ".ipynb"}
    assert browser.asked == bool(files)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".zip"} == files
    assert capsys.readouterr().out.endswith("Ready.\n")


WITH_FILES = [name for name in NAMES if list(ASSIGNMENTS[name].files.glob("*.npz"))]


def test_on_colab_a_kit_that_was_not_chosen_is_one_sentence(on_colab):
    with pytest.raises(FileNotFoundError, match="run this cell again, and choose the zip file of the kit"):
        on_colab(colab_cell(WITH_FILES[0]), Browser())


@pytest.mark.parametrize("name", WITH_FILES)
def test_on_colab_files_of_a_public_kit_are_fetched(kit, on_colab, monkeypatch, name, tmp_path):
    def urlopen(address: str):
        place = "https://raw.githubusercontent.com/ada/a.kit/spring/"
        assert address.startswith(place)
        return (kit / address.removeprefix(place)).open("rb")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    browser = Browser()
    on_colab(colab_cell(name, "ada/a.kit@spring"), browser)
    assert browser.asked == 0
    assert {path.name for path in tmp_path.iterdir()} == {p.name for p in (kit / name).iterdir()} - {f"{name}.ipynb"}


def test_on_colab_what_is_too_old_is_installed_and_a_restart_asked_for(on_colab, monkeypatch):
    called = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: called.append(command))
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.0")
    with pytest.raises(RuntimeError, match=re.escape("'Runtime > Restart session', then run this cell again")):
        on_colab(colab_cell(LIGHT), Browser())
    assert called == [[sys.executable, "-m", "pip", "install", "--quiet", *libraries.requirements()]]


@pytest.mark.parametrize(
    ("repository", "place"),
    [("ada/cosmology", "ada/cosmology/blob/main"), ("ada/a.kit@spring/2", "ada/a.kit/blob/spring/2")],
)
def test_a_badge_opens_the_notebook_of_the_public_kit(tmp_path, repository, place):
    kit, _ = write_kit(course(tmp_path / "course"), NAMES, repository)
    for name in NAMES:
        url = f"https://colab.research.google.com/github/{place}/{name}/{name}.ipynb"
        assert colab_url(repository, name) == url
        note = nbformat.read(kit / name / f"{name}.ipynb", as_version=4).cells[1].source
        assert note.startswith(f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({url})")
        assert f"[{name}]({url})" in (kit / "START.md").read_text(encoding="utf-8")


def test_without_a_public_kit_there_is_no_badge(kit):
    for name in NAMES:
        assert "badge" not in (kit / name / f"{name}.ipynb").read_text(encoding="utf-8")


# --- how notebooks read, beside tests/test_alt_text.py ----------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_pictures_and_links_have_a_text(name):
    mute = []
    for cell, tokens in markdown_of(name):
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if (token.type == "image" and not token.content.strip()) or (
                token.type == "link_open" and following.type == "link_close"
            ):
                mute.append((cell, token.attrs))
            if token.type.startswith("html") and re.search(r"<img(?![^>]*alt=\"[^\"]+\")", token.content):
                mute.append((cell, token.content))
    assert not mute


@pytest.mark.parametrize("name", NAMES)
def test_prose_leaves_colours_to_the_theme(name):
    html = [(cell, token.content) for cell, tokens in markdown_of(name) for token in tokens if token.type[:4] == "html"]
    assert not [(cell, text) for cell, text in html if re.search(r"<font|style=|color=|<style", text)]


@pytest.mark.parametrize("name", NAMES)
def test_hints_open_with_a_summary(name):
    for cell in released(name).cells:
        if cell.cell_type == "markdown":
            assert cell.source.count("<details>") == len(
                re.findall(r"<details>\s*<summary>[^<]+</summary>", cell.source)
            )
            assert cell.source.count("<details>") == cell.source.count("</details>"), cell.id
