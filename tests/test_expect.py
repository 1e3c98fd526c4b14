"""What a public test says of an example: right forms pass in silence, and each wrong one gets its own sentence."""

import ast
import traceback
from fractions import Fraction

import numpy as np
import pytest
from helpers import ASSIGNMENTS, NAMES, ROOT

from graders.plugins.held_out import Given, errors_raised_in

PART = (ROOT / "parts" / "expect.py").read_text(encoding="utf-8")
part = {"np": np}
exec(PART, part)
expect = part["expect"]

LIST_AND_TOTAL = {"the list": [16, 20, 5], "the total": 41}
STACK = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (16, 16),
        (16.0, 16),
        (np.int8(16), 16),
        (np.array(16.0), 16),
        (np.array([16]), 16),
        ([[16]], 16),
        (Fraction(16), 16),
        (0.30001, 0.3),
        (0, 0.0),
        (1e-7, 0.0),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (np.array([1, 2], "float32"), [1.0, 2.0]),
        ([np.float32(1), np.array(2)], [1, 2]),
        ([Fraction(1, 3), 1], [1 / 3, 1]),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        (STACK.tolist(), STACK),
        ([np.nan, np.inf], [np.nan, np.inf]),
        (([16, 20, 5], 41), LIST_AND_TOTAL),
        ([np.array([16.0, 20, 5]), np.array([41])], LIST_AND_TOTAL),
        (([1, 2], "whatever"), {"the pair": [1, 2], "the rest": ...}),
        (None, ...),
    ],
    ids=repr,
)
def test_right_forms_pass_and_leave_nothing_behind(got, expected):
    """A value that a cell ends with would be taken for points."""
    assert expect(got, expected, "f(x)") is None


@pytest.mark.parametrize("value", [16, 16.0, [16]])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_tensors_pass(value, dtype):
    import tensorflow as tf

    got = tf.cast(tf.constant(value), dtype)
    expect(got, 16, "f(x)")
    expect([got, got], {"one": 16, "other": 16}, "f(x)")


IS_NONE = "f(3, 4) is None: is there a return statement?"
WRONG = [
    (None, 16, IS_NONE),
    (None, LIST_AND_TOTAL, IS_NONE),
    (15, 16, "f(3, 4) is 15, expected 16: it has biases."),
    (15.0, 16, "f(3, 4) is 15, expected 16: it has biases."),
    (15.5, 16, "f(3, 4) is 15.5, expected 16: it has biases."),
    (16.000000000000004, 16, "f(3, 4) is 16.000000000000004, expected 16: it has biases."),
    (138357544.0, 138357545, "f(3, 4) is 138357544, expected 138357545: it has biases."),
    (0.301, 0.3, "f(3, 4) is 0.301, expected 0.3: it has biases."),
    (-0.0, 1.0, "f(3, 4) is 0, expected 1: it has biases."),
    (np.nan, 16, "f(3, 4) is nan, expected 16: it has biases."),
    (-np.inf, 0.5, "f(3, 4) is -inf, expected 0.5: it has biases."),
    ([16, 20], 16, "f(3, 4) is [16, 20], expected 16: the shapes are (2,) and ()."),
    (16, [16], "f(3, 4) is 16, expected [16]: the shapes are () and (1,)."),
    ([16, 20, 5, 0], [16, 20, 5], "f(3, 4) is [16, 20, 5, 0], expected [16, 20, 5]: the shapes are (4,) and (3,)."),
    ([[15, 20]], [[[15, 20]]], "f(3, 4) is [[15, 20]], expected [[[15, 20]]]: the shapes are (1, 2) and (1, 1, 2)."),
    ((1, 2.5), [1, 2], "f(3, 4) is [1, 2.5], expected [1, 2]: it has biases."),
    (tuple(STACK), 16, "f(3, 4) is an array of shape (3, 4), expected 16: the shapes are (3, 4) and ()."),
    (
        STACK,
        STACK.T,
        "f(3, 4) is an array of shape (3, 4), expected an array of shape (4, 3): the shapes are (3, 4) and (4, 3).",
    ),
    (STACK + (STACK > 6), STACK, "value [1, 3] of f(3, 4) is 8, expected 7: it has biases."),
    ("16", 16, "f(3, 4) is of type str, and holds no real numbers in rows."),
    (["16", "20"], [16, 20], "f(3, 4) is of type list, and holds no real numbers in rows."),
    ([[1, 2], [3]], [[1, 2], [3, 4]], "f(3, 4) is of type list, and holds no real numbers in rows."),
    ({16}, 16, "f(3, 4) is of type set, and holds no real numbers in rows."),
    (max, 16, "f(3, 4) is of type builtin_function_or_method, and holds no real numbers in rows."),
    (16j, 16, "f(3, 4) is of type complex, and holds no real numbers in rows."),
    (np.array([16 + 0j]), [16], "f(3, 4) is of type ndarray, and holds no real numbers in rows."),
    (41, LIST_AND_TOTAL, "f(3, 4) has 1 part, expected these: the list, the total."),
    (np.array(41), LIST_AND_TOTAL, "f(3, 4) has 1 part, expected these: the list, the total."),
    ([16, 20, 5], LIST_AND_TOTAL, "f(3, 4) has 3 parts, expected these: the list, the total."),
    ((41, [16, 20, 5]), LIST_AND_TOTAL, "the list of f(3, 4) is 41, expected [16, 20, 5]: the shapes are () and (3,)."),
    (([16, 20, 5], 40), LIST_AND_TOTAL, "the total of f(3, 4) is 40, expected 41: it has biases."),
    (([16, 20, 5], None), LIST_AND_TOTAL, "the total of f(3, 4) is None: is there a return statement?"),
]


@pytest.mark.parametrize(("got", "expected", "sentence"), WRONG, ids=[case[2] for case in WRONG])
def test_a_wrong_form_gets_its_sentence_which_the_page_may_show(got, expected, sentence):
    with pytest.raises(AssertionError) as failed:
        expect(got, expected, "f(3, 4)", "it has biases")
    assert str(failed.value) == sentence
    assert Given(errors=tuple(errors_raised_in(PART))).says("AssertionError", sentence)


@pytest.mark.parametrize(
    ("why", "end"),
    [("", "2."), ("one more", "2: one more."), ("One more.", "2: One more."), ("one more?", "2: one more?")],
)
def test_the_reason_ends_the_sentence(why, end):
    with pytest.raises(AssertionError, match=f"expected {end}$".replace("?", r"\?")):
        expect(1, 2, "f()", why)


def test_a_tolerance_is_for_what_is_measured_and_not_for_counts():
    expect(1.09, 1.0, "f()", atol=0.1)
    expect([1.09, 2.1], [1.0, 2.0], "f()", rtol=0.1)
    with pytest.raises(AssertionError):
        expect(1.09, 1, "f()", atol=0.1)
    with pytest.raises(AssertionError):
        expect(1.09, 1.0, "f()", atol=0.01)


@pytest.fixture
def shown_of():
    """A function that runs a cell as a shell does, and gives what is shown of its error: a trace, or what replaces it.

    The set-up cell cuts the trace of what a test raises, and of nothing that a student has written.
    """
    setup = ast.parse((ROOT / "parts" / "setup.py").read_text(encoding="utf-8"))
    (brief,) = [node for node in setup.body if getattr(node, "name", "") == "show_failed_test_briefly"]
    names = {"traceback": traceback}
    exec(ast.unparse(brief), names)
    shown = []
    show = names["show_failed_test_briefly"](lambda kind, error, trace: shown.append(trace))

    def run(cell, called="<module>"):
        code = compile(cell, "cell", "exec").replace(co_name=called)
        try:
            exec(code, {"expect": expect})
        except Exception as error:
            show(type(error), error, ["the whole trace"])
        return shown.pop()

    return run


# Jupyter calls the code of a cell a module; Colab, and some versions of IPython, call it by its first line.
@pytest.mark.parametrize("called", ["<module>", "<cell line: 1>", "<cell line: 0>", "<cell line: 12>"])
def test_a_notebook_shows_the_sentence_of_a_failed_test_alone(shown_of, called):
    assert shown_of("assert 1 == 2, 'one is not two'", called) == ["one is not two"]
    for value in ("None", "1", "[1, 2]"):
        (sentence,) = shown_of(f"expect({value}, 2, 'f()')", called)
        assert sentence.startswith("f() ")


OWN = {
    "an error": "1 / 0",
    "an assert of the student's own function": "def f():\n    assert False, 'no'\nf()",
    "one in a lambda": "(lambda: exec('assert False'))()",
    "one without a sentence": "assert 1 == 2",
    "one in a list": "[f() for f in [lambda: (_ for _ in ()).throw(AssertionError('no'))]]",
    "another kind of it": "class Mine(AssertionError): pass\nraise Mine('no')",
}


@pytest.mark.parametrize("called", ["<module>", "<cell line: 1>"])
@pytest.mark.parametrize("what", OWN)
def test_a_notebook_keeps_the_trace_of_all_else(shown_of, what, called):
    assert shown_of(OWN[what], called) == ["the whole trace"]


@pytest.mark.parametrize("name", NAMES)
def test_who_expects_includes_the_part(name):
    cells = ASSIGNMENTS[name].cells
    calls = [
        node
        for cell in cells
        if cell.kind == "test"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "expect"
    ]
    given = [node for cell in cells if cell.kind == "code" for node in ast.walk(ast.parse(cell.source))]
    names = [node.id for node in given if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names += [node.name for node in given if isinstance(node, ast.FunctionDef)]
    assert names.count("expect") == bool(calls)
