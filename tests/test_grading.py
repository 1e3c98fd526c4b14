"""What `course grade` takes for new, without grading it."""

import os
import shutil

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, ROOT, hand_in, make_course, run

from graders.classroom.grading import tasks
from graders.plugins.execute import GRADED
from graders.proof.fixtures import fixtures


@pytest.fixture
def graded(tmp_path):
    """A course in which one student has handed in the reference, and has been graded."""
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    hand_in(course, "ada", {})
    copy = tmp_path / "autograded" / "ada" / LIGHT
    shutil.copytree(tmp_path / "submitted" / "ada" / LIGHT, copy)
    notebook = nbformat.read(copy / f"{LIGHT}.ipynb", as_version=4)
    notebook.metadata[GRADED] = True
    nbformat.write(notebook, copy / f"{LIGHT}.ipynb")
    return course


def chosen(course, force=False):
    return [(task.student, task.again) for task in tasks(course, [LIGHT], [], force)]


def hand_in_again(course, answers):
    """Puts another file in the place of the first, some time later."""
    shutil.rmtree(course.root / "submitted" / "ada")
    hand_in(course, "ada", answers)
    path = course.root / "submitted" / "ada" / LIGHT / f"{LIGHT}.ipynb"
    later = path.stat().st_mtime + 60
    os.utime(path, (later, later))
    return path


def test_what_is_graded_is_left_alone_unless_forced(graded):
    assert chosen(graded) == []
    assert chosen(graded, force=True) == [("ada", True)]


def test_other_answers_are_graded_again(graded):
    answers = next(fixture.answers for fixture in fixtures(COURSE, ASSIGNMENTS[LIGHT]))
    hand_in_again(graded, answers)
    assert chosen(graded) == [("ada", True)]


def test_a_new_copy_of_the_same_answers_is_not(graded):
    hand_in_again(graded, {})
    assert chosen(graded) == []


def test_a_readable_file_after_an_unreadable_one_is_graded(graded):
    path = graded.root / "autograded" / "ada" / LIGHT / f"{LIGHT}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(metadata={GRADED: True}), path)
    hand_in_again(graded, {})
    assert chosen(graded) == [("ada", True)]


def test_half_done_work_is_started_anew(graded):
    (graded.root / "autograded" / "ada" / LIGHT / f"{LIGHT}.ipynb").unlink()
    assert chosen(graded) == [("ada", False)]


def test_a_sample_class_does_not_mix_with_a_real_one(graded):
    shutil.copy(ROOT / "pyproject.toml", graded.root)
    done = run(graded.root, "course", "sample-class")
    assert done.returncode == 2
    assert done.stderr == "course: submitted/ holds a real class: make the sample class in another checkout\n"
