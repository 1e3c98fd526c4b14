"""A written answer that was changed after a person has marked it is shown to a person again."""

import shutil

import pytest
from helpers import COURSE, ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from graders.classroom.grades import OLD_PAGE, read_grades
from graders.course import Course
from graders.plugins.answers import ANSWERS, SaveGrades, digests_of
from graders.plugins.page import EARLIER, FeedbackPage

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session:sqlalchemy.exc.SAWarning")


def locked(name, task=False):
    marks = {"grade_id": name, "locked": True, "grade": False, "solution": False, "task": task, "schema_version": 3}
    return new_markdown_cell(name, metadata={"nbgrader": marks | ({"points": 2} if task else {})})


def handed_in(answer="Because.", before=(), after=(), elsewhere=list):
    cells = [
        *elsewhere(),
        locked("toy-prose"),
        *before,
        locked("toy-why", task=True),
        new_markdown_cell(answer),
        *after,
    ]
    return new_notebook(cells=[*cells, locked("toy-end"), *elsewhere()])


@pytest.fixture
def graded(tmp_path):
    """A function that grades a submission, and says whether its answer waits for a person; and one that marks it."""
    COURSE.config()  # it finds the program that nbgrader makes gradebooks with
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    folder = tmp_path / "autograded" / "ada" / "toy"
    folder.mkdir(parents=True)
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        gradebook.add_task_cell("toy-why", "toy", "toy", max_score=2, cell_type="markdown")
        gradebook.add_student("ada")
        gradebook.add_submission("toy", "ada")

    def grade(notebook):
        names = {"notebook": "toy", "assignment": "toy", "student": "ada", "db_url": url}
        SaveGrades().preprocess(notebook, {"nbgrader": names, "metadata": {"path": str(folder)}})
        with Gradebook(url) as gradebook:
            grade = gradebook.find_grade("toy-why", "toy", "toy", "ada")
            return grade.needs_manual_grade, grade.manual_score

    def mark():
        with Gradebook(url) as gradebook:
            grade = gradebook.find_grade("toy-why", "toy", "toy", "ada")
            grade.manual_score, grade.needs_manual_grade = 1.5, False
            gradebook.db.commit()

    return grade, mark


CHANGES = {
    "the answer": {"answer": "Because of weights."},
    "a cell after it": {"after": [new_markdown_cell("And so on.")]},
    "a cell before the question": {"before": [new_markdown_cell("My answer.")]},
    "code beside it": {"after": [new_code_cell("1 + 1")]},
    "a picture": {"after": [new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": "AA=="}})]},
    "deleted": {"answer": ""},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_marked_answer_that_changed_waits_again_and_keeps_its_points(graded, what):
    grade, mark = graded
    grade(handed_in())
    mark()
    assert grade(handed_in(**CHANGES[what])) == (True, 1.5)
    mark()
    assert grade(handed_in(**CHANGES[what])) == (False, 1.5)


def test_a_marked_answer_that_is_the_same_does_not_wait(graded):
    grade, mark = graded
    grade(handed_in())
    mark()
    assert grade(handed_in(elsewhere=lambda: [new_markdown_cell("Another matter."), new_code_cell("2")])) == (
        False,
        1.5,
    )


SAME = {
    "blanks at line ends": {"answer": "Because.  "},
    "empty lines": {"answer": "\nBecause.\n\n"},
    "an empty cell at the end": {"after": [new_markdown_cell("")]},
    "empty cells of code": {"before": [new_code_cell("")], "after": [new_code_cell("\n")]},
}


@pytest.mark.parametrize("what", SAME)
def test_what_nobody_would_see_does_not_make_it_wait(graded, what):
    grade, mark = graded
    grade(handed_in())
    mark()
    assert grade(handed_in(**SAME[what])) == (False, 1.5)
    assert grade(handed_in()) == (False, 1.5)


def test_the_answer_that_was_marked_does_not_wait_when_it_comes_back(graded):
    grade, mark = graded
    grade(handed_in())
    mark()
    assert grade(handed_in("Another.")) == (True, 1.5)
    assert grade(handed_in("A third.")) == (True, 1.5)
    assert grade(handed_in()) == (False, 1.5)
    assert grade(handed_in("Another.")) == (True, 1.5)


def test_an_earlier_answer_waits_when_another_one_was_marked_since(graded):
    grade, mark = graded
    grade(handed_in())
    mark()
    grade(handed_in("Another."))
    mark()
    assert grade(handed_in()) == (True, 1.5)
    assert grade(handed_in("Another.")) == (False, 1.5)


def test_an_answer_that_is_graded_twice_before_it_is_marked_again_waits(graded):
    """As by a regrade, or by --force."""
    grade, mark = graded
    grade(handed_in())
    mark()
    for _ in range(3):
        assert grade(handed_in("Another.")) == (True, 1.5)
    mark()
    for _ in range(2):
        assert grade(handed_in("Another.")) == (False, 1.5)


def test_a_mark_of_what_was_graded_before_it_was_handed_in_anew_is_of_that(graded):
    """A person marks what the formgrader shows, while a newer version lies in submitted/."""
    grade, mark = graded
    grade(handed_in("First."))
    grade(handed_in("Second."))
    mark()
    assert grade(handed_in("Third.")) == (True, 1.5)
    assert grade(handed_in("Second.")) == (False, 1.5)


def test_where_nobody_knows_what_was_marked_it_waits(graded, tmp_path):
    grade, mark = graded
    grade(handed_in())
    mark()
    (tmp_path / "autograded" / ANSWERS).write_text('{"student": "ada"}\nno JSON\n[]\n')
    assert grade(handed_in()) == (True, 1.5)


def test_the_comment_on_an_answer_that_changed_is_of_the_earlier_version(graded, tmp_path):
    grade, mark = graded
    grade(handed_in())
    mark()
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    names = {"notebook": "toy", "assignment": "toy", "student": "ada", "db_url": url}

    def page():
        notebook = handed_in()
        notebook.cells[1].metadata.nbgrader.comment = "Well done."
        notebook, resources = FeedbackPage().preprocess(notebook, {"nbgrader": names})
        (question,) = [cell for cell in notebook.cells if cell.metadata.kind == "question"]
        return " ".join(resources["page"]["notes"]), question.metadata.nbgrader.comment

    assert page()[1] == "Well done."
    grade(handed_in("Because of weights."))
    notes, comment = page()
    assert comment == f"{EARLIER}Well done."
    assert notes == "2 points wait for a person again: the sum counts those of the earlier version."
    mark()
    assert page()[1] == "Well done."


@pytest.mark.parametrize("change", ["points", "comment", "nothing"])
def test_a_page_that_is_older_than_the_marks_is_told(graded, tmp_path, change):
    grade, mark = graded
    grade(handed_in())
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    names = {"notebook": "toy", "assignment": "toy", "student": "ada", "db_url": url}
    _, resources = FeedbackPage().preprocess(handed_in(), {"nbgrader": names})
    page = course.feedback("ada", "toy") / "toy.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<html><meta name="marks" content="{resources["page"]["marks"]}">')
    if change == "points":
        mark()
    elif change == "comment":
        with Gradebook(url) as gradebook:
            gradebook.find_comment("toy-why", "toy", "toy", "ada").manual_comment = "Well done."
            gradebook.db.commit()
    (found,) = read_grades(course, ["toy"])
    assert (OLD_PAGE.format("ada", "toy") in found.notes) == (change != "nothing")


def test_the_page_of_an_earlier_grading_goes(graded, tmp_path):
    grade, _ = graded
    page = tmp_path / "feedback" / "ada" / "toy" / "toy.html"
    page.parent.mkdir(parents=True)
    page.touch()
    others = tmp_path / "feedback" / "emmy" / "toy"
    others.mkdir(parents=True)
    grade(handed_in())
    assert not page.exists()
    assert others.is_dir()


def test_answers_of_two_questions_are_told_apart():
    one, two = handed_in().cells, handed_in("Otherwise.").cells
    for cell in two:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id += "-2"
    both = digests_of(new_notebook(cells=[*one, *two]))
    assert both["toy-why"] == digests_of(new_notebook(cells=one))["toy-why"]
    assert both["toy-why"] != both["toy-why-2"]
