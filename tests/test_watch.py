"""Official tries: what `course watch` makes of an exchange, in a course with one assignment."""

import json
import os
import shutil
import signal
import subprocess
import threading
import warnings
from concurrent.futures import Future

import nbformat
import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, make_course
from nbgrader.utils import notebook_hash
from sqlalchemy.exc import SAWarning

from graders.classroom import watch
from graders.classroom.due import set_due
from graders.classroom.watch import Watcher
from graders.course import Course, notebook_in
from graders.errors import InTheWayError, NotFoundError
from graders.gradebook import find_record
from graders.plugins.execute import SealedExecute
from graders.proof.fixtures import fill_in, fixtures, reference_answers
from graders.sealed import service

ASSIGNMENT = ASSIGNMENTS[LIGHT]
WRONG = next(one for one in fixtures(COURSE, ASSIGNMENT) if one.name.startswith("wrong") and not one.is_about_training)
FULL, LESS = ASSIGNMENT.auto_points, WRONG.points(ASSIGNMENT)
MORNING, NOON, EVENING = (f"2027-03-01 {hour}:00:00.000000 UTC" for hour in ("08", "12", "18"))

# nbgrader's own: a file that it leaves open, and queries that SQLAlchemy complains of.
pytestmark = [pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"), pytest.mark.turns(6)]


@pytest.fixture(scope="module", autouse=True)
def warm():
    """The processes that grade, started once for all tests of this file."""
    with service.started(SealedExecute(config=COURSE.config()).limits):
        yield


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A course with one assignment, to be copied."""
    return make_course(tmp_path_factory.mktemp("registered"), ASSIGNMENT).root


class Class:
    """A course with one assignment and an exchange, and what is said while it is watched."""

    def __init__(self, root, registered):
        self.course = Course(shutil.copytree(registered, root / "course"))
        self.config = self.course.config()
        self.config.Exchange.root = str(root / "exchange")
        self.config.Watch.pause_seconds = 0.1
        self.exchange = root / "exchange" / self.config.CourseDirectory.course_id
        for kind in ("inbound", "feedback"):
            (self.exchange / kind).mkdir(parents=True)
        (root / "exchange").chmod(0o777)

    def hand_in(self, student, when, answers=None):
        """What `nbgrader submit` writes: the reference's answers, and others in their place."""
        folder = self.exchange / "inbound" / f"{student}+{LIGHT}+{when}+random"
        folder.mkdir()
        notebook = nbformat.read(notebook_in(self.course.release(LIGHT)), as_version=4)
        fill_in(notebook, reference_answers(ASSIGNMENT) | (answers or {}))
        nbformat.write(notebook, folder / f"{LIGHT}.ipynb")
        (folder / "timestamp.txt").write_text(when)
        (folder / "submission_secret.txt").write_text(f"secret of {student}, {when}")
        return folder

    def watch(self, **policy):
        """Watches until everything is done; gives what was said."""
        self.config.Watch.update(policy)
        with warnings.catch_warnings(action="ignore", category=SAWarning):
            watcher = Watcher(self.course, [LIGHT], self.config)
            return [f"{one.who}: {one.text}" for one in watcher.run(2, threading.Event(), once=True)]

    def points(self, student):
        with self.course.gradebook() as gradebook:
            return find_record(gradebook, LIGHT, student).auto

    def page(self, student, when):
        """The page that the student finds in the exchange; None if there is none."""
        name = notebook_hash(secret=f"secret of {student}, {when}", notebook_id=LIGHT)
        path = self.exchange / "feedback" / f"{name}.html"
        return path.read_text(encoding="utf-8") if path.is_file() else None


@pytest.fixture
def class_(tmp_path, registered):
    return Class(tmp_path, registered)


def test_a_try_is_graded_and_its_page_released(class_):
    class_.hand_in("ada", MORNING)
    class_.hand_in("emmy", NOON, WRONG.answers)
    said = sorted(class_.watch())
    assert said[0].startswith(
        f"ada, {LIGHT}: try 1 of 3 today: {FULL:g} of {FULL:g} points by tests; feedback released"
    )
    assert f"try 1 of 3 today: {LESS:g} of" in said[1]
    assert class_.points("ada") == FULL
    assert class_.points("emmy") == LESS
    assert "This is official try 1 of 3" in class_.page("ada", MORNING)
    assert "Your last try counts." in class_.page("emmy", NOON)


def test_what_was_tried_is_not_tried_again(class_):
    class_.hand_in("ada", MORNING)
    assert len(class_.watch()) == 1
    assert class_.watch() == []


@pytest.mark.parametrize("when", ["2027-03-01 09:00:00.000000 CET", "2027-03-01T08:00:00Z"])
def test_a_time_of_another_zone_or_form_makes_no_second_try(class_, when):
    """A class whose exchange has a time zone hands in so."""
    class_.hand_in("ada", when)
    assert "try 1 of 3 today" in class_.watch()[0]
    assert class_.watch() == []


def test_a_try_whose_end_was_not_written_down_is_made_again(class_):
    class_.hand_in("ada", MORNING)
    class_.watch()
    record = class_.course.root / "tries" / "tries.jsonl"
    record.write_text(record.read_text()[:30])
    assert "try 1 of 3 today" in class_.watch()[0]


def test_the_last_try_counts(class_):
    class_.hand_in("ada", MORNING)
    class_.watch()
    class_.hand_in("ada", NOON, WRONG.answers)
    assert "try 2 of 3" in class_.watch()[0]
    assert class_.points("ada") == LESS


def test_the_best_try_counts_where_the_policy_says_so_and_each_has_a_page(class_):
    class_.hand_in("ada", MORNING, WRONG.answers)
    class_.watch(counts="best")
    class_.hand_in("ada", NOON)
    class_.watch()
    assert class_.points("ada") == FULL
    class_.hand_in("ada", EVENING, WRONG.answers)
    assert f"{LESS:g} of {FULL:g} points by tests; {FULL:g} by an earlier one count" in class_.watch()[0]
    assert class_.points("ada") == FULL
    assert (class_.course.submitted("ada", LIGHT) / "timestamp.txt").read_text() == NOON
    assert "Your best try counts, which is this one." in class_.page("ada", NOON)
    assert f"an earlier one with {FULL:g} points" in class_.page("ada", EVENING)
    assert f"{FULL:g} of" in class_.page("ada", NOON)
    assert f"{LESS:g} of" in class_.page("ada", EVENING)


def test_points_by_hand_stay_when_a_better_try_comes(class_):
    class_.hand_in("ada", MORNING, WRONG.answers)
    class_.watch(counts="best")
    question = ASSIGNMENT.of_kind("answer")[0]
    with class_.course.gradebook() as gradebook:
        grade = gradebook.find_grade(question.grade_id, LIGHT, LIGHT, "ada")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    class_.hand_in("ada", NOON)
    class_.watch()
    with class_.course.gradebook() as gradebook:
        assert find_record(gradebook, LIGHT, "ada").scores[question.grade_id].by_hand == 1.0


@pytest.fixture
def used_up(class_):
    """A class in which a student has had the one try of today, and has handed in again."""
    class_.hand_in("ada", MORNING, WRONG.answers)
    class_.watch(tries_per_day=1)
    class_.hand_in("ada", NOON, WRONG.answers)
    assert "waits until tomorrow" in "".join(class_.watch())
    assert class_.page("ada", NOON) is None
    return class_


def test_what_is_handed_in_beyond_the_tries_of_a_day_is_graded_the_next_day(used_up, monkeypatch):
    used_up.hand_in("ada", EVENING)  # and only the newest of it
    monkeypatch.setattr(watch, "_day", lambda: "2099-01-01")
    assert "try 1 of 1 today" in "".join(used_up.watch())
    assert used_up.page("ada", NOON) is None
    assert used_up.points("ada") == FULL


def test_after_the_due_date_what_came_before_it_counts(class_):
    set_due(class_.course, LIGHT, "2020-03-01 12:00 UTC")
    class_.hand_in("ada", "2020-03-01 10:00:00 UTC")
    class_.hand_in("ada", "2020-03-01 14:00:00 UTC", WRONG.answers)
    class_.hand_in("emmy", "2020-03-01 14:00:00 UTC", WRONG.answers)  # has nothing else
    assert len(class_.watch()) == 2
    assert class_.points("ada") == FULL
    assert class_.points("emmy") == LESS


def test_what_waited_is_graded_once_it_is_due(used_up):
    with used_up.course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LIGHT, duedate="2020-01-01 00:00:00 UTC")
    assert "try 2 of 1 today" in "".join(used_up.watch())


def test_a_run_that_says_nothing_is_tried_again_at_the_next_start_alone(class_, monkeypatch):
    class_.hand_in("ada", MORNING)
    unfinished = watch.Run("key", unfinished="The notebook was stopped.")
    monkeypatch.setattr(watch, "prepare", lambda *_: unfinished)
    assert class_.watch() == [f"ada, {LIGHT}: not graded: The notebook was stopped."]
    monkeypatch.undo()
    assert "try 1 of 3 today" in class_.watch()[0]


@pytest.mark.parametrize("step", ["make_ready", "replace_folder"])
def test_a_folder_that_cannot_be_prepared_is_told_and_costs_nobody_anything(class_, monkeypatch, step):
    does = getattr(watch, step)

    def refuse(folder, *more):
        if folder.parent.name == "emmy":
            raise PermissionError(13, "Permission denied", str(folder))
        return does(folder, *more)

    monkeypatch.setattr(watch, step, refuse)
    class_.hand_in("emmy", MORNING)
    class_.hand_in("ada", NOON)
    said = sorted(class_.watch())
    assert len(said) == 2
    assert "try 1 of 3 today" in said[0]
    assert said[1].startswith(f"emmy, {LIGHT}: not graded: What was handed in cannot be prepared: [Errno 13]")


def test_a_folder_without_a_notebook_is_told_and_costs_nobody_anything(class_):
    (class_.hand_in("ada", MORNING) / f"{LIGHT}.ipynb").unlink()
    class_.hand_in("emmy", MORNING)
    said = sorted(class_.watch())
    assert said[0] == f"ada, {LIGHT}: not graded: no notebook was handed in"
    assert "try 1 of 3 today" in said[1]


def test_what_is_being_graded_is_not_replaced(class_):
    class_.hand_in("ada", MORNING)
    watcher = Watcher(class_.course, [LIGHT], class_.config)
    (class_.course.root / "tries").mkdir()
    watcher.tries = watch.Tries(class_.course)
    assert list(watcher._collect(LIGHT)) == []
    (arrival,) = watcher._arrivals(LIGHT)
    watcher.runs[Future()] = arrival
    class_.hand_in("ada", NOON)
    assert list(watcher._collect(LIGHT)) == []
    assert (arrival.folder / "timestamp.txt").read_text() == MORNING
    assert list(watcher._arrivals(LIGHT)) == []


def test_one_at_a_time(class_):
    with Watcher(class_.course, [LIGHT], class_.config)._alone(), pytest.raises(InTheWayError, match="at work"):
        class_.watch()


def test_without_an_exchange_it_is_said_what_to_do(class_):
    shutil.rmtree(class_.exchange)
    with pytest.raises(NotFoundError, match="release_assignment"):
        class_.watch()


def test_the_command_grades_until_it_is_told_to_stop(class_):
    class_.hand_in("ada", MORNING)
    environment = {**os.environ, "COURSE_EXCHANGE": str(class_.exchange.parent)}
    command = [BIN / "course", "watch", LIGHT]
    with subprocess.Popen(
        command, cwd=class_.course.root, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    assert "Looking at the exchange" in lines[0]
    assert f"ada, {LIGHT}: try 1 of 3 today: {FULL:g} of {FULL:g} points by tests" in lines[1], lines
    assert (process.returncode, rest) == (0, "")
    assert json.loads((class_.course.root / "tries" / "tries.jsonl").read_text())["student"] == "ada"
