"""Class lists as people and spreadsheet programs save them, and what is said of those that say nobody."""

import shutil

import pytest
from helpers import ROOT
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from graders.classroom.students import import_students, read_class_list
from graders.cli import app
from graders.course import Course
from graders.errors import NotFoundError, UnclearError

PLAIN = "id,first_name,last_name,email,lms_user_id\nada,Ada,Lovelace,ada@example.org,1815\nzoe,Zoë,Müller,,0042\n"
STUDENTS = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "lms_user_id": "1815"},
    "zoe": {"first_name": "Zoë", "last_name": "Müller", "email": None, "lms_user_id": "0042"},
}
SAVED = {
    "as it is written by hand": PLAIN.encode(),
    "CSV UTF-8 of Excel": PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
    "where a comma is for decimals": PLAIN.replace(",", ";").encode("utf-8-sig"),
    "CSV of Excel on Windows": PLAIN.replace(",", ";").replace("\n", "\r\n").encode("cp1252"),
    "Unicode text of Excel": PLAIN.replace(",", "\t").encode("utf-16"),
    "with the line that tells Excel": ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
    "old ends of lines": PLAIN.replace("\n", "\r").encode(),
    "no end of the last line": PLAIN.strip().encode(),
    "empty rows": PLAIN.replace("\nzoe", "\n,,,,\n\n   \nzoe").encode() + b",,,,\n\n",
    "empty columns": PLAIN.replace("\n", ",,\n").encode(),
    "blanks": PLAIN.replace(",", " , ").replace("ada ", " ada\u00a0").encode(),
    "quotes": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.split("\n")[:3]).encode(),
    "other capitals": PLAIN.replace("id,first_name", "ID,First_Name", 1).encode(),
    "a column of one's own": PLAIN.replace("id\n", "id,group\n").replace("15\n", "15,A\n").encode(),
    "another order": "\n".join(",".join(line.split(",")[::-1]) for line in PLAIN.split("\n")[:3]).encode(),
}


def saved(folder, content):
    path = folder / "students.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("how", SAVED)
def test_a_class_list_is_read_however_it_was_saved(tmp_path, how):
    assert read_class_list(saved(tmp_path, SAVED[how])).students == STUDENTS


def test_a_comma_in_quotes_is_part_of_a_name(tmp_path):
    path = saved(tmp_path, 'id,first_name,last_name\nada,Ada,"Lovelace, Countess"\n')
    assert read_class_list(path).students["ada"]["last_name"] == "Lovelace, Countess"


UNCLEAR = {
    "": "names nobody",
    "id,first_name\n": "names nobody",
    "name,email\nada,ada@example.org\n": "names no column id",
    "ada,Ada,Lovelace\n": "names no column id",
    "id,first_name,first_name\nada,Ada,A\n": "two columns are called first_name",
    "id,first_name\nada,Ada\n,Emmy\n": "line 3 has no id",
    "id,first_name\nada,Ada\nada,Emmy\n": "line 3: ada is there already",
    "id,first_name\nada,Ada\nADA,Emmy\n": "ADA and ada differ in capitals or accents alone",
    "id,first_name\nada,Ada\na/b,Emmy\n": "line 3: a/b can be no id",
    "id,last_name\nada,Lovelace, Countess\n": "line 2 has more cells than columns",
    "id,lms_user_id\nada,1.23457E+11\n": "line 2: 1.23457E+11 is rounded",
    "id;email\n1,23457E+11;\n": "line 2: 1,23457E+11 is rounded",
    'id,first_name\nada,"Ada\n': "line 2: ",
}


@pytest.fixture
def course(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "source").mkdir()
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada", first_name="A", last_name="Byron")
    return Course(tmp_path)


def known(course):
    with course.gradebook() as gradebook:
        return {one.id: (one.first_name, one.last_name, one.email, one.lms_user_id) for one in gradebook.students}


@pytest.mark.parametrize("content", UNCLEAR)
def test_of_a_list_that_is_not_clear_nobody_is_added_and_the_line_is_said(course, content):
    with pytest.raises(UnclearError) as caught:
        import_students(course, saved(course.root, content))
    assert UNCLEAR[content] in str(caught.value)
    assert known(course) == {"ada": ("A", "Byron", None, None)}


def test_nobody_is_added_who_is_there_in_other_capitals(course):
    with pytest.raises(UnclearError, match="ADA and ada differ in capitals or accents alone: one is there already"):
        import_students(course, saved(course.root, "id\nemmy\nADA\n"))
    assert known(course) == {"ada": ("A", "Byron", None, None)}


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x85", "\u2028"])
def test_a_line_ends_where_programs_end_one(course, character):
    import_students(course, saved(course.root, f"id,first_name\nbob,A{character}B\n"))
    assert set(known(course)) == {"ada", "bob"}


def test_who_is_known_is_changed_as_far_as_there_are_columns(course):
    import_students(course, saved(course.root, "id;email\nada;ada@example.org\nemmy;\n"))
    assert known(course) == {"ada": ("A", "Byron", "ada@example.org", None), "emmy": (None, None, None, None)}


def test_the_command_says_who_is_in_and_what_it_could_not_know(course, monkeypatch):
    monkeypatch.chdir(course.root)
    saved(course.root, "id;first_name;[group]\nzoe;Zoë;A\n".encode("cp1252"))
    said = CliRunner().invoke(app, ["students", "students.csv"])
    assert said.exit_code == 0
    assert "Put into the gradebook from students.csv: 1." in said.output
    assert "left out: [group]" in said.output
    assert "If these names are wrong, save it so: Zoë" in said.output
    assert known(course)["zoe"] == ("Zoë", None, None, None)


def test_without_a_file_or_a_gradebook_it_is_said_what_to_do(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    with pytest.raises(NotFoundError, match="there is no file"):
        import_students(Course(tmp_path), tmp_path / "students.csv")
    with pytest.raises(NotFoundError, match="course build"):
        import_students(Course(tmp_path), saved(tmp_path, PLAIN))
