"""Files for Moodle and Canvas: read back by the rules of their importers, which the exporters' docstrings name."""

import csv
import io
import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers import BIN, COURSE
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, LoggingConfigurable

from graders.plugins.export import CanvasExporter, MoodleExporter, QuotedExporter
from graders.text import for_csv

# What nbgrader itself does when it adds a submission to a gradebook.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session:sqlalchemy.exc.SAWarning")
EXPORTERS = pytest.mark.parametrize("exporter", [MoodleExporter, CanvasExporter])


def lines_of(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"))))


# --- the two importers ------------------------------------------------------------------------------------------------
def read_as_moodle(path, identify_by):
    """Points by student and grade item. The preview maps columns by hand; here all but those about people are items."""
    header, *rows = lines_of(path)
    header = [title.strip() for title in header]
    people = ("Username", "Email address", "ID number", "First name", "Last name")
    grades = {}
    student = None
    for row in rows:
        assert len(row) == len(header), "csvweirdcolumns"
        cells = dict(zip(header, map(str.strip, row), strict=True))
        student = cells[identify_by] or student  # the importer keeps the student of the line before
        grades[student] = {}
        for title in header:
            if title not in people and not title.endswith("(Feedback)"):
                grades[student][title] = None if cells[title] in ("", "-") else float(cells[title])
    return grades


def read_as_canvas(path, roster):
    """Points possible, and points by Canvas's id of the student and by assignment.

    Args:
        path: the file.
        roster: who is in the course: login and name by Canvas's id.
    """
    header, *rows = lines_of(path)
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    possible, grades = {}, {}
    for row in rows:
        cells = [_with_a_decimal_point(cell) for cell in row]
        assert len(cells) == len(header)
        by_assignment = dict(zip(header[5:], cells[5:], strict=True))
        if "Points Possible" in row[0]:
            possible = {name: float(cell) for name, cell in by_assignment.items()}
            continue
        known = [key for key, (login, name) in roster.items() if cells[1] and int(cells[1]) == key]
        known = known or [key for key, (login, name) in roster.items() if login == cells[3]]
        known = known or [key for key, (login, name) in roster.items() if name == cells[0]]
        grades[known[0] if known else f"new: {row[0]}"] = by_assignment
    return possible, grades


def _with_a_decimal_point(cell):
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *parts, last = re.split("[,.]", cell)
    return ".".join(["".join(parts), last]) if parts else last


# --- a class ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    COURSE.config()  # it finds the program that nbgrader makes gradebooks with
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as gradebook:
        for name, tests in (("vae", [4, 6]), ("gan", [5]), ("flows", [3])):
            gradebook.add_assignment(name)
            gradebook.add_notebook(name, name)
            for number, points in enumerate(tests):
                gradebook.add_grade_cell(f"{name}-{number}", name, name, max_score=points, cell_type="code")
            gradebook.add_task_cell(f"{name}-why", name, name, max_score=2, cell_type="markdown")
    return path


@pytest.fixture
def gradebook(empty_gradebook, tmp_path):
    shutil.copy(empty_gradebook, tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        yield gradebook


def give(gradebook, student, assignment, tests, by_hand=0.0, penalty=None):
    """Grades of one submission: points by tests, and by hand; None where a person has not looked yet."""
    if student not in [one.id for one in gradebook.students]:
        gradebook.add_student(student)
    submission = gradebook.add_submission(assignment, student)
    (notebook,) = submission.notebooks
    notebook.late_submission_penalty = penalty
    for grade in notebook.grades:
        if grade.cell.name.endswith("why"):
            grade.manual_score, grade.needs_manual_grade = by_hand, by_hand is None
        else:
            grade.auto_score = tests[int(grade.cell.name[-1])]
            grade.needs_manual_grade = grade.auto_score is None
    gradebook.db.commit()


class App(LoggingConfigurable):
    """What an exporter sees of nbgrader's application."""

    def __init__(self, root):
        super().__init__(log=logging.getLogger("export"))  # not that of an application of another test
        self.coursedir = CourseDirectory(root=str(root))


def export(exporter, gradebook, folder, **options):
    path = folder / "out.csv"
    exporter(parent=App(folder), to=str(path), **options).export(gradebook)
    return path


def read(exporter, path, *students):
    """Points by student and assignment, whichever platform it is for; empty cells are None."""
    if exporter is MoodleExporter:
        return read_as_moodle(path, "Username")
    roster = dict(enumerate(((student, student) for student in students), start=1))
    _, grades = read_as_canvas(path, roster)
    return {
        roster[key][0]: {name: float(cell) if cell else None for name, cell in cells.items()}
        for key, cells in grades.items()
    }


# --- what both do -----------------------------------------------------------------------------------------------------
@EXPORTERS
def test_points_by_tests_and_by_hand_less_the_penalty(exporter, gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6], by_hand=1.5, penalty=2.3)
    give(gradebook, "bob", "vae", [4, 0], penalty=4)
    path = export(exporter, gradebook, tmp_path)
    assert read(exporter, path, "ada", "bob") == {"ada": {"vae": 9.2}, "bob": {"vae": 0}}


@EXPORTERS
@pytest.mark.parametrize(("absent", "points"), [("empty", None), ("zero", 0)])
def test_who_did_not_hand_in_has_an_empty_cell_or_0(exporter, absent, points, gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6])
    give(gradebook, "bob", "gan", [5])
    path = export(exporter, gradebook, tmp_path, absent=absent)
    grades = read(exporter, path, "ada", "bob")
    assert grades == {"ada": {"vae": 10, "gan": points}, "bob": {"vae": points, "gan": 5}}


@EXPORTERS
def test_an_assignment_that_nobody_handed_in_is_there_only_when_asked_for(exporter, gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6])
    assert list(read(exporter, export(exporter, gradebook, tmp_path), "ada")["ada"]) == ["vae"]
    asked = export(exporter, gradebook, tmp_path, assignment=["flows", "vae"])
    assert read(exporter, asked, "ada")["ada"] == {"flows": None, "vae": 10}


@EXPORTERS
def test_chosen_students_alone(exporter, gradebook, tmp_path):
    for student in ("ada", "bob", "7"):
        give(gradebook, student, "vae", [4, 6])
    path = export(exporter, gradebook, tmp_path, student=["ada", 7])  # nbgrader reads [ada, 7] as a name and a number
    assert set(read(exporter, path, "ada", "bob", "7")) == {"7", "ada"}


@EXPORTERS
@pytest.mark.parametrize("tests", [[4, 6], [4, None]], ids=["an answer", "a test that was not run"])
def test_what_waits_stops_it_before_anything_is_written(exporter, tests, gradebook, tmp_path, caplog):
    give(gradebook, "ada", "vae", tests, by_hand=None)
    give(gradebook, "bob", "vae", [4, 6])
    with pytest.raises(SystemExit):
        export(exporter, gradebook, tmp_path)
    assert "vae of ada: answers wait to be graded by hand" in caplog.text
    assert f"--{exporter.__name__}.waiting=empty" in caplog.text
    assert not list(tmp_path.glob("*.csv"))


@EXPORTERS
@pytest.mark.parametrize(("waiting", "points"), [("empty", None), ("points", 10)])
def test_what_waits_is_left_empty_or_counted_so_far_and_said(exporter, waiting, points, gradebook, tmp_path, caplog):
    give(gradebook, "ada", "vae", [4, 6], by_hand=None)
    path = export(exporter, gradebook, tmp_path, waiting=waiting)
    assert read(exporter, path, "ada") == {"ada": {"vae": points}}
    assert "vae of ada: answers wait" in caplog.text


@EXPORTERS
@pytest.mark.parametrize("waiting", ["empty", "points"])
def test_what_was_handed_in_and_never_graded_is_not_taken_for_absence(exporter, waiting, gradebook, tmp_path, caplog):
    give(gradebook, "ada", "vae", [4, 6])
    for student in ("ada", "eve"):  # eve is not even in the gradebook
        folder = tmp_path / "submitted" / student / "vae"
        folder.mkdir(parents=True)
        (folder / "vae.ipynb").touch()
    with pytest.raises(SystemExit):
        export(exporter, gradebook, tmp_path)
    path = export(exporter, gradebook, tmp_path, waiting=waiting, absent="zero")
    assert read(exporter, path, "ada", "eve") == {"ada": {"vae": 10}, "eve": {"vae": None}}
    assert "vae of eve: handed in, and not graded yet" in caplog.text


@EXPORTERS
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"assignment": ["nope"]}, "No assignment 'nope' in the gradebook: there are flows, gan, vae"),
        ({"student": ["nope"]}, "No student 'nope' in the gradebook: there are ada"),
    ],
)
def test_an_unknown_name_is_one_sentence(exporter, options, words, gradebook, tmp_path, caplog):
    give(gradebook, "ada", "vae", [4, 6])
    with pytest.raises(SystemExit):
        export(exporter, gradebook, tmp_path, **options)
    assert words in caplog.text


@EXPORTERS
def test_nothing_to_export_and_nowhere_to_write_are_one_sentence(exporter, gradebook, tmp_path, caplog):
    with pytest.raises(SystemExit):
        export(exporter, gradebook, tmp_path)
    assert "Nobody has handed in anything" in caplog.text
    give(gradebook, "ada", "vae", [4, 6])
    with pytest.raises(SystemExit):
        export(exporter, gradebook, tmp_path / "missing")
    assert "No such file or directory" in caplog.text


@EXPORTERS
def test_names_of_all_kinds_stay_whole(exporter, gradebook, tmp_path):
    names = [("Zoë", 'Mac "the" Neil, jr.'), ("李", "小龍"), ("Ünsal\n", "O'Şık; x"), (None, None), ("Solo", None)]
    for number, (first, last) in enumerate(names):
        gradebook.add_student(f"s{number}", first_name=first, last_name=last)
        give(gradebook, f"s{number}", "vae", [number % 5, 6])
    path = export(exporter, gradebook, tmp_path)
    students = [f"s{number}" for number in range(len(names))]
    assert read(exporter, path, *students) == {f"s{number}": {"vae": number % 5 + 6} for number in range(len(names))}
    written = path.read_text(encoding="utf-8")
    for text in ('Mac ""the"" Neil, jr.', "小龍", "Ünsal", "O'Şık; x"):
        assert text in written


@EXPORTERS
@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1+1)*9", "+1 (2)", "- 1", "\t=1+1", "＝1+1"])
def test_a_name_is_no_formula(exporter, name, gradebook, tmp_path):
    gradebook.add_student("ada", first_name=name, last_name=name)
    give(gradebook, "ada", "vae", [4, 6])
    cells = [cell for line in lines_of(export(exporter, gradebook, tmp_path)) for cell in line]
    assert f"'{name.strip()}" in ",".join(cells)
    assert not any(re.match(r"\s*[=+\-@＝＋－＠]", cell) for cell in cells)


@EXPORTERS
def test_an_id_that_is_a_formula_is_made_harmless_and_said(exporter, gradebook, tmp_path, caplog):
    give(gradebook, "=1+1", "vae", [4, 6])
    assert "'=1+1" in export(exporter, gradebook, tmp_path).read_text()
    assert "the import will not find it" in caplog.text


@pytest.mark.parametrize("plain", ["ada", "ada@example.org", "+ada@example.org", "-ada", "0123456", "d'Arc", ""])
def test_what_an_importer_must_find_stays_as_it_is(plain):
    assert for_csv(plain) == plain


# --- Moodle -----------------------------------------------------------------------------------------------------------
def test_moodle_finds_students_by_whatever_all_of_them_have(gradebook, tmp_path):
    for student, points in (("ada", 4), ("bob", 3)):
        gradebook.add_student(student, email=f"{student}@example.org", lms_user_id=f"00{points}")
        give(gradebook, student, "vae", [points, 0])
    path = export(MoodleExporter, gradebook, tmp_path)
    for column, ada in (("Username", "ada"), ("Email address", "ada@example.org"), ("ID number", "004")):
        assert read_as_moodle(path, column)[ada] == {"vae": 4}


def test_moodle_never_gives_one_students_points_to_another(gradebook, tmp_path, caplog):
    gradebook.add_student("ada", email="ada@example.org")
    give(gradebook, "ada", "vae", [4, 6])
    give(gradebook, "bob", "vae", [1, 0])  # without an address: in a column of addresses his points would be ada's
    path = export(MoodleExporter, gradebook, tmp_path)
    assert lines_of(path)[0] == ["Username", "First name", "Last name", "vae", "vae (Feedback)"]
    assert "No column 'Email address', since these have none in the gradebook: bob" in caplog.text


def test_moodle_gets_a_sentence_of_feedback_beside_each_number(gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6], by_hand=1, penalty=1.1)
    give(gradebook, "bob", "vae", [4, 0], by_hand=None)
    give(gradebook, "eve", "gan", [5])
    path = export(MoodleExporter, gradebook, tmp_path, waiting="points")
    header, *lines = lines_of(path)
    rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert rows["ada"]["vae (Feedback)"] == "9.9 of 12 points; 1.1 were lost for handing in late."
    assert rows["bob"]["vae (Feedback)"] == "4 of 12 points; 2 are still to be graded."
    assert rows["eve"]["vae (Feedback)"] == ""
    assert {bool(row["vae"]) == bool(row["vae (Feedback)"]) for row in rows.values()} == {True}


# --- Canvas -----------------------------------------------------------------------------------------------------------
def test_canvas_reads_the_points_possible(gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6])
    give(gradebook, "ada", "gan", [5])
    possible, _ = read_as_canvas(export(CanvasExporter, gradebook, tmp_path), {1: ("ada", "Ada")})
    assert possible == {"vae": 12, "gan": 7}


def test_canvas_finds_students_by_its_own_number_by_login_or_by_address(gradebook, tmp_path):
    gradebook.add_student("ada", lms_user_id="71", first_name="A", last_name="L", email="ada@example.org")
    gradebook.add_student("bob", lms_user_id="lti:72", first_name="A", last_name="L")  # no number: 0 would be its value
    for student, points in (("ada", 4), ("bob", 3)):
        give(gradebook, student, "vae", [points, 0])
    roster = {0: ("other", "L, A"), 71: ("x", "L, A"), 72: ("bob", "L, A")}
    _, grades = read_as_canvas(export(CanvasExporter, gradebook, tmp_path), roster)
    assert grades == {71: {"vae": "4"}, 72: {"vae": "3"}}
    roster = {1: ("ada@example.org", ""), 2: ("bob", "")}
    gradebook.find_student("ada").lms_user_id = None
    _, grades = read_as_canvas(export(CanvasExporter, gradebook, tmp_path, login="email"), roster)
    assert grades == {1: {"vae": "4"}, 2: {"vae": "3"}}


def test_canvas_makes_no_assignment_of_a_column_that_is_none(gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6])
    assert lines_of(export(CanvasExporter, gradebook, tmp_path))[0] == [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "vae",
    ]


# --- the command ------------------------------------------------------------------------------------------------------
def test_nbgrader_runs_it_with_its_options(gradebook, tmp_path):
    give(gradebook, "ada", "vae", [4, 6], by_hand=None)
    command = [BIN / "nbgrader", "export", "--exporter", "graders.plugins.export.MoodleExporter"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "Nothing was written, since not everything is graded" in refused.stderr
    options = ["--to", "moodle.csv", "--assignment", "vae", "--MoodleExporter.waiting=points"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert read_as_moodle(tmp_path / "moodle.csv", "Username") == {"ada": {"vae": 10}}


def test_the_file_has_a_name_of_its_own():
    assert [Path(exporter(config=Config()).to).name for exporter in (MoodleExporter, CanvasExporter)] == [
        "moodle.csv",
        "canvas.csv",
    ]


NAMED = ['a,b"c', "x,100,100,100", "=1+1,2", "two\nlines", "José", "plain"]


def test_in_nbgraders_own_table_a_name_is_one_cell(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_assignment("toy")
        for name in NAMED:
            gradebook.add_student(name, first_name=name, last_name=None)
        plugin = QuotedExporter()
        plugin.to = str(tmp_path / "grades.csv")
        plugin.export(gradebook)
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert {len(row) for row in rows} == {len(header)}
    assert {row[header.index("student_id")] for row in rows} == {for_csv(name) for name in NAMED}
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_the_course_uses_it():
    assert COURSE.config().ExportApp.plugin_class is QuotedExporter
