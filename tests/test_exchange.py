"""What `nbgrader collect` and `nbgrader release_feedback` make of an exchange into which every student writes."""

import os
import pwd
import shutil
from types import SimpleNamespace

import pytest
from helpers import ROOT
from nbgrader.api import Gradebook
from nbgrader.apps import CollectApp, ReleaseFeedbackApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import notebook_hash

from graders.course import Course
from graders.plugins.exchange import CollectOwn, copy_plainly

NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
FIRST, SECOND = "2027-03-01 10:00:00.000000 UTC", "2027-03-01 12:00:00.000000 UTC"


class Place:
    """A course with an assignment `toy`, and an exchange beside it."""

    def __init__(self, root, gradebook, capsys):
        self.capsys, self.said = capsys, ""
        self.course = Course(root / "course")
        self.course.root.mkdir()
        shutil.copy(ROOT / "nbgrader_config.py", self.course.root)
        self.config = self.course.config()
        self.config.Exchange.root = str(root / "exchange")
        self.exchange = root / "exchange" / self.config.CourseDirectory.course_id
        for kind in ("inbound", "feedback"):
            (self.exchange / kind).mkdir(parents=True)
        (root / "exchange").chmod(0o777)
        shutil.copy(gradebook, self.course.root)

    def hand_in(self, student, when=FIRST, text=NOTEBOOK, name=None):
        folder = self.exchange / "inbound" / (name or f"{student}+toy+{when}+random")
        folder.mkdir()
        (folder / "toy.ipynb").write_text(text)
        (folder / "timestamp.txt").write_text(when)
        return folder

    def collect(self, **options):
        """Runs what the command runs; gives the files of each student."""
        self.config.ExchangeCollect.update(options)
        self.start(CollectApp, "toy", "--update")
        return {
            student: {
                str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if not path.is_dir()
            }
            for student, folder in self.course.submissions("toy")
        }

    def start(self, kind, *arguments):
        app = kind(config=self.config)
        app.initialize(list(arguments))
        app.update_config(self.config)
        app.start()
        self.said = self.capsys.readouterr().err


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """A gradebook with the assignment and two students."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as made:
        made.add_assignment("toy")
        for student in ("ada", "emmy"):
            made.add_student(student)
    return path


@pytest.fixture
def place(tmp_path, gradebook, capsys, monkeypatch):
    made = Place(tmp_path, gradebook, capsys)
    monkeypatch.chdir(made.course.root)
    return made


def test_the_newest_of_each_student_is_taken(place):
    place.hand_in("ada", FIRST, "old")
    place.hand_in("ada", SECOND, "new")
    place.hand_in("emmy", FIRST, "hers")
    found = place.collect()
    assert found["ada"] == {"toy.ipynb": "new", "timestamp.txt": SECOND}
    assert found["emmy"] == {"toy.ipynb": "hers", "timestamp.txt": FIRST}


def test_what_was_collected_is_replaced_by_what_is_newer_alone(place):
    place.hand_in("ada", SECOND, "new")
    place.collect()
    place.hand_in("ada", FIRST, "old")
    assert place.collect()["ada"]["toy.ipynb"] == "new"
    place.hand_in("ada", "2027-03-02 12:00:00 UTC", "newer")
    assert place.collect()["ada"]["toy.ipynb"] == "newer"


@pytest.mark.parametrize("kind", ["file", "folder", "notebook", "to nothing", "within", "above"])
def test_no_link_is_followed(place, kind):
    """nbgrader would copy what it points to, with the rights of whoever collects: the hidden tests, say."""
    secret = place.course.root / "source" / "toy"
    secret.mkdir(parents=True)
    (secret / "tests.txt").write_text("secret")
    folder = place.hand_in("ada")
    name, target = {
        "file": ("data.txt", secret / "tests.txt"),
        "folder": ("data", secret),
        "notebook": ("toy.ipynb", secret / "tests.txt"),
        "to nothing": ("data", "nowhere"),
        "within": ("data", "toy.ipynb"),
        "above": ("data", ".."),
    }[kind]
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(target)
    taken = place.collect()["ada"]
    assert taken[name] == f"This was a link to {target}\n"
    assert "secret" not in "".join(taken.values())


def test_a_folder_that_is_a_link_is_set_aside(place):
    (place.course.root / "source").mkdir()
    (place.course.root / "source" / "tests.txt").write_text("secret")
    (place.exchange / "inbound" / f"ada+toy+{FIRST}+random").symlink_to(place.course.root / "source")
    place.hand_in("emmy")
    assert set(place.collect()) == {"emmy"}
    assert "Set aside" in place.said


def test_a_folder_that_becomes_a_link_while_it_is_copied_is_not_followed(tmp_path):
    """A student may change what lies in the exchange at any time."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "tests.txt").write_text("secret")
    (tmp_path / "handed" / "data").mkdir(parents=True)

    def exchanged(place, names):
        if "data" in names:
            (tmp_path / "handed" / "data").rmdir()
            (tmp_path / "handed" / "data").symlink_to(tmp_path / "secret")
        return set()

    copy_plainly(tmp_path / "handed", tmp_path / "copy", exchanged, 1000)
    assert not list((tmp_path / "copy").rglob("tests.txt"))


def pipe(folder):
    os.mkfifo(folder / "data")


def deep(folder):
    for _ in range(150):
        folder = folder / "d"
        folder.mkdir()


def large(folder):
    for number in range(20):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(90_000_000)


def unreadable(folder):
    (folder / "data").mkdir()
    (folder / "toy.ipynb").chmod(0)
    (folder / "data").chmod(0)


@pytest.mark.parametrize("make", [pipe, deep, large, unreadable])
def test_odd_files_of_one_student_stop_nobody(place, make):
    make(place.hand_in("ada"))
    place.hand_in("emmy")
    assert place.collect()["emmy"]["toy.ipynb"] == NOTEBOOK


def test_what_cannot_be_copied_leaves_what_was_collected_before(place):
    place.hand_in("ada", FIRST, "good")
    place.collect()
    deep(place.hand_in("ada", SECOND))
    assert place.collect()["ada"]["toy.ipynb"] == "good"
    assert "too deep" in place.said


@pytest.mark.parametrize(
    "name",
    ["ada+toy+yesterday+x", "ada+toy+", "ada+toy+2027-13-01+x", "[x]+toy+2027-03-01 10:00:00 UTC+x", "+toy+x+y"],
)
def test_a_name_that_says_nothing_is_set_aside(place, name):
    place.hand_in("", name=name)
    place.hand_in("emmy")
    assert set(place.collect()) == {"emmy"}
    assert "its name does not say whose it is" in place.said


@pytest.mark.parametrize("written", ["", "yesterday", "2099-01-01 00:00:00 UTC", "\x00" * 10])
def test_the_time_is_that_of_the_name(place, written):
    (place.hand_in("ada") / "timestamp.txt").write_text(written)
    assert place.collect()["ada"]["timestamp.txt"] == FIRST
    place.hand_in("ada", SECOND, "new")
    assert place.collect()["ada"]["toy.ipynb"] == "new"


def test_what_a_student_hands_in_under_the_name_of_another_is_set_aside(place, monkeypatch):
    place.hand_in("emmy", FIRST, "hers")
    place.hand_in("emmy", SECOND, "by ada")
    monkeypatch.setattr(CollectOwn, "owner_of", lambda self, path: "ada" if SECOND in path else "emmy")
    assert place.collect()["emmy"]["toy.ipynb"] == "hers"
    assert "it belongs to ada" in place.said


@pytest.mark.parametrize("stranger", ["mallory", "100000"])
def test_where_a_student_has_an_account_nobody_else_hands_in_under_the_name(place, monkeypatch, stranger):
    place.hand_in("emmy", FIRST, "hers")
    place.hand_in("emmy", SECOND, "by a stranger")
    monkeypatch.setattr(CollectOwn, "owner_of", lambda self, path: stranger if SECOND in path else "emmy")
    assert place.collect()["emmy"]["toy.ipynb"] == "by a stranger"
    monkeypatch.setattr(pwd, "getpwnam", {"emmy": SimpleNamespace(pw_name="emmy")}.__getitem__)
    shutil.rmtree(place.course.root / "submitted")
    assert place.collect()["emmy"]["toy.ipynb"] == "hers"
    assert f"it belongs to {stranger}" in place.said


def test_an_account_without_a_name_is_told_by_its_number(place, monkeypatch):
    place.hand_in("emmy")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    monkeypatch.setattr(pwd, "getpwnam", {"emmy": SimpleNamespace(pw_name="emmy")}.__getitem__)
    assert place.collect() == {}
    assert f"it belongs to {os.getuid()}" in place.said


@pytest.mark.parametrize(("account", "check"), [("jovyan", True), ("ada", False)])
def test_one_account_for_all_students_is_no_theft(place, monkeypatch, account, check):
    place.hand_in("emmy", FIRST, "hers")
    monkeypatch.setattr(pwd, "getpwuid", lambda number: SimpleNamespace(pw_name=account))
    assert place.collect(check_owner=check)["emmy"]["toy.ipynb"] == "hers"


@pytest.mark.parametrize(("late", "taken"), [(False, "in time"), (True, "late")])
def test_before_the_due_date_counts_where_it_is_asked(place, late, taken):
    with Gradebook(CourseDirectory(config=place.config).db_url) as gradebook:
        gradebook.update_or_create_assignment("toy", duedate="2027-03-01 11:00:00 UTC")
    if not late:
        place.hand_in("ada", FIRST, "in time")
    place.hand_in("ada", SECOND, "late")
    assert place.collect(before_duedate=True)["ada"]["toy.ipynb"] == taken


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader leaves a file open
def test_feedback_goes_to_everyone_but_those_who_handed_in_some_other_way(place):
    for student, secret in (("ada", None), ("emmy", "emmy's")):
        folder = place.course.feedback(student, "toy")
        folder.mkdir(parents=True)
        (folder / "toy.html").write_text(f"page of {student}")
        (folder / "timestamp.txt").write_text(FIRST)
        if secret:
            (folder / "submission_secret.txt").write_text(secret)
    place.start(ReleaseFeedbackApp, "toy")
    pages = list((place.exchange / "feedback").iterdir())
    assert [page.name for page in pages] == [notebook_hash(secret="emmy's", notebook_id="toy") + ".html"]
    assert pages[0].read_text() == "page of emmy"
    assert "did not come in through the exchange" in place.said
