"""The command line says what it does, and a mistake is one line."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
import sqlalchemy
from helpers import ASSIGNMENTS, BIN, LIGHT, ROOT, copy_script, grade, hand_in, run

from graders.course import Course, refuse_patterns
from graders.errors import InTheWayError
from graders.gradebook import locked_said
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
    expected = made.root / "submitted" / ".expected.json"
    for points, code in ((total, 0), (total - 1, 1)):
        expected.write_text(json.dumps({"points": {"reference": {name: points}}, "digests": {}}))
        done = course(made.root, "grades")
        assert done.returncode == code, done.stdout + done.stderr
        assert "reference" in done.stdout


def test_python_runs_the_package_as_the_command():
    done = subprocess.run([sys.executable, "-m", "graders", "--help"], capture_output=True, text=True, check=True)
    assert "Grading is nbgrader's" in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_terminal_of_any_encoding_shows_what_it_can(encoding, tmp_path):
    """A name in Greek is no reason for a stack trace."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "source").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "graders", "grade", "λαμβδα-≥–☑"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "no assignment" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["Kurs [neu]", "Kurs*", "Kurs?", "Kurs%20neu", "100%41", "$HOME", "${x}"])
def test_a_path_that_is_misread_is_refused(name):
    with pytest.raises(InTheWayError, match="rename the folder"):
        refuse_patterns(Path("/srv") / name / "2027")


@pytest.mark.parametrize("name", ["Kurs {neu}", "100 %", "Kürs #1", 'a\'b "c"', "a&b;c|d", "~x", "5 $", "a\\b", "{}"])
def test_any_other_path_is_not(name):
    refuse_patterns(Path("/srv") / name / "2027")


def test_a_course_whose_path_is_misread_is_refused_with_a_sentence(tmp_path):
    root = tmp_path / "Kurs [neu]"
    (root / "source").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for program, *arguments in (("course", "grades"), ("nbgrader", "autograde", "toy")):
        done = run(root, program, *arguments)
        assert done.returncode != 0
        assert "rename the folder" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_locked_gradebook_is_a_sentence(tmp_path):
    path = tmp_path / "gradebook.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE grade (id)")
        other.execute("BEGIN EXCLUSIVE")
        engine = sqlalchemy.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
        with (
            pytest.raises(InTheWayError, match="another program writes to it"),
            locked_said(),
            engine.connect() as mine,
        ):
            mine.execute(sqlalchemy.text("INSERT INTO grade VALUES (1)"))
        engine.dispose()
