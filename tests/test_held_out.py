"""What hidden tests gave to a student's functions stays out of the page that the student gets back."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from graders.plugins.held_out import AS_HANDED_IN, ENDED, NOT_SHOWN, Given, errors_raised_in, without_held_out
from graders.plugins.reading import outputs_handed_in
from graders.sealed.inside.wire import NO_INPUT
from graders.sealed.outputs import THEIRS

SECRET = "held out"
HIDDEN = "### BEGIN HIDDEN TESTS\ncheck(answer)\n### END HIDDEN TESTS"


def cell(kind, source, outputs=()):
    flags = {"test": (True, False), "answer": (False, True), "locked": (False, False)}.get(kind)
    made = new_code_cell(source, outputs=list(outputs))
    if flags:
        marks = {"grade_id": source[:9], "grade": flags[0], "solution": flags[1], "locked": not flags[1], "task": False}
        made.metadata.nbgrader = {**marks, "schema_version": 3}
    return made


def printed(text):
    return new_output("stream", text=text)


def error(ename, evalue, traceback=()):
    return new_output("error", ename=ename, evalue=evalue, traceback=list(traceback) or [evalue])


OUTPUTS = [
    printed(SECRET),
    new_output("stream", name="stderr", text=f"UserWarning: {SECRET}"),
    new_output("display_data", {"text/html": SECRET, "text/plain": SECRET}),
    new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": SECRET}}),
    new_output("display_data", {"text/plain": "x"}, metadata={SECRET: SECRET}),
    new_output("execute_result", {"text/plain": SECRET}),
    error("ValueError", SECRET),
    error(SECRET, SECRET),
    error("NotRun", SECRET),
]


@pytest.mark.parametrize("kind", ["answer", "locked", "added"])
@pytest.mark.parametrize("place", range(len(OUTPUTS)))
def test_a_cell_after_a_hidden_test_shows_what_was_handed_in(kind, place):
    notebook = new_notebook(cells=[cell("test", HIDDEN), cell(kind, "show()", [OUTPUTS[place]])])
    after = without_held_out(notebook, {"show()": [[{"output_type": "stream", "text": ["my ", "own"]}]]}).cells[1]
    assert SECRET not in json.dumps(after)
    assert [one.text for one in after.outputs[-2:]] == [AS_HANDED_IN, "my own"]


def test_a_cell_before_it_shows_the_run():
    notebook = new_notebook(cells=[cell("added", "show()", [printed("run")]), cell("test", "assert True"), HIDDEN_CELL])
    assert without_held_out(notebook, {}).cells[0].outputs[0].text == "run"


HIDDEN_CELL = cell("test", HIDDEN)


@pytest.mark.parametrize("outputs", [[], [None], ["x"], [{}], [{"output_type": "x"}], [{"output_type": "error"}], None])
def test_what_was_handed_in_may_be_of_any_shape(outputs, tmp_path):
    path = tmp_path / "toy.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["show()"], "outputs": outputs}]}))
    notebook = new_notebook(cells=[HIDDEN_CELL, cell("added", "show()", [printed(SECRET)])])
    assert SECRET not in json.dumps(without_held_out(notebook, outputs_handed_in(path)))


def test_where_nothing_was_handed_in_that_is_said(tmp_path):
    notebook = new_notebook(cells=[HIDDEN_CELL, cell("locked", "show()", [printed(SECRET)])])
    after = without_held_out(notebook, outputs_handed_in(tmp_path / "gone.ipynb")).cells[1]
    assert [one.text.strip() for one in after.outputs] == [NOT_SHOWN]


def test_cells_of_the_same_text_keep_their_order():
    cells = [cell("added", "show()"), HIDDEN_CELL, cell("added", "show()"), cell("added", "show()")]
    handed_in = {"show()": [[printed(str(number))] for number in range(3)]}
    after = without_held_out(new_notebook(cells=cells), handed_in).cells
    assert [one.outputs[-1].text for one in after[2:]] == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "said"), [("NameError", "a NameError"), ("LinAlgError", "a LinAlgError"), ("OSError", "an OSError")]
)
def test_how_a_cell_of_the_assignment_ended_is_said_by_a_class_that_is_not_the_students(name, said):
    notebook = new_notebook(cells=[HIDDEN_CELL, cell("locked", "show()", [error(name, SECRET)])])
    after = without_held_out(notebook, {"show()": [[]]}).cells[1]
    assert [one.text.strip() for one in after.outputs] == [ENDED.format(said)]


@pytest.mark.parametrize("name", [SECRET, "Mine", "print", "__import__", "eval"])
def test_a_name_of_the_students_own_is_not_said(name):
    notebook = new_notebook(cells=[HIDDEN_CELL, cell("locked", "show()", [error(name, SECRET)])])
    after = without_held_out(notebook, {"show()": [[]]}).cells[1]
    assert [one.text.strip() for one in after.outputs] == [ENDED.format("an error")]


def test_how_a_students_own_cells_ended_is_not_said():
    """There may be thousands of them."""
    notebook = new_notebook(cells=[HIDDEN_CELL, cell("added", "show()", [error("NameError", SECRET)])])
    assert without_held_out(notebook, {"show()": [[]]}).cells[1].outputs == []


GIVEN = """
def as_number(expression):
    if expression is None:
        raise AssertionError("There is no expression.")
    raise AssertionError(
        f"{expression!r} is no expression: "
        f"write it without quotes, and not {expression}."
    )
def other(text):
    raise ValueError(text)
def another(text):
    raise ValueError(f"{text}")
"""
COMPARES = """
def compare(got, name, why):
    raise AssertionError(f"{name} is {got}, expected 3: {why}.")
"""
SENTENCES = [
    (error("AssertionError", "There is no expression.", [THEIRS, "x"]), "There is no expression."),
    (
        error("AssertionError", "'g' is no expression: write it without quotes, and not g.", [THEIRS, "x"]),
        "'g' is no expression: write it without quotes, and not g.",
    ),
    (
        error("AssertionError", f"There is no expression. {SECRET}", [THEIRS]),
        "The test stopped with an AssertionError.",
    ),
    (
        error("AssertionError", f"{SECRET * 80} is no expression: write it without quotes, and not g.", [THEIRS]),
        "The test stopped with an AssertionError.",
    ),
    (error("ValueError", "There is no expression.", [THEIRS]), "The test stopped with a ValueError."),
    (error("ValueError", SECRET, [THEIRS]), "The test stopped with a ValueError."),
    (
        error("EOFError", NO_INPUT, [THEIRS]),
        "The test stopped: it asks for keyboard input, and nobody types while it is graded.",
    ),
    (error("EOFError", f"{NO_INPUT} {SECRET}", [THEIRS]), "The test stopped with an EOFError."),
    (error("Failure", "f(2) returned 3, expected 4."), "f(2) returned 3, expected 4."),
    (error("AssertionError", "f(2) should be 4."), "f(2) should be 4."),
    (error("AssertionError", SECRET, [THEIRS, SECRET]), "The test stopped with an AssertionError."),
    (error("AssertionError", SECRET, [f"{THEIRS}\n{SECRET}"]), "The test stopped with an AssertionError."),
    (error("Failure", SECRET, [THEIRS, SECRET]), "The test stopped with an error."),
    (error("NotRun", SECRET, [THEIRS, SECRET]), "The test stopped with an error."),
    (error("Failure", f"f(2) stopped with ValueError: {SECRET}."), "f(2) stopped with a ValueError."),
    (error("Failure", f"f(2) stopped with ValueError: a stopped with b: {SECRET}."), "f(2) stopped with a ValueError."),
    (error("Failure", f"f(2) stopped with Mine: {SECRET}."), "f(2) stopped with an error."),
    (error("Failure", f"f is not written yet: {SECRET}."), "f is not written yet: replace the stub with your code."),
    (error("Failure", "f is not written yet: Return 4."), "f is not written yet: Return 4."),
    (error("NotImplementedError", SECRET, [THEIRS, SECRET]), "The test stopped with a NotImplementedError."),
    (error("NotImplementedError", "Return 4.", [THEIRS, "Return 4."]), "Return 4."),
    (error("NameError", "name 'g' is not defined"), "name 'g' is not defined"),
    (error("NameError", SECRET), "a name is not defined"),
    (error("KeyError", SECRET), "The test stopped with a KeyError."),
    (error("HeldOut", SECRET), "The test stopped with an error."),
]


@pytest.mark.parametrize("place", range(len(SENTENCES)))
def test_of_a_test_there_is_the_sentence_without_what_the_students_code_says(place):
    given, said = SENTENCES[place]
    test = cell("test", HIDDEN, [printed(SECRET), given])
    given_code = Given("raise NotImplementedError('Return 4.')", tuple(errors_raised_in(GIVEN)))
    after = without_held_out(new_notebook(cells=[test]), {}, given_code).cells[0]
    assert [(one.evalue, one.traceback) for one in after.outputs] == [(said, [said])]


NAME = "the mean of three numbers, of which the second is twice the first and the third is half,"
WHY = "by hand, the sum is 0.875 / (1 - 0.5³) = 1, the number of values is 3.5 / (1 - 0.5³) = 4, and the step is 0.1"


def test_what_a_public_test_says_is_no_secret_however_long(tmp_path):
    source = new_notebook(
        cells=[cell("locked", COMPARES), cell("test", f'got = f()\ncompare(got, f"{{1}} of {NAME}", "{WHY}")')]
    )
    path = tmp_path / "toy.ipynb"
    nbformat.write(source, path)
    given = Given.read(path)
    assert given.says("AssertionError", f"1 of {NAME} is 2, expected 3: {WHY}.")
    assert not given.says("AssertionError", f"1 of {NAME} is {SECRET * 30}, expected 3: {WHY}.")
    assert not given.says("ValueError", f"1 of {NAME} is 2, expected 3: {WHY}.")


def test_a_public_text_that_a_form_holds_too_does_not_hide_its_sentence():
    given = Given(errors=tuple(errors_raised_in(COMPARES)), texts=(" is 2, expected 3: for example",))
    assert given.says("AssertionError", "f() is 2, expected 3: for example.")


def test_places_beside_each_other_are_one():
    (_, form), *_ = errors_raised_in("raise ValueError(f'{a}{b}{c} of {d}')")
    assert form.pattern.count("{0,160}") == 2


def test_six_numbers_in_rows_fit_into_a_sentence():
    row = "[-1.3332696533203125, -1.3332696533203125, -1.3332696533203125]"
    given = Given(errors=tuple(errors_raised_in(COMPARES)))
    assert given.says("AssertionError", f"f() is [{row}, {row}], expected 3: so.")
