"""The command line says what it does, and a mistake is one line."""

import json
import shutil
import subprocess

import nbformat
import pytest
from helpers import ASSIGNMENTS, BIN, LIGHT, ROOT, copy_script, grade, hand_in

from graders.course import Course
from graders.proof.sample_class import assemble


def course(folder, *arguments):
    return subprocess.run([BIN / "course", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def small_course(tmp_path):
    name = LIGHT
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    copy_script(name, tmp_path)
    for kind in ("source", "release", "solutions", "tests/submissions"):
        shutil.copytree(ROOT / kind / name, tmp_path / kind / name)
    return tmp_path


def test_help_lists_the_commands():
    shown = course(ROOT, "--help").stdout
    for command in ("build", "rehearse", "mutants", "sample-class", "grades"):
        assert command in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["build", "nope"], "no assignment 'nope' in source/"), (["grades", "nope"], "no assignment 'nope'")],
)
def test_unknown_assignment_is_one_line(arguments, words):
    done = course(ROOT, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_outside_a_course_it_says_where_to_go(tmp_path):
    done = course(tmp_path, "build")
    assert done.returncode == 2
    assert "run this in the folder that holds nbgrader_config.py" in done.stderr


def test_grades_before_there_is_a_gradebook_say_what_to_do(small_course):
    done = course(small_course, "grades")
    assert done.returncode == 2
    assert "no gradebook here yet" in done.stderr


def test_mistake_in_a_source_is_one_line(small_course):
    (small_course / "source" / "bad.py").write_text('# %% test="toy-double"\nassert True\n')
    done = course(small_course, "build", "bad")
    assert done.returncode == 2
    assert done.stderr.strip().endswith("bad.py:1: the test 'toy-double' has no points: add points=1 or more")


def test_check_passes_and_fails_with_the_name_of_the_file(small_course):
    assert course(small_course, "build", "--check").returncode == 0
    path = small_course / "release" / LIGHT / f"{LIGHT}.ipynb"
    path.write_text(path.read_text().replace("Count", "Cuont"))
    done = course(small_course, "build", "--check")
    assert done.returncode == 1
    assert f"release/{LIGHT}/{LIGHT}.ipynb" in done.stdout


def test_sample_class_is_written_once_and_again_only_where_something_changed(small_course):
    assignment = ASSIGNMENTS[LIGHT]
    (small_course / "graders").mkdir()
    assert assemble(Course(small_course), [assignment], full=False) >= 6
    stamps = {path: path.read_bytes() for path in small_course.glob("submitted/*/*/timestamp.txt")}
    assemble(Course(small_course), [assignment], full=False)
    assert {path: path.read_bytes() for path in stamps} == stamps
    release = small_course / "release" / LIGHT / f"{LIGHT}.ipynb"
    notebook = nbformat.read(release, as_version=4)
    notebook.cells[0].source += " "
    nbformat.write(notebook, release)
    assemble(Course(small_course), [assignment], full=False)
    assert all(path.read_bytes() != before for path, before in stamps.items())


def test_grades_fail_when_a_submission_does_not_get_what_it_must(one_course):
    name = LIGHT
    made = one_course(name)
    hand_in(made, "reference", {})
    grade(made)
    total = ASSIGNMENTS[name].auto_points
    expected = made.root / "submitted" / "expected.json"
    for points, code in ((total, 0), (total - 1, 1)):
        expected.write_text(json.dumps({"points": {"reference": {name: points}}, "digests": {}}))
        done = course(made.root, "grades")
        assert done.returncode == code, done.stdout + done.stderr
        assert "reference" in done.stdout
