"""What handing in late costs, by the plugin that nbgrader's AssignLatePenalties asks."""

import datetime
import shutil

import pytest
from helpers import COURSE, ROOT, must, run
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from graders import cli
from graders.build import register
from graders.classroom.due import due_dates, set_due
from graders.course import Course
from graders.errors import UnclearError
from graders.plugins.late import DAY, LatePenalty
from graders.source import read_assignment

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session:sqlalchemy.exc.SAWarning")

TOY = """# %% solution="toy-double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION

# %% test="toy-double" points=5
### BEGIN HIDDEN TESTS
assert double(2) == 4, "double(2) should be 4."
### END HIDDEN TESTS
"""


@pytest.mark.parametrize(
    ("late", "options", "lost"),
    [
        (1, {}, None),  # off, unless told otherwise
        (1, {"percent_per_day": 10}, 2.0),
        (DAY, {"percent_per_day": 10}, 2.0),
        (DAY + 1, {"percent_per_day": 10}, 4.0),
        (30 * DAY, {"percent_per_day": 10}, 20.0),
        (30 * DAY, {"percent_per_day": 10, "most_percent": 50}, 10.0),
        (15 * 60, {"percent_per_day": 10, "grace_minutes": 15}, None),
        (15 * 60 + 1, {"percent_per_day": 10, "grace_minutes": 15}, 2.0),
        (15 * 60 + DAY, {"percent_per_day": 10, "grace_minutes": 15}, 2.0),
        (1, {"percent_per_day": 3.33}, 0.67),
    ],
)
def test_each_started_day_after_the_grace_costs_a_share_up_to_a_limit(late, options, lost):
    assert LatePenalty(**options).late_submission_penalty("ada", 20.0, late) == lost


@pytest.mark.parametrize("score", [0.0, 0.004, 1 / 3, 7.005])
def test_nobody_loses_more_than_there_is(score):
    lost = LatePenalty(percent_per_day=100).late_submission_penalty("ada", score, 1)
    assert lost is None or 0 <= lost <= score


@pytest.mark.parametrize("options", [{"percent_per_day": -1}, {"percent_per_day": 101}, {"grace_minutes": -1}])
def test_a_policy_that_makes_no_sense_is_refused(options):
    with pytest.raises(Exception, match=next(iter(options))):
        LatePenalty(**options)


def test_the_course_asks_this_plugin_and_it_is_off():
    config = COURSE.config()
    assert AssignLatePenalties(config=config).plugin_class is LatePenalty
    assert LatePenalty(config=config).late_submission_penalty("ada", 20.0, 30 * DAY) is None


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """A gradebook with an assignment that was due at noon."""
    COURSE.config()  # it finds the program that nbgrader makes gradebooks with
    with Gradebook(f"sqlite:///{tmp_path_factory.mktemp('late') / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("toy", duedate="2026-03-01 12:00 UTC")
        gradebook.add_notebook("toy", "toy")
        gradebook.add_grade_cell("toy-test", "toy", "toy", max_score=5, cell_type="code")
        gradebook.add_grade_cell("toy-why", "toy", "toy", max_score=5, cell_type="markdown")
        gradebook.add_student("ada")
        yield gradebook


def penalty(gradebook, timestamp, by_hand=None, extension=None):
    """What nbgrader's preprocessor records for 4 points by tests."""
    submitted = gradebook.update_or_create_submission("toy", "ada", timestamp=timestamp, extension=extension)
    (notebook,) = submitted.notebooks
    for grade in notebook.grades:
        grade.auto_score, grade.manual_score = (4, None) if grade.cell.name == "toy-test" else (None, by_hand)
    gradebook.db.commit()
    names = {"notebook": "toy", "assignment": "toy", "student": "ada", "db_url": str(gradebook.engine.url)}
    config = Config(AssignLatePenalties={"plugin_class": LatePenalty}, LatePenalty={"percent_per_day": 10})
    AssignLatePenalties(config=config).preprocess(new_notebook(), {"nbgrader": names})
    gradebook.db.refresh(notebook)
    return notebook.late_submission_penalty


def test_nbgrader_counts_from_the_due_date_in_utc_with_extensions(gradebook):
    assert penalty(gradebook, "2026-03-01 12:00 UTC") is None
    assert penalty(gradebook, "2026-03-01 13:00 CET") is None  # the same moment
    assert penalty(gradebook, "2026-03-01 12:01 UTC") == 0.4
    assert penalty(gradebook, "2026-03-03 12:01 UTC") == 1.2
    day = datetime.timedelta(days=1)
    assert penalty(gradebook, "2026-03-03 12:01 UTC", extension=2 * day) == 0.4
    assert penalty(gradebook, "2026-03-03 12:01 UTC", extension=3 * day) is None


def test_points_by_hand_count_once_they_are_there(gradebook):
    assert penalty(gradebook, "2026-03-01 12:01 UTC") == 0.4
    assert penalty(gradebook, "2026-03-01 12:01 UTC", by_hand=3) == 0.7


def test_nbgrader_autograde_takes_the_points_and_a_build_keeps_the_due_date(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "source").mkdir()
    script = tmp_path / "source" / "toy.py"
    script.write_text(TOY)
    register(read_assignment(script), Course(tmp_path))
    with Course(tmp_path).gradebook() as gradebook:
        gradebook.update_or_create_assignment("toy", duedate="2026-03-01 12:00 UTC")
    register(read_assignment(script), Course(tmp_path))
    for student, day in (("early", 1), ("late", 3)):
        folder = tmp_path / "submitted" / student / "toy"
        shutil.copytree(tmp_path / "source" / "toy", folder)  # the reference itself
        (folder / "timestamp.txt").write_text(f"2026-03-0{day} 11:00:00 UTC")
    options = ["--SealedExecute.unsealed=True", "--LatePenalty.percent_per_day=10"]
    must(tmp_path, "nbgrader", "autograde", "toy", *options)
    with Course(tmp_path).gradebook() as gradebook:
        submissions = gradebook.assignment_submissions("toy")
        found = {one.student.id: (one.score, one.late_submission_penalty) for one in submissions}
    assert found == {"early": (5, 0), "late": (5, 1)}


@pytest.fixture(scope="module")
def toy_course(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("due")
    script = tmp_path / "source" / "toy.py"
    script.parent.mkdir()
    script.write_text(TOY, encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    course.config()  # it finds the program that nbgrader makes gradebooks with
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        gradebook.add_grade_cell("toy-double-test", "toy", "toy", max_score=5, cell_type="code")
    return course


@pytest.mark.parametrize(
    ("text", "due"),
    [("2027-03-01 18:00 UTC", "2027-03-01T18:00:00"), ("2027-07-01 18:00 Europe/Berlin", "2027-07-01T16:00:00")],
)
def test_a_due_date_is_set_in_utc_and_the_points_stay(toy_course, text, due):
    set_due(toy_course, "toy", text)
    assert {name: when.isoformat() for name, when in due_dates(toy_course, ["toy"]).items()} == {"toy": due}
    with toy_course.gradebook() as gradebook:
        assert gradebook.find_assignment("toy").max_score == 5


@pytest.mark.parametrize("text", ["01.03.2027", "2027-03-01", "2027-03-01 18:00 XYZ", "2027-10-31 02:30 Europe/Berlin"])
def test_a_due_date_that_could_be_read_in_two_ways_is_refused_with_what_to_write(toy_course, text):
    before = due_dates(toy_course, ["toy"])
    with pytest.raises(UnclearError, match="write it as"):
        set_due(toy_course, "toy", text)
    assert due_dates(toy_course, ["toy"]) == before


GUESSED = {
    "01.03.2027 18:00": "Sunday, 3 January 2027, 18:00 UTC",
    "2027-03-01": "Monday, 1 March 2027, 00:00 UTC",
    "2027-03-01 18:00 PST": "Monday, 1 March 2027, 18:00 UTC",
}


@pytest.mark.parametrize("guessed", GUESSED)
def test_a_due_date_that_nbgrader_guessed_is_said_in_words(toy_course, guessed, capsys):
    with toy_course.gradebook() as gradebook:  # as `nbgrader db assignment add --duedate` does
        gradebook.update_or_create_assignment("toy", duedate=guessed)
    cli._say_due(toy_course, ["toy"])
    assert capsys.readouterr().out == f"toy is due on {GUESSED[guessed]}.\n"


@pytest.mark.parametrize("command", [["grade", "toy"], ["grades", "toy"], ["watch", "toy", "--once"]])
def test_whatever_goes_by_a_due_date_says_it(toy_course, command):
    must(toy_course.root, "nbgrader", "db", "assignment", "add", "toy", "--duedate=01.03.2027")
    folder = toy_course.submitted("ada", "toy")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toy.ipynb").write_text("{}")
    assert "toy is due on Sunday, 3 January 2027, 00:00 UTC." in run(toy_course.root, "course", *command).stdout


def test_the_command_says_the_date_in_words(toy_course):
    done = run(toy_course.root, "course", "due", "toy", "2027-03-01 18:00 Europe/Paris")
    assert done.stdout == "toy is due on Monday, 1 March 2027, 17:00 UTC.\n"
    assert "toy is due on Monday, 1 March 2027, 17:00 UTC." in run(toy_course.root, "course", "grades").stdout
    done = run(toy_course.root, "course", "due", "toy", "01.03.2027")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
