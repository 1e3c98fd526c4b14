"""Cells in the order in which someone ran them in Jupyter, where one may stand anywhere: tests see what they need."""

import ast
import contextlib
import time

import nbformat
import pytest
from nbgrader.utils import is_grade

from graders.plugins.normalise import normalised
from graders.plugins.notes import KEY
from graders.source import read_assignment, stub, to_notebook

SCRIPT = '''
# %%
import os
ONE = 1

# %% solution="toy-two"
def two(x):
    """Twice x."""
    ### BEGIN SOLUTION: Return twice x.
    return x + x
    ### END SOLUTION

# %% test="toy-two" points=1
assert two(4) == 8
### BEGIN HIDDEN TESTS
assert two(5) == 10
### END HIDDEN TESTS

# %%
print(two(1))

# %% solution="toy-pair"
def low(x):
    ### BEGIN SOLUTION: Return less.
    return x - ONE
    ### END SOLUTION


def high(x):
    ### BEGIN SOLUTION: Return more.
    return x + ONE
    ### END SOLUTION

# %% test="toy-pair" points=1
assert (low(4), high(4)) == (3, 5)

# %% test="toy-pair" points=1
assert two(high(1)) == 4
### BEGIN HIDDEN TESTS
assert SECRET
### END HIDDEN TESTS

# %% solution="toy-value"
### BEGIN SOLUTION: Assign value.
value = sum([two(1), 1])
### END SOLUTION

# %% test="toy-value" points=1
assert value == 3
### BEGIN HIDDEN TESTS
assert two(value) == 6
### END HIDDEN TESTS
'''
SCRIPT = SCRIPT.replace("assert SECRET", "assert low(1) == 0 or SECRET")
TESTS = {"toy-two-test", "toy-pair-test", "toy-pair-test-2", "toy-value-test"}
TWO = "def two(x):\n    return x + x"
PAIR = ("def low(x):\n    return x - ONE", "def high(x):\n    return x + ONE")
VALUE = "value = sum([two(1), 1])"
ANSWERS = {"toy-two": TWO, "toy-pair": "\n\n".join(PAIR), "toy-value": VALUE}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "source"
    folder.mkdir()
    (folder / "toy.py").write_text(SCRIPT.lstrip())
    return to_notebook(read_assignment(folder / "toy.py"))


def handed_in(source, changes, *more):
    """What was handed in: the source's cells, of which some say something else, and after some (or all) others."""
    cells = []
    for cell in source.cells:
        is_answer = cell.metadata.nbgrader.solution
        text = changes.get(cell.id, ANSWERS[cell.id] if is_answer else cell.source.partition("### BEGIN")[0].strip())
        cells.append(nbformat.v4.new_code_cell(stub(cell.source) if text is None else text, id=cell.id))
        cells += [nbformat.v4.new_code_cell(text) for after, text in more if after == cell.id]
    return nbformat.v4.new_notebook(cells=[cell for cell in cells if cell.source != "deleted"])


def passed(result):
    """The tests that pass where cells run from top to bottom, whatever one of them stops with."""
    found, names = set(), {}
    for cell in result.cells:
        if cell.cell_type == "code":
            with contextlib.suppress(Exception):
                exec(cell.source.removeprefix("%matplotlib inline"), names)
                found |= {cell.id} if is_grade(cell) else set()
    return found


END, UNWRITTEN = "toy-value-test", dict.fromkeys(ANSWERS)
BELOW = {
    "a new cell below its test, the stub above": ({"toy-two": None}, ("toy-two-test", TWO)),
    "at the end": ({"toy-two": None}, (END, TWO)),
    "two functions of a task in one cell": ({"toy-pair": None}, ("toy-pair-test-2", "\n\n".join(PAIR))),
    "two functions of a task in two cells": ({"toy-pair": None}, *(("toy-pair-test-2", one) for one in PAIR)),
    "between the tests of a task": ({"toy-pair": None}, ("toy-pair-test", "\n\n".join(PAIR))),
    "a value": ({"toy-value": None}, (END, VALUE)),
    "all in one cell": (UNWRITTEN, (END, "\n\n".join(ANSWERS.values()))),
    "all in one cell with a line of IPython": (
        UNWRITTEN,
        (END, "\n\n".join(["%matplotlib inline", *ANSWERS.values()])),
    ),
    "each at the end": (UNWRITTEN, *((END, one) for one in ANSWERS.values())),
    "with a function of their own before it": (
        {"toy-two": None},
        ("toy-two-test", "def plus(x, y):\n    return x + y"),
        ("toy-two-test", "def two(x):\n    return plus(x, x)"),
    ),
    "with a function of their own after it": (
        {"toy-two": None},
        ("toy-two-test", "def two(x):\n    return plus(x, x)"),
        (END, "def plus(x, y):\n    return x + y"),
    ),
    "a value that takes computing, with its function": (
        {"toy-value": None},
        (END, "def train():\n    return 3"),
        (END, "value = train()"),
    ),
    "below a condition": (
        {"toy-two": None},
        ("toy-two-test", f"if ONE:\n    {TWO.replace(chr(10), chr(10) + '    ')}"),
    ),
    "by an import": ({"toy-two": None}, (END, "from copy import copy as one\ntwo = lambda x: one(x) + x")),
    "an import that an answer uses": ({"toy-two": "def two(x):\n    return math.floor(2 * x)"}, (END, "import math")),
    "a function that an answer uses": (
        {"toy-two": "def two(x):\n    return f(x)"},
        (END, "def f(x):\n    return 2 * x"),
    ),
    "a constant that it uses, and its constant": (
        {"toy-two": "def two(x):\n    return B * x"},
        (END, "A = ONE"),
        ("toy-two-test", "B = A + A"),
    ),
    "in the cell of another answer": ({"toy-two": None, "toy-pair": f"{ANSWERS['toy-pair']}\n\n{TWO}"},),
    "in a given cell": ({"toy-two": None, "toy-code-02": f"{TWO}\nprint(two(1))"},),
    "in another test": ({"toy-two": None, "toy-pair-test": f"{TWO}\n{PAIR[0]}\nassert low(4) == 3"},),
    "no stub above": ({"toy-two": "deleted"}, (END, f"{TWO}\n\ndef more(x):\n    return x")),
    "something else above": ({"toy-two": "helper = 1"}, (END, TWO)),
}


@pytest.mark.parametrize("what", BELOW)
def test_what_stands_below_its_test_is_there_when_it_runs(what, source):
    result = normalised(handed_in(source, *BELOW[what]), source, [])
    assert passed(result) == TESTS
    nbformat.validate(result)


IN_ORDER = {
    "answers in their cells": ({},),
    "scratch work below": ({}, (END, "def two(x):\n    return 0"), ("toy-two-test", "def low(x):\n    return 0")),
    "an answer above its stub": ({"toy-two": None}, ("toy-code-01", TWO), (END, "def two(x):\n    return 0")),
    "an answer in another form above": (
        {"toy-two": None},
        ("toy-two", "two, _ = (lambda x: x + x), 0"),
        (END, "def two(x):\n    return 0"),
    ),
    "an answer by a program above": (
        {"toy-two": None},
        ("toy-two", "exec('def two(x):\\n    return x + x')"),
        (END, "def two(x):\n    return 0"),
    ),
    "a local name that is also one below": ({"toy-two": "def two(x):\n    y = x\n    return x + y"}, (END, "y = 5")),
    "a given name": ({}, (END, "ONE = 2\nimport os")),
    "a name of a function of Python's": ({}, (END, "sum = 0\nmax, min = 5, 1")),
    "a global of a function": (
        {"toy-two": "def start():\n    global T\n    T = 2\n\n\nstart()\n\n\ndef two(x):\n    return T * x"},
        (END, "T = 3"),
    ),
    "a name within a list": (
        {"toy-two": "[K := 2 for _ in range(1)]\n\n\ndef two(x):\n    return K * x"},
        (END, "K = 3"),
    ),
    "a builtin": ({"toy-two": "def two(x):\n    return sum([x, x])"}, (END, "print(1)")),
}


@pytest.mark.parametrize("what", IN_ORDER)
def test_what_stands_above_its_test_is_as_it_was_written(what, source):
    notebook = handed_in(source, *IN_ORDER[what])
    result = normalised(notebook, source, [])
    assert passed(result) == TESTS
    assert len([cell for cell in result.cells if cell.cell_type == "code"]) == len(notebook.cells)
    assert KEY not in result.metadata


def test_of_a_cell_below_only_what_is_needed_comes_twice(source):
    """A training, and what defines again what is there, must not run where nobody has put it."""
    more = f"two = None\nn_runs = globals().get('n_runs', 0) + 1\n{PAIR[0]}\n\ndef unused():\n    return 0\n\n{PAIR[1]}"
    result = normalised(handed_in(source, {"toy-pair": None, "toy-value": "value = 3"}, (END, more)), source, [])
    assert passed(result) == TESTS - {"toy-two"}
    (brought,) = [cell.source for cell in result.cells if "def low" in cell.source and "unused" not in cell.source]
    assert ast.unparse(ast.parse(brought)) == ast.unparse(ast.parse("\n\n".join(PAIR)))
    assert result.cells[-1].source == more


@pytest.mark.parametrize(("asked", "count"), [("toy-two", 1), (None, 3)])
def test_what_was_run_before_its_test_is_said(asked, count, source):
    changes = {asked: None} if asked else {**UNWRITTEN}
    more = "\n\n".join(ANSWERS.values())
    notes = normalised(handed_in(source, changes, (END, more)), source, []).metadata[KEY]
    assert len(notes) == count
    assert notes[0] == "What the answer toy-two needs stood below its test, and was run before it, too: move it up."


def test_whether_a_name_is_asked_by_a_hidden_test_is_not_shown(source):
    guessed = handed_in(source, {}, (END, "def SECRET():\n    return 1\n\ndef checks():\n    return 1"))
    assert KEY not in normalised(guessed, source, []).metadata


def test_very_much_code_is_left_in_its_order(source):
    more = [(END, f"{TWO}  # {number} {'x' * 20_000}") for number in range(30)]
    result = normalised(handed_in(source, {"toy-two": None}, *more), source, [])
    assert KEY not in result.metadata


CHAINS = {
    "in one cell": lambda: [chain(range(400))],
    "in many cells": lambda: [chain([number]) for number in range(4000)],
    "in several": lambda: [chain(range(first, first + 400)) for first in range(0, 4000, 400)],
    "a cell of many names": lambda: [" = ".join(f"f{number}" for number in range(20_000)) + " = 1"],
    "no end of brackets": lambda: ["f0 = " + "(" * 10**5],
    "no end of functions": lambda: ["f0 = " + "lambda: " * 10**4 + "1"],
}


def chain(numbers):
    return "\n".join(f"def f{number}(x):\n    return f{number + 1}(x)" for number in numbers)


@pytest.mark.parametrize("what", CHAINS)
def test_functions_that_need_each_other_take_no_time_however_many(what, source):
    answer = "def two(x):\n    return f0(x)"
    begun = time.process_time()
    normalised(handed_in(source, {"toy-two": answer}, *((END, code) for code in CHAINS[what]())), source, [])
    assert time.process_time() - begun < 20
