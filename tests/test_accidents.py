"""What students hand in by accident costs at most its own points, gets its sentence, and harms nobody else."""

import html
import re
import sqlite3
from contextlib import closing

import helpers
import pytest
from helpers import ASSIGNMENTS, LIGHT, ROOT, configure, grade, hand_in, make_course, must

from graders.classroom.grades import read_grades
from graders.proof.accidents import ACCIDENTS
from graders.proof.sample_class import points_by_slug
from graders.proof.turns import by_turns

ASSIGNMENT = ASSIGNMENTS[LIGHT]
ALWAYS = {"huge-output", "renamed-notebook"}
if not helpers.FULL:  # one in eight, by turns
    CHOSEN = ALWAYS | set(by_turns(sorted(ACCIDENTS.keys() - ALWAYS), ROOT, of=8))
    ACCIDENTS = {name: accident for name, accident in ACCIDENTS.items() if name in CHOSEN}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """All accidents, with a right student before and after them in the alphabet."""
    course = make_course(tmp_path_factory.mktemp("accidents"), ASSIGNMENT)
    configure(course, "c.Execute.timeout = 8")
    hand_in(course, "aaa-right", {})
    hand_in(course, "zzz-right", {})
    for student, accident in ACCIDENTS.items():
        hand_in(course, student, {}, accident.make)
    return grade(course)


@pytest.fixture(scope="module")
def students(course):
    return course.students


@pytest.mark.parametrize("student", ACCIDENTS)
def test_accident_costs_its_own_points_alone(students, student):
    expected = ACCIDENTS[student].points(points_by_slug(ASSIGNMENT))
    assert students[student].points == expected, students[student]


@pytest.mark.parametrize("student", [name for name, accident in ACCIDENTS.items() if accident.note])
def test_accident_is_explained_in_the_table_and_in_the_feedback(course, students, student):
    note = ACCIDENTS[student].note
    assert note in " ".join(students[student].notes)
    assert note in html.unescape(re.sub(r"<[^>]+>", "", students[student].feedback))
    in_table = [g.notes for g in read_grades(course, [ASSIGNMENT.name]) if g.student == student]
    assert in_table == [students[student].notes]


def test_the_rest_of_the_class_is_graded(students):
    for student in ("aaa-right", "zzz-right"):
        assert students[student].points == ASSIGNMENT.auto_points
        assert students[student].notes == []


def test_gradebook_is_sound_and_a_second_run_changes_nothing(course):
    database = course.root / "gradebook.db"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        before = connection.execute("SELECT id, auto_score, needs_manual_grade FROM grade ORDER BY id").fetchall()
    assert "Autograding" not in must(course.root, "nbgrader", "autograde", ASSIGNMENT.name).stderr
    with closing(sqlite3.connect(database)) as connection:
        after = connection.execute("SELECT id, auto_score, needs_manual_grade FROM grade ORDER BY id").fetchall()
    assert after == before


def test_what_was_handed_in_is_left_as_it_was(course):
    for path in (course.root / "submitted").glob("renamed-notebook/*/*.ipynb"):
        assert path.name in ("Untitled (1).ipynb", f"{ASSIGNMENT.name}.ipynb")


def test_huge_output_is_trimmed(course):
    (path,) = (course.root / "autograded").glob(f"huge-output/{ASSIGNMENT.name}/*.ipynb")
    assert path.stat().st_size < 5_000_000


def test_folder_without_a_notebook_has_its_line(one_course):
    course = one_course(ASSIGNMENT.name)
    hand_in(course, "reference", {})
    hand_in(course, "empty-handed", {}, lambda notebook, path: path.with_suffix(".txt").write_text("sorry"))
    grade(course)
    lines = {grade.student: grade.notes for grade in read_grades(course, [ASSIGNMENT.name])}
    assert lines == {"reference": [], "empty-handed": ["There is no notebook in the folder, only parameters.txt."]}


def test_additional_cells_and_answers_in_locked_text_are_kept(one_course):
    import nbformat

    course = one_course(ASSIGNMENT.name)

    def add_cells(notebook, path):
        notebook.cells.insert(3, nbformat.v4.new_code_cell("mine = 41 + 1"))
        notebook.cells[0].source += "\n\nMy answer went in here."
        nbformat.write(notebook, path)

    hand_in(course, "reference", {}, add_cells)
    grade(course)
    assert course.students["reference"].points == ASSIGNMENT.auto_points
    text = (course.root / "autograded" / "reference" / ASSIGNMENT.name / f"{ASSIGNMENT.name}.ipynb").read_text()
    assert "mine = 41 + 1" in text
    assert "My answer went in here." in text
