"""A small course whose tests fail in the ways that people meet: what they read then is true, and says what to do."""

import ast
import functools
import html
import re
import shutil
import time
import unicodedata

import nbformat
import pytest
from helpers import ROOT, GradedCourse, configure, hand_in, must, read_results, run
from nbformat.v4 import new_code_cell, new_notebook, new_output

from graders.build import register
from graders.classroom.grades import read_grades
from graders.classroom.grading import grade, pending
from graders.plugins.execute import SealedExecute, explain
from graders.plugins.notes import KEY, MOST
from graders.sealed import service
from graders.sealed.grader import Transcript
from graders.sealed.inside.wire import NO_INPUT
from graders.sealed.outputs import timeout_error
from graders.source import read_assignment

SCRIPT = '''# A small assignment.
# %% [markdown]
# # Toy
#
# **What you will learn**
#
# - nothing.
#
# %%
{setup}
# %% [markdown]
# ### Task 1: one (2 points)
#
# Return one.
#
# %% solution="toy-one"
def one():
    """One."""
    ### BEGIN SOLUTION: Return one.
    return 1
    ### END SOLUTION


# %% test="toy-one" points=2
got = one()
assert got == 1, f"one() returned {{got}}, expected 1."
### BEGIN HIDDEN TESTS
assert one() == 1
### END HIDDEN TESTS
'''


def brief_failures() -> str:
    """The part of the common set-up that shows failed tests, without its imports of libraries."""
    text = (ROOT / "parts" / "setup.py").read_text(encoding="utf-8")
    nodes = ast.parse(text).body
    parts = [
        ast.get_source_segment(text, node)
        for node in nodes
        if "get_ipython" in ast.unparse(node) or getattr(node, "name", "") == "show_failed_test_briefly"
    ]
    return "\n".join(["import traceback", *parts])


APART = functools.partial(unicodedata.normalize, "NFD")  # letters and their accents, as in what macOS packs
ANSWERS = {
    "right": "def one():\n    return 1",
    "wrong": "def one():\n    return 2",
    "own_error": "def deep():\n    assert False, 'mine'\ndef one():\n    return deep()",
    "stub": 'def one():\n    # YOUR CODE HERE\n    raise NotImplementedError("Return one.")',
    "library": "import io\ndef one():\n    raise NotImplementedError('numpy() is only available in eager mode')",
    "library_within": "import asyncio\ndef one():\n    return asyncio.AbstractEventLoop().time()",
    "asks": "n = input('How many? ')\ndef one():\n    return 1",
    "asks_when_called": "def one():\n    return int(input())",
    "asks_for_a_password": "import getpass\ngetpass.getpass()\ndef one():\n    return 1",
    "package": "import pandas_of_nobody.frames as pd\ndef one():\n    return 1",
    "package_from": "from tqdm_of_nobody import tqdm\ndef one():\n    return 1",
    "package_of_no_import": "raise ModuleNotFoundError(f\"No module named '{'a' + 'b'}'\")\ndef one():\n    return 1",
    "leaves": "def one():\n    return 1\nimport sys\nsys.exit()",
    "leaves_by_exit": "def one():\n    return 1\nexit()",
    "leaves_by_quit": "def one():\n    return 1\nquit()",
    "leaves_by_raising": "def one():\n    return 1\nraise SystemExit('done')",
    "magic_of_windows": "%matplotlib widget\ndef one():\n    return 1",
    "magic_of_a_notebook": "%matplotlib notebook\n%matplotlib --list\ndef one():\n    return 1",
    "magic_of_colab": "%tensorflow_version 2.x\n%tensorboard --logdir x\ndef one():\n    return 1",
    "magic_of_an_extension": "%load_ext lab_black_of_nobody\n%reload_ext of_nobody\ndef one():\n    return 1",
    "debugger": "def one():\n    breakpoint()\n    return 1",
    "debugger_of_pdb": "import pdb\npdb.set_trace()\ndef one():\n    pdb.set_trace()\n    return 1",
    "debugger_of_ipython": "from IPython.core.debugger import set_trace\ndef one():\n    set_trace()\n    return 1",
    "key": "def one():\n    return {}['two']",
    "no_file": "def one():\n    return open('data of nobody.csv')",
    "not_text": "def one():\n    return b'\\xff'.decode()",
    "typo": "def One():\n    return 1",
    "package_within": "def one():\n    import pandas_of_nobody.frames\n    return 1",
    "package_not_written": "def one():\n    raise ModuleNotFoundError(\"No module named 'numpy'\")",
    "pasted": "def one():\n    return\u00a01",
    "pasted_minus": "def one():\n    return 2 − 1",
    "exits_within": "def one():\n    exit()\n    return 1",
    "file_apart": "def one():\n    return int(open('größe.csv').read())",
    "file_apart_in_code": f"def one():\n    return int(open('{APART('größe')}.csv').read())",
    "folder_apart": "def one():\n    return int(open('größe/größe.csv').read())",
    "module_apart": "from größe import one",
    "module_apart_in_code": f"from {APART('größe')} import one",
    "capitals": "def one():\n    return int(open('Data.csv').read())",
    "capitals_at_once": "one = open('./data/X.CSV').read()",
    "capitals_in_numpy": "import numpy as np\nnp.loadtxt('Data.csv')",
    "capitals_in_a_module": "from Helpers import one",
    "capitals_in_a_package": "from mine.Helpers import one",
    "capitals_in_a_script": "%run Helpers",
    "backslash": "def one():\n    return int(open('data\\\\x.csv').read())",
    "backslash_and_a_letter": "def one():\n    return int(open('data\\new.csv').read())",
    "other_place": "def one():\n    return open('other/data.csv')",
    "notebook": "%run other.ipynb",
    "notebook_when_called": "def one():\n    return open('toy.ipynb')",
    "sleeps_at_first": "import os, time\ntime.sleep(1000 * int(os.environ['COURSE_SEED']))\ndef one():\n    return 1",
}
BESIDE = {  # files beside the notebooks, whose names macOS and Windows take for the ones that are asked for
    "file_apart": f"{APART('größe')}.csv",
    "file_apart_in_code": f"{APART('größe')}.csv",
    "folder_apart": f"{APART('größe')}/{APART('größe')}.csv",
    "module_apart": f"{APART('größe')}.py",
    "module_apart_in_code": f"{APART('größe')}.py",
    "capitals": "data.csv",
    "capitals_at_once": "Data/x.csv",
    "capitals_in_numpy": "data.csv",
    "capitals_in_a_module": "helpers.py",
    "capitals_in_a_package": "mine/helpers.py",
    "capitals_in_a_script": "helpers.py",
    "backslash": "data/x.csv",
    "backslash_and_a_letter": "data/new.csv",
    "other_place": "data.csv",
    "notebook": "other.ipynb",
}
NOT_WRITTEN = "Not written yet: Return one."
NO_NAME = "Name 'one' is not defined: no cell above defines it, or the one that does stopped with an error."
ASKS = "it asks for keyboard input, and nobody types while it is graded"
NEITHER = "which is neither installed where it is graded nor handed in beside the notebook."
PASTED = (
    "The cell toy-one has in line 2 the character {}, at which Python stops: it came with pasted text, or from another "
    "keyboard; type it again."
)
CALLS = "What the test toy-one-test calls"
NO_FILE = "The test stopped with FileNotFoundError: [Errno 2] No such file or directory: '{}'"
OTHERWISE = "and the file is called {}: where it is graded, capitals count, and / stands between folders."
NO_NOTEBOOK = (
    "reads a notebook, and none is there while this one is graded: what it needs from another goes into this one, "
    "or into a .py file beside it."
)
OTHER_NAME = f"asks for a file by another name, {OTHERWISE}"
# The points, the sentence of the failed test, and the notes.
EXPECTED = {
    "right": (2, None, []),
    "wrong": (0, "one() returned 2, expected 1.", []),
    "own_error": (0, "mine", []),
    "stub": (0, NOT_WRITTEN, []),
    "library": (0, "The test stopped with NotImplementedError: numpy() is only available in eager mode", []),
    "library_within": (0, "The test stopped with NotImplementedError", []),
    "asks": (0, NO_NAME, [f"The cell toy-one was stopped: {ASKS}."]),
    "asks_when_called": (0, f"The test stopped with EOFError: {ASKS}", []),
    "asks_for_a_password": (0, NO_NAME, [f"The cell toy-one was stopped: {ASKS}."]),
    "package": (0, NO_NAME, [f"The cell toy-one imports pandas_of_nobody, {NEITHER}"]),
    "package_from": (0, NO_NAME, [f"The cell toy-one imports tqdm_of_nobody, {NEITHER}"]),
    "package_of_no_import": (0, NO_NAME, []),
    "key": (0, "The test stopped with KeyError: 'two'", []),
    "no_file": (
        0,
        "The test stopped with FileNotFoundError: [Errno 2] No such file or directory: 'data of nobody.csv'",
        [],
    ),
    "not_text": (
        0,
        "The test stopped with UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: "
        "invalid start byte",
        [],
    ),
    **{name: (2, None, []) for name in ANSWERS if "_apart" in name},
    "capitals": (0, NO_FILE.format("Data.csv"), [f"{CALLS} {OTHER_NAME.format('data.csv')}"]),
    "capitals_at_once": (0, NO_NAME, [f"The cell toy-one {OTHER_NAME.format('Data/x.csv')}"]),
    "capitals_in_numpy": (0, NO_NAME, [f"The cell toy-one {OTHER_NAME.format('data.csv')}"]),
    "capitals_in_a_module": (0, NO_NAME, [f"The cell toy-one imports Helpers, {OTHERWISE.format('helpers.py')}"]),
    "capitals_in_a_package": (
        0,
        NO_NAME,
        [f"The cell toy-one imports mine.Helpers, {OTHERWISE.format('mine/helpers.py')}"],
    ),
    "capitals_in_a_script": (0, NO_NAME, [f"The cell toy-one {OTHER_NAME.format('helpers.py')}"]),
    "backslash": (0, NO_FILE.format(r"data\\x.csv"), [f"{CALLS} {OTHER_NAME.format('data/x.csv')}"]),
    "backslash_and_a_letter": (0, NO_FILE.format(r"data\new.csv"), [f"{CALLS} {OTHER_NAME.format('data/new.csv')}"]),
    "other_place": (0, NO_FILE.format("other/data.csv"), []),
    "notebook": (0, NO_NAME, [f"The cell toy-one {NO_NOTEBOOK}"]),
    "notebook_when_called": (0, NO_FILE.format("toy.ipynb"), [f"{CALLS} {NO_NOTEBOOK}"]),
    "typo": (0, NO_NAME, []),
    "package_within": (
        0,
        "The test stopped with ModuleNotFoundError: No module named 'pandas_of_nobody'",
        [f"What the test toy-one-test calls imports pandas_of_nobody, {NEITHER}"],
    ),
    "package_not_written": (0, "The test stopped with ModuleNotFoundError: No module named 'numpy'", []),
    "pasted": (0, NO_NAME, [PASTED.format("U+00A0 (no-break space)")]),
    "pasted_minus": (0, NO_NAME, [PASTED.format("U+2212 (minus sign)")]),
    **{name: (2, None, []) for name in ANSWERS if name.startswith(("leaves", "exits", "magic", "debugger"))},
}
UNFINISHED = "sleeps_at_first"


def toy_course(root) -> GradedCourse:
    (root / "source").mkdir()
    script = root / "source" / "toy.py"
    script.write_text(SCRIPT.format(setup=brief_failures()), encoding="utf-8")
    course = GradedCourse(root, read_assignment(script))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    register(course.assignment, course)
    return course


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Everyone graded sealed: first with a seed that has one of them sleep, then with the usual one."""
    course = toy_course(tmp_path_factory.mktemp("toy"))
    configure(course, "c.Execute.timeout = 20", "c.SealedExecute.idle_factor = 0.1")
    for name in (*EXPECTED, UNFINISHED):
        hand_in(course, name, {"toy-one": ANSWERS[name]}, functools.partial(write_beside, BESIDE.get(name)))
    return course


def write_beside(name, notebook, path):
    """Writes a notebook, and a file of that name beside it."""
    nbformat.write(notebook, path)
    if name:
        beside = path.parent / name
        beside.parent.mkdir(exist_ok=True)
        beside.write_text({".csv": "1", ".py": "def one():\n    return 1", ".ipynb": "{}"}[beside.suffix])


@pytest.fixture(scope="module")
def runs(course):
    """What `course grade` says of a run in which one of them sleeps, of a second one, and then of one in which not."""
    config, said = course.config(), []
    with pytest.MonkeyPatch.context() as patch, service.started(SealedExecute(config=config).limits):
        for seed in ("1", "1", "0"):
            patch.setenv("COURSE_SEED", seed)
            waiting = pending(course, ["toy"], [], force=False)
            said.append({done.submission.student: done.failure for done in grade(course, waiting, 2, config)})
            if len(said) == 2:
                said[1]["table"] = {one.student: (one.auto, one.notes) for one in read_grades(course, ["toy"])}
    done = run(course.root, "nbgrader", "generate_feedback", "toy")
    assert "WARNING" not in done.stderr
    read_results(course)
    return said


def test_who_is_ended_by_the_clock_is_not_graded_and_the_next_run_tries_again(course, runs):
    first, second, third = runs
    sentence = (
        "The notebook was stopped in the cell toy-one: it has slept, or waited for something, for 2 s. "
        "So it is not graded, nothing is recorded, and the next run tries again."
    )
    assert first == {UNFINISHED: sentence} | dict.fromkeys(EXPECTED)
    auto, notes = second.pop("table")[UNFINISHED]
    assert auto is None
    assert notes
    assert second == {UNFINISHED: sentence}
    assert third == {UNFINISHED: None}
    assert course.students[UNFINISHED].points == 2


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_said_is_true(course, runs, name):
    points, sentence, notes = EXPECTED[name]
    got = course.students[name]
    assert (got.points, got.failures.get("toy-one-test"), got.notes) == (points, sentence, notes)
    # of an error of the student's code, the page says the kind alone, and of what asks for input what was asked
    shown = NO_INPUT if name == "asks_when_called" else re.split(":| with ", sentence or "")[0]
    assert html.escape(shown, quote=False) in got.feedback


def test_nbgrader_alone_fails_with_the_sentence_and_records_nothing(tmp_path):
    course = toy_course(tmp_path)
    configure(course, "c.Execute.timeout = 20", "c.SealedExecute.idle_factor = 0.1")
    hand_in(course, UNFINISHED, {"toy-one": ANSWERS[UNFINISHED]})
    done = run(course.root, "nbgrader", "autograde", "toy", COURSE_SEED="1")
    assert done.returncode != 0
    assert "it has slept, or waited for something, for 2 s. So it is not graded, nothing is recorded" in done.stderr
    assert not course.graded(UNFINISHED, "toy").exists()
    assert [one.auto for one in read_grades(course, ["toy"])] == [None]


# --- in the student's own notebook ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(course):
    """The notebook of each student, run in a plain kernel by nbgrader, without a sandbox."""
    course = GradedCourse(course.root, course.assignment)
    some = ["wrong", "own_error", "stub", "asks"]
    for name in some:
        options = ["--student", name, "--force", "--SealedExecute.unsealed=True"]
        must(course.root, "nbgrader", "autograde", "toy", *options)
    read_results(course)
    return {name: nbformat.read(course.graded(name, "toy") / "toy.ipynb", as_version=4) for name in some}, course


def error_of(notebook, cell_id: str):
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return next(output for output in cell.outputs if output.output_type == "error")


def test_a_failed_test_shows_its_sentence_first_and_alone(runs, plain):
    notebooks, course = plain
    error = error_of(notebooks["wrong"], "toy-one-test")
    assert error.traceback == ["one() returned 2, expected 1."]
    assert (error.ename, error.evalue) == ("AssertionError", "one() returned 2, expected 1.")
    assert course.students["wrong"].points == 0
    assert course.students["wrong"].failures == {"toy-one-test": "one() returned 2, expected 1."}


def test_an_error_in_the_students_own_code_keeps_its_trace(runs, plain):
    notebooks, _ = plain
    for name, where in {"own_error": "deep", "stub": "one"}.items():
        trace = "\n".join(error_of(notebooks[name], "toy-one-test").traceback)
        assert "Traceback" in trace
        assert f"{where}()" in trace


def test_a_plain_kernel_says_that_nobody_types(runs, plain):
    assert f"The cell toy-one was stopped: {ASKS}." in plain[1].students["asks"].notes


def test_validate_still_sees_the_error(runs, plain, course):
    path = course.submitted("wrong", "toy") / "toy.ipynb"
    done = run(course.root, "nbgrader", "validate", str(path))
    assert "VALIDATION FAILED ON 1 CELL" in done.stdout.upper()
    assert "one() returned 2, expected 1." in done.stdout


# --- notes tell nothing of hidden tests -------------------------------------------------------------------------------

SECRET = 918273645
TELLING = {
    "a package": ("ModuleNotFoundError", f"No module named 'numpy.x{SECRET}'"),
    "a package that is no import": ("ModuleNotFoundError", f"No module named '{SECRET}'"),
    "a line": ("SyntaxError", f"invalid character '×' (U+00D7) (<x>, line {SECRET})"),
    "a letter": ("SyntaxError", f"invalid character '×' (U+{SECRET % 65536:04X}) (<x>, line 1)"),
    "a question": ("EOFError", f"{NO_INPUT} {SECRET}"),
}


def code_cell(name, source, output=None, **nbgrader):
    cell = new_code_cell(source, id=name, outputs=[output] if output else [])
    return cell | ({"metadata": {"nbgrader": {"grade_id": name, **nbgrader}}} if nbgrader else {})


@pytest.mark.parametrize("what", TELLING)
@pytest.mark.parametrize("place", ["answer", "test", "added"])
def test_a_note_says_nothing_that_was_not_in_the_notebook(place, what):
    ename, evalue = TELLING[what]
    output = new_output("error", ename=ename, evalue=evalue)
    kinds = {"answer": {"solution": True}, "test": {"grade": True}, "added": {}}
    cells = [code_cell("a-test", "assert f()", grade=True), code_cell("b", "import numpy\n'×'", output, **kinds[place])]
    notebook = nbformat.from_dict(new_notebook(cells=cells))
    explain(notebook)
    assert str(SECRET) not in str(notebook.metadata)
    assert place != "added" or not notebook.metadata


@pytest.mark.parametrize("place", ["answer", "added"])
def test_of_a_cell_one_thing_is_said_at_most(place):
    """A cell may show thousands of errors, each of which one could choose by what a test has asked."""
    kinds = {"answer": {"solution": True}, "added": {}}
    names = [f"package{number}" for number in range(30)]
    errors = [new_output("error", ename="ModuleNotFoundError", evalue=f"No module named '{name}'") for name in names]
    errors += [new_output("error", ename="SyntaxError", evalue="invalid character '×' (U+00D7) (<x>, line 1)")]
    cell = code_cell("b", "\n".join([*(f"import {name}" for name in names), "'×'"]), **kinds[place])
    cell["outputs"] = errors
    notebook = nbformat.from_dict(new_notebook(cells=[code_cell("a-test", "assert f()", grade=True), cell]))
    explain(notebook)
    assert len(notebook.metadata.get(KEY, [])) == (place != "added")


def test_a_notebook_of_thousands_of_cells_has_few_notes_and_takes_no_time():
    output = new_output("error", ename="ModuleNotFoundError", evalue="No module named 'google'")
    notebook = nbformat.from_dict(
        new_notebook(cells=[code_cell(f"c-{number}", "import google", output) for number in range(10_000)])
    )
    begun = time.process_time()
    explain(notebook)
    assert time.process_time() - begun < 10  # more than half an hour, if each were added to all before it
    assert len(notebook.metadata[KEY]) == MOST + 1
    assert notebook.metadata[KEY][-1] == f"{10_000 - MOST} more sentences on this notebook are left out here."


@pytest.mark.parametrize("tested", [False, True])
def test_a_cell_of_ones_own_that_was_stopped_is_named_before_the_tests_alone(tested):
    """A class of error of that name makes one, in as many cells as there are."""
    before = [code_cell("a-test", "1", grade=True)] * tested
    cells = [*before, *(code_cell(f"mine-{number}", "1") for number in range(3))]
    notebook = nbformat.from_dict(new_notebook(cells=cells))
    execute = SealedExecute()
    execute.write(notebook, Transcript([[]] * tested + [[], [timeout_error(execute.timeout)], []]))
    (note,) = notebook.metadata[KEY]
    assert note.startswith("A cell that was added used" if tested else "The cell mine-1 used")


def test_a_students_own_cell_before_any_test_is_explained():
    output = new_output("error", ename="ModuleNotFoundError", evalue="No module named 'google.colab'")
    cells = [code_cell("mine", "from google.colab import drive", output), code_cell("a-test", "1", grade=True)]
    notebook = nbformat.from_dict(new_notebook(cells=cells))
    explain(notebook)
    assert notebook.metadata[KEY] == [f"The cell mine imports google.colab, {NEITHER}"]
