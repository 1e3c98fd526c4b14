"""A regrade shows what a mended test changes before it writes, and writes what it has shown."""

import hashlib
import os
import re
import shutil

import nbformat
import pytest
from helpers import ROOT, must
from nbformat.v4 import new_output
from typer.testing import CliRunner

from graders.build import BuildError, register
from graders.classroom import regrade
from graders.classroom.grading import Finished
from graders.classroom.regrade import PENALTY, Change, copy_gradebook, read_records, trial_of
from graders.cli import app
from graders.course import Course
from graders.errors import NotFoundError
from graders.plugins.execute import GRADED
from graders.proof.fixtures import fill_in
from graders.source import read_assignment

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session:sqlalchemy.exc.SAWarning")

# The hidden test is wrong: twice a half is one.
TOY = """# %% solution="toy-double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION

# %% test="toy-double" points=4
### BEGIN HIDDEN TESTS
assert double(0.5) == 2, f"double(0.5) should be 2, yours is {double(0.5)} [sic]."
### END HIDDEN TESTS

# %% [markdown] answer="toy-why" points=2
# Why?
#
# === BEGIN MARK SCHEME ===
# Two points for a reason.
# === END MARK SCHEME ===
"""
MENDED = TOY.replace("== 2", "== 1").replace("should be 2", "should be 1")
ANSWERS = {"right": "return 2 * x", "lucky": "return 2", "wrong": "return x"}
SENTENCE = "double(0.5) should be 1, yours is 2 [sic]."


def write_source(root, text):
    script = root / "source" / "toy.py"
    script.parent.mkdir(exist_ok=True)
    script.write_text(text)
    return read_assignment(script)


def hand_in(root, student, line):
    notebook = nbformat.read(root / "release" / "toy" / "toy.ipynb", as_version=4)
    fill_in(notebook, {"toy-double": f"def double(x):\n    {line}\n"})
    folder = root / "submitted" / student / "toy"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "toy.ipynb")
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    return folder


def record(root, student, points, sentence=""):
    """Does what nbgrader does when it has graded the toy of a student."""
    graded = root / "autograded" / student / "toy"
    shutil.rmtree(graded, ignore_errors=True)
    shutil.copytree(root / "submitted" / student / "toy", graded)
    notebook = nbformat.read(root / "source" / "toy" / "toy.ipynb", as_version=4)
    notebook.metadata[GRADED] = True
    (test,) = (
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "toy-double-test"
    )
    if sentence:
        test.outputs = [new_output("error", ename="AssertionError", evalue=sentence, traceback=[])]
    nbformat.write(notebook, graded / "toy.ipynb")
    with Course(root).gradebook() as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission("toy", student, timestamp="2026-03-01 12:00:00 UTC")
        (notebook,) = submission.notebooks
        for grade in notebook.grades:
            if grade.cell.name == "toy-double-test":
                grade.auto_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def by_hand(root, student, **points):
    """Points that a person gave in the formgrader, by test: toy_why=1.5."""
    with Course(root).gradebook() as gradebook:
        for test, given in points.items():
            grade = gradebook.find_grade(test.replace("_", "-"), "toy", "toy", student)
            grade.manual_score, grade.needs_manual_grade = given, False
        gradebook.db.commit()


def waiting(root, student):
    with Course(root).gradebook() as gradebook:
        grades = [grade for one in gradebook.find_submission("toy", student).notebooks for grade in one.grades]
        return {grade.cell.name for grade in grades if grade.needs_manual_grade}


def state_of(root):
    """Everything in a course: its files, but for the gradebook's, and all scores."""
    files = {
        path.relative_to(root): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "gradebook" not in path.name
    }
    return files, read_records(Course(root), "toy")


@pytest.fixture(scope="module")
def graded_toy(tmp_path_factory):
    root = tmp_path_factory.mktemp("graded")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    register(write_source(root, TOY), Course(root))
    for student, line in ANSWERS.items():
        hand_in(root, student, line)
        record(root, student, 4 if student == "lucky" else 0)
        by_hand(root, student, toy_why=1.5)
    return root


@pytest.fixture
def course(graded_toy, tmp_path):
    """A course of three, all graded by a wrong test and by hand; the test is mended in its source."""
    root = tmp_path / "course"
    shutil.copytree(graded_toy, root)
    write_source(root, MENDED)
    return root


@pytest.fixture
def without_kernels(monkeypatch):
    """The outcome of grading with the mended test, by student; a test may change it."""
    results = {"right": (4, ""), "lucky": (0, SENTENCE), "wrong": (0, SENTENCE)}

    def grade(course, chosen, jobs, config):
        for task in chosen:
            assert task.again
            points, sentence = results[task.student]
            if points is not None:
                record(course.root, task.student, points, sentence)
            yield Finished(task, 0.0, None if points is not None else f"a log\n{sentence}")

    monkeypatch.setattr(regrade, "grade", grade)
    return results


def changes_in(course, students=(), then=lambda trial: None):
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), students) as trial:
        list(trial.grade(jobs=1))
        changes = trial.changes()
        then(trial)
        return changes


# --- the whole command ------------------------------------------------------------------------------------------------
def test_course_regrade_runs_submissions_again_and_writes_what_it_shows(course):
    done = must(course, "course", "regrade", "toy", "--yes", "--unsealed")
    assert SENTENCE in done.stdout
    assert "2 of 3 submissions change." in done.stdout
    scores = read_records(Course(course), "toy")
    assert {student: found.total for student, found in scores.items()} == {"right": 5.5, "lucky": 1.5, "wrong": 1.5}
    graded = nbformat.read(course / "autograded" / "lucky" / "toy" / "toy.ipynb", as_version=4)
    assert "== 1" in next(cell.source for cell in graded.cells if cell.id == "toy-double-test")


def shown_by(course, monkeypatch, *arguments):
    monkeypatch.chdir(course)
    done = CliRunner().invoke(app, ["regrade", "toy", *arguments])
    return done.exit_code, re.sub(r"\s+", " ", done.output)


def test_nothing_is_written_before_it_is_wanted(course, without_kernels, monkeypatch):
    before = state_of(course)
    code, shown = shown_by(course, monkeypatch)
    assert code == 0
    assert "Nothing was written; --yes writes it." in shown
    assert re.search(r"lucky │ 5.5 to 1.5 of 6 │ toy-double-test │ 4 │ 0 │ double\(0.5\) should be 1", shown)
    assert re.search(r"right │ 1.5 to 5.5 of 6 │ toy-double-test │ 0 │ 4 │", shown)
    assert "wrong" not in shown
    assert state_of(course) == before


def test_a_second_regrade_changes_nothing_and_says_so(course, without_kernels, monkeypatch):
    assert "Written." in shown_by(course, monkeypatch, "--yes")[1]
    before = state_of(course)
    code, shown = shown_by(course, monkeypatch, "--yes")
    assert code == 0
    assert "Nothing changes: 3 submissions keep their scores." in shown
    assert state_of(course) == before


def nest(folder):
    """A folder that is too deep for any path."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d" * 200, dir_fd=handle)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = deeper
    os.close(handle)


@pytest.mark.parametrize("spoil", [lambda folder: os.mkfifo(folder / "pipe"), nest], ids=["pipe", "deep"])
def test_what_came_later_stops_nobody_elses_regrade(spoil, course, without_kernels):
    spoil(course / "submitted" / "lucky" / "toy")
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        assert trial.students == ["right", "wrong"]
        assert "run `course grade` first" in trial.left_out["lucky"]


def test_a_notebook_that_nobody_would_read_takes_no_space_in_the_copy(course):
    other = course / "submitted" / "lucky" / "toy" / "other.ipynb"
    other.touch()
    os.truncate(other, 200 * 10**6)  # a hole, which copies fill
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        assert trial.students == ["lucky", "right", "wrong"]
        copied = (trial.copy.submitted("lucky", "toy") / "other.ipynb").stat()
        assert (copied.st_size, copied.st_blocks) == (200 * 10**6, 0)


def test_notebooks_that_are_not_looked_at_fill_no_disk(course):
    folder = course / "submitted" / "lucky" / "toy"
    for number in range(60):
        (folder / f"other{number:02}.ipynb").touch()
        os.truncate(folder / f"other{number:02}.ipynb", 40 * 10**6)
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        copied = [path.stat().st_blocks * 512 for path in trial.copy.submitted("lucky", "toy").iterdir()]
        assert (len(copied), sum(copied) < 110 * 10**6) == (62, True)


def test_a_notebook_for_which_the_limit_was_raised_is_copied(course):
    notebook = course / "submitted" / "lucky" / "toy" / "toy.ipynb"
    whole = notebook.read_text() + " " * 51 * 10**6
    notebook.write_text(whole)
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        assert (trial.copy.submitted("lucky", "toy") / "toy.ipynb").read_text() == whole


def test_a_linked_submission_is_left_out_and_said(course, tmp_path):
    folder = course / "submitted" / "lucky" / "toy"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        assert "no link is followed" in trial.left_out["lucky"]


def test_who_cannot_be_copied_is_left_out_and_said(course, without_kernels, monkeypatch):
    def refuse(folder, assignment):
        if folder.parts[-2] == "lucky":
            raise PermissionError(13, "Permission denied", "data.csv")

    monkeypatch.setattr(regrade, "make_ready", refuse)
    with trial_of(Course(course), read_assignment(course / "source" / "toy.py"), ()) as trial:
        assert trial.students == ["right", "wrong"]
        assert "cannot be prepared: [Errno 13] Permission denied" in trial.left_out["lucky"]


def test_who_cannot_be_graded_keeps_the_score_and_is_named(course, without_kernels, monkeypatch):
    without_kernels["right"] = (None, "disk [/full]")
    code, shown = shown_by(course, monkeypatch, "--yes")
    assert code == 1
    assert "left out: right: disk [/full]" in shown
    assert {student: found.total for student, found in read_records(Course(course), "toy").items()} == {
        "right": 1.5,
        "lucky": 1.5,
        "wrong": 1.5,
    }


# --- what is shown ----------------------------------------------------------------------------------------------------
def test_changes_are_by_student_and_test_with_the_reason(course, without_kernels):
    assert changes_in(course) == [
        Change("lucky", "toy-double-test", 4, 0, sentence=SENTENCE),
        Change("right", "toy-double-test", 0, 4),
    ]
    assert changes_in(course, ["right"]) == [Change("right", "toy-double-test", 0, 4)]


def test_a_penalty_that_changes_is_shown(course, without_kernels):
    with Course(course).gradebook() as gradebook:
        gradebook.find_submission("toy", "wrong").notebooks[0].late_submission_penalty = 0.5
        gradebook.db.commit()

    def no_longer_late(trial):
        with trial.copy.gradebook() as gradebook:
            gradebook.find_submission("toy", "wrong").notebooks[0].late_submission_penalty = None
            gradebook.db.commit()
        assert trial.changes()[-1] == Change("wrong", PENALTY, -0.5, 0)
        trial.write(["wrong"])

    changes_in(course, then=no_longer_late)
    assert read_records(Course(course), "toy")["wrong"].total == 1.5


def test_submissions_that_are_not_graded_are_left_to_course_grade(course, without_kernels):
    (course / "submitted" / "right" / "toy" / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")  # handed in again
    shutil.rmtree(course / "submitted" / "wrong")
    seen = {}
    changes = changes_in(course, then=lambda trial: seen.update(trial.left_out))
    assert [change.student for change in changes] == ["lucky"]
    assert "run `course grade` first" in seen["right"]
    assert "no longer in submitted/" in seen["wrong"]


def test_an_unknown_student_is_one_sentence(course):
    with pytest.raises(NotFoundError, match="no graded submission of toy by 'nobody'"):
        changes_in(course, ["nobody"])


# --- what is written --------------------------------------------------------------------------------------------------
def test_only_what_changes_is_written(course, without_kernels, monkeypatch):
    for student in ("lucky", "plain"):
        (course / "feedback" / student / "toy").mkdir(parents=True, exist_ok=True)
    before, _ = state_of(course)
    shown_by(course, monkeypatch, "--yes")
    after, _ = state_of(course)
    assert after.keys() == before.keys()
    changed = {path.parts[:2] for path in after if after[path] != before[path]}
    assert changed == {("autograded", "lucky"), ("autograded", "right"), ("source", "toy")}
    assert [(course / "feedback" / student / "toy").exists() for student in ("lucky", "plain")] == [False, True]


def test_points_by_hand_survive_and_are_to_be_seen_again_only_where_their_test_changed(course, without_kernels):
    by_hand(course, "lucky", toy_double_test=3)
    found = changes_in(course, then=lambda trial: trial.write(["lucky", "right"]))
    assert found[0] == Change("lucky", "toy-double-test", 4, 0, by_hand=3, sentence=SENTENCE)
    scores = read_records(Course(course), "toy")
    given = {test: score.by_hand for test, score in scores["lucky"].scores.items()}
    assert given == {"toy-double-test": 3, "toy-why": 1.5}
    assert scores["lucky"].total == 4.5
    assert waiting(course, "lucky") == {"toy-double-test"}
    assert waiting(course, "right") == set()


def test_points_of_a_test_that_change_are_shown_and_registered(course, without_kernels, monkeypatch):
    write_source(course, MENDED.replace("points=4", "points=8"))
    without_kernels["right"] = (8, "")
    _, shown = shown_by(course, monkeypatch)
    assert "toy-double-test: out of 8 points instead of 4" in shown
    assert "1.5 to 9.5 of 10" in shown
    shown_by(course, monkeypatch, "--yes")
    with Course(course).gradebook() as gradebook:
        assert gradebook.find_assignment("toy").max_score == 10
    assert read_records(Course(course), "toy")["right"].total == 9.5


def test_a_test_that_is_new_is_refused_by_nbgrader_and_nothing_is_lost(course, without_kernels, monkeypatch):
    more = MENDED.split("# %% [markdown]")[0].split("# %% test")[1]
    write_source(course, MENDED.replace("# %% [markdown]", f"# %% test{more}# %% [markdown]"))
    before = state_of(course)
    with pytest.raises(BuildError, match=r"Cannot add or remove cells .* there are submissions"):
        changes_in(course)
    assert state_of(course) == before


def test_what_someone_graded_in_the_meantime_is_left_alone(course, without_kernels):
    def meanwhile(trial):
        record(course, "right", 1)
        assert trial.write(["lucky", "right"]) == ["right"]

    changes_in(course, then=meanwhile)
    assert {student: found.total for student, found in read_records(Course(course), "toy").items()} == {
        "right": 2.5,
        "lucky": 1.5,
        "wrong": 1.5,
    }


# --- a gradebook that is elsewhere ------------------------------------------------------------------------------------
def test_the_trial_has_a_gradebook_of_its_own_wherever_the_real_one_is(course, without_kernels):
    elsewhere = course.parent / "elsewhere.db"
    shutil.move(course / "gradebook.db", elsewhere)
    with (course / "nbgrader_config.py").open("a") as policy:
        policy.write(f"\nc.CourseDirectory.db_url = 'sqlite:///{elsewhere}'\n")
    before = elsewhere.read_bytes()
    assert len(changes_in(course)) == 2
    assert elsewhere.read_bytes() == before
    assert not (course / "gradebook.db").exists()
    changes_in(course, then=lambda trial: trial.write(["right"]))
    assert read_records(Course(course), "toy")["right"].total == 5.5


def test_all_that_is_in_a_gradebook_is_in_its_copy(course, tmp_path):
    by_hand(course, "right", toy_why=0.25)
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(course / "nbgrader_config.py", copy)
    copy_gradebook(Course(course), Course(copy))
    assert read_records(Course(copy), "toy") == read_records(Course(course), "toy")
    with Course(course).gradebook() as one, Course(copy).gradebook() as other:
        assert one.find_assignment("toy").to_dict() == other.find_assignment("toy").to_dict()
        assert [student.to_dict() for student in one.students] == [student.to_dict() for student in other.students]
