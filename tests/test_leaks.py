"""No solution and no hidden test reaches a student, in the release, in the solutions or in the feedback."""

import html
import re

import nbformat
import pytest
from helpers import ASSIGNMENTS, NAMES, ROOT

from graders.source import BEGIN_HIDDEN, BEGIN_SOLUTION, END_HIDDEN, END_SOLUTION

MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


def lines_inside(assignment, kind, begin, end):
    """The lines of a kind of region, without those that say nothing (`return x`, `f(`) or are public as well."""
    inside, outside = set(), set()
    for cell in assignment.cells:
        within = False
        for line in cell.source.splitlines():
            if begin.match(line):
                within = True
            elif end.match(line):
                within = False
            else:
                (inside if within and cell.kind == kind else outside).add(line.strip())
    return {line for line in inside - outside if len(line) > 20 and line[-1] not in "(["}


def text_of(path):
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_in_the_release(name):
    text = (ROOT / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    cells = text_of(ROOT / "release" / name / f"{name}.ipynb")
    lines = lines_inside(ASSIGNMENTS[name], "solution", BEGIN_SOLUTION, END_SOLUTION)
    assert lines
    assert not [line for line in lines if line in cells]
    assert not [marker for marker in MARKERS if marker in text]


@pytest.mark.parametrize("kind", ["release", "solutions"])
@pytest.mark.parametrize("name", NAMES)
def test_no_hidden_test_is_handed_out(name, kind):
    text = text_of(ROOT / kind / name / f"{name}.ipynb")
    lines = lines_inside(ASSIGNMENTS[name], "test", BEGIN_HIDDEN, END_HIDDEN)
    assert lines
    assert not [line for line in lines if line in text]
    assert not [marker for marker in MARKERS if marker in text]
    assert "graders" not in text


@pytest.mark.parametrize("name", NAMES)
def test_no_mark_scheme_is_handed_out(name):
    for kind in ("release", "solutions"):
        text = text_of(ROOT / kind / name / f"{name}.ipynb")
        for cell in ASSIGNMENTS[name].of_kind("answer"):
            scheme = cell.source.split("=== BEGIN MARK SCHEME ===")[1].split("=== END MARK SCHEME ===")[0]
            lines = [line.strip() for line in scheme.splitlines() if len(line.strip()) > 12]
            assert lines
            assert not [line for line in lines if line in text]


@pytest.mark.parametrize("name", NAMES)
def test_no_hidden_test_in_any_feedback(graded_class, name):
    lines = lines_inside(ASSIGNMENTS[name], "test", BEGIN_HIDDEN, END_HIDDEN)
    for student, graded in graded_class(name).students.items():
        assert graded.feedback, student
        text = html.unescape(re.sub(r"<[^>]+>", "", graded.feedback))
        assert not [line for line in lines if line in text], student
        assert not [marker for marker in MARKERS if marker in text], student
        assert "graders/checks" not in text, student
        assert "graders.checks" not in text, student


@pytest.mark.parametrize("name", NAMES)
def test_feedback_shows_the_sentence(graded_class, name):
    for student, graded in graded_class(name).students.items():
        text = html.unescape(re.sub(r"<[^>]+>", "", graded.feedback))
        # of an error that the student's code has raised, the page says the kind alone
        said = [sentence.partition(" stopped with ")[0] for sentence in graded.failures.values()]
        assert not [sentence for sentence in said if sentence not in text], student


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_task_says_what_to_write(graded_class, name):
    for test, sentence in graded_class(name).students["untouched"].failures.items():
        assert sentence.startswith(("Not written yet: ", "Name '")), (test, sentence)
