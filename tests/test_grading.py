"""What `course grade` takes for new, without grading it."""

import io
import itertools
import os
import shutil
import warnings

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES, ROOT, configure, hand_in, make_course, run
from rich.console import Console
from sqlalchemy.exc import SAWarning

from graders.classroom import grades, grading
from graders.classroom.grades import NO_ID, TWICE, Grade, notes_in, read_grades, tables_of
from graders.classroom.grading import grade, pending
from graders.gradebook import records_of
from graders.plugins.execute import GRADED
from graders.plugins.notes import add_note
from graders.plugins.reading import best_notebook
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
    with warnings.catch_warnings(action="ignore", category=SAWarning), course.gradebook() as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(LIGHT, "ada")
    return course


def chosen(course, force=False):
    return [(task.student, task.again) for task in pending(course, [LIGHT], [], force)]


def hand_in_again(course, answers):
    """Puts another file in the place of the first, some time later."""
    shutil.rmtree(course.root / "submitted" / "ada")
    hand_in(course, "ada", answers)
    path = course.root / "submitted" / "ada" / LIGHT / f"{LIGHT}.ipynb"
    later = path.stat().st_mtime + 60
    os.utime(path, (later, later))
    return path


def make_it_later(*paths):
    """Gives files and folders a time that no other has here; each call a later one."""
    for path in paths:
        os.utime(path, (10**10, 10**10 + next(LATER)))


LATER = itertools.count()


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


def test_a_copy_that_keeps_an_older_time_is_seen(graded):
    """As archives and some programs that copy keep it."""
    path = hand_in_again(graded, next(fixture.answers for fixture in fixtures(COURSE, ASSIGNMENTS[LIGHT])))
    os.utime(path, (10**9, 10**9))
    assert chosen(graded) == [("ada", True)]


def test_another_picture_under_the_same_name_is_seen(graded):
    handed_in = hand_in_again(graded, {})
    for path, picture in ((graded.graded("ada", LIGHT) / handed_in.name, "iVBORw0KGgo="), (handed_in, "R0lGODlh")):
        notebook = nbformat.read(path, as_version=4)
        written = next(cell for cell in notebook.cells if cell.id.endswith("-answer"))
        written.source, written.attachments = "![](attachment:sketch)", {"sketch": {"image/png": picture}}
        nbformat.write(notebook, path)
    os.utime(handed_in, (10**10, 10**10))
    assert chosen(graded) == [("ada", True)]


def test_a_note_is_no_other_answer(graded):
    path = graded.graded("ada", LIGHT) / f"{LIGHT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    add_note(notebook, "The notebook was handed in as Untitled (1).ipynb; it is graded as parameters.ipynb.")
    nbformat.write(notebook, path)
    hand_in_again(graded, {})
    assert chosen(graded) == []


def test_another_file_beside_the_notebook_is_seen(graded):
    submitted, copy = graded.submitted("ada", LIGHT), graded.graded("ada", LIGHT)
    helper = submitted / "sub" / "helper.py"
    helper.parent.mkdir()
    helper.write_text("x = 1")
    assert chosen(graded) == [("ada", True)]
    shutil.copytree(helper.parent, copy / "sub")
    os.utime(helper, (10**10, 10**10))
    assert chosen(graded) == []
    helper.write_text("x = 2")
    os.utime(helper, (10**10, 10**10 + 1))
    assert chosen(graded) == [("ada", True)]


@pytest.mark.parametrize(
    ("was", "taken"),
    [
        ("partner.ipynb", "partner.ipynb"),
        ("sub/partner.ipynb", "sub/partner.ipynb"),
        ("sub/deeper/partner.ipynb", "sub/deeper/partner.ipynb"),
        ("sub/deeper/partner.ipynb", "sub"),
    ],
)
def test_that_the_notebook_that_was_graded_is_taken_away_is_seen(graded, was, taken):
    """As the note on several notebooks asks for; what is left is older than what was graded."""
    folder = graded.submitted("ada", LIGHT)
    (folder / was).parent.mkdir(parents=True, exist_ok=True)
    (folder / f"{LIGHT}.ipynb").rename(folder / was)
    shutil.copy(graded.release(LIGHT) / f"{LIGHT}.ipynb", folder)
    assert best_notebook(folder / f"{LIGHT}.ipynb") == folder / was
    make_it_later(graded.graded("ada", LIGHT) / f"{LIGHT}.ipynb")
    assert chosen(graded) == []
    (folder / taken).rename(graded.root / "taken away")
    make_it_later(*(path for path in (folder, *folder.rglob("*")) if path.is_dir()))
    assert chosen(graded) == [("ada", True)]


@pytest.mark.parametrize("name", [".ipynb_checkpoints/parameters-checkpoint.ipynb", "sub/parameters.ipynb"])
def test_a_folder_in_which_somebody_has_looked_at_a_notebook_is_no_change(graded, name):
    folder = graded.submitted("ada", LIGHT)
    (folder / name).parent.mkdir(exist_ok=True)
    shutil.copy(folder / f"{LIGHT}.ipynb", folder / name)
    make_it_later(folder, (folder / name).parent)
    assert chosen(graded) == []


OURS = [".copied", "timestamp.txt"]


@pytest.mark.parametrize("name", ["__pycache__/helper.pyc", ".ipynb_checkpoints/x.py", "a.pyc", *OURS])
def test_what_is_not_copied_or_is_ours_is_no_change(graded, name):
    path = graded.submitted("ada", LIGHT) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("2027-03-01 17:59:00 UTC")
    assert chosen(graded) == []


def test_a_file_that_the_course_gives_is_no_change(graded):
    (graded.source(LIGHT) / "given.py").write_text("x = 1")
    (graded.submitted("ada", LIGHT) / "given.py").write_text("x = 2")
    assert chosen(graded) == []


def test_a_readable_file_after_an_unreadable_one_is_graded(graded):
    path = graded.root / "autograded" / "ada" / LIGHT / f"{LIGHT}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(metadata={GRADED: True}), path)
    hand_in_again(graded, {})
    assert chosen(graded) == [("ada", True)]


def test_who_was_removed_from_the_gradebook_and_is_still_there_is_graded_again(graded):
    with graded.gradebook() as gradebook:
        gradebook.remove_student("ada")
    assert chosen(graded) == [("ada", True)]


def test_half_done_work_is_started_anew(graded):
    (graded.root / "autograded" / "ada" / LIGHT / f"{LIGHT}.ipynb").unlink()
    assert chosen(graded) == [("ada", False)]


@pytest.fixture
def to_grade(tmp_path):
    """A course in which a right answer, a broken file and one with another name wait to be graded."""
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    hand_in(course, "ada", {})
    hand_in(course, "broken", {}, lambda notebook, path: path.write_text("no notebook", encoding="utf-8"))
    hand_in(course, "named", {}, lambda notebook, path: nbformat.write(notebook, path.with_name("other.ipynb")))
    (tmp_path / "submitted" / "ada" / LIGHT / "data.txt").write_text("a file beside it", encoding="utf-8")
    return course


def outcomes(course):
    waiting = pending(course, [LIGHT], [], False)
    return {done.submission.student: done for done in grade(course, waiting, 2, course.config())}


def test_every_run_that_was_prepared_is_used_and_the_page_on_an_earlier_grading_is_gone(to_grade):
    pages = [to_grade.feedback(student, LIGHT) / f"{LIGHT}.html" for student in ("ada", "another")]
    for page in pages:
        page.parent.mkdir(parents=True)
        page.write_text("what was true before")
    done = outcomes(to_grade)
    assert [page.exists() for page in pages] == [False, True]
    assert {student: (one.failure, one.prepared) for student, one in done.items()} == {
        "ada": (None, True),
        "broken": (None, True),
        "named": (None, True),
    }


def test_a_folder_that_cannot_be_prepared_costs_itself_alone(to_grade, monkeypatch):
    prepared = grading.make_ready

    def refuse(folder, assignment):
        if folder.parent.name == "broken":
            raise PermissionError(13, "Permission denied", str(folder))
        return prepared(folder, assignment)

    monkeypatch.setattr(grading, "make_ready", refuse)
    done = outcomes(to_grade)
    assert {student: bool(one.failure) for student, one in done.items()} == {
        "ada": False,
        "broken": True,
        "named": False,
    }
    assert "cannot be prepared: [Errno 13] Permission denied" in done["broken"].failure
    with to_grade.gradebook() as gradebook:
        assert set(records_of(gradebook, LIGHT)) == {"ada", "named"}


def test_a_folder_that_nobody_may_read_is_one_line_of_the_table(graded, monkeypatch):
    hand_in(graded, "broken", {})
    found = grades.gradable_in

    def refuse(folder):
        if folder.parent.name == "broken":
            raise PermissionError(13, "Permission denied", str(folder))
        return found(folder)

    monkeypatch.setattr(grades, "gradable_in", refuse)
    notes = {grade.student: grade.notes for grade in read_grades(graded, [LIGHT])}
    assert notes["broken"][0].startswith("What was handed in cannot be prepared: [Errno 13] Permission denied")
    assert not notes["ada"]


def test_a_run_that_nbgrader_does_not_take_is_told(to_grade):
    """As where somebody adds a preprocessor to the policy: the points are right, and nobody pays twice unseen."""
    configure(
        to_grade,
        "from nbformat.v4 import new_code_cell",
        "from nbgrader.preprocessors import NbGraderPreprocessor",
        "class Another(NbGraderPreprocessor):",
        "    def preprocess(self, nb, resources):",
        "        nb.cells.append(new_code_cell('1', id='more'))",
        "        return nb, resources",
        "c.Autograde.sanitize_preprocessors = [*c.Autograde.sanitize_preprocessors, Another]",
    )
    done = run(to_grade.root, "course", "grade", LIGHT, "--student", "ada", "--jobs", "2")
    assert "run twice: ada, parameters" in done.stdout, done.stdout + done.stderr


def test_jobs_are_refused_where_they_mean_nothing(to_grade):
    done = run(to_grade.root, "course", "grade", LIGHT, "--unsealed", "--jobs", "2")
    assert done.returncode == 2
    assert "one at a time" in done.stderr


def test_a_sample_class_does_not_mix_with_a_real_one(graded):
    shutil.copy(ROOT / "pyproject.toml", graded.root)
    done = run(graded.root, "course", "sample-class")
    assert done.returncode == 2
    assert done.stderr == "course: submitted/ holds a real class: make the sample class in another checkout\n"


ODD_NAMES = [
    "bob [late]",
    "*",
    "ada?",
    "<b>ada",
    "=1+1",
    "ada\x1b[2K",
    "ada\nemmy, parameters: cheated",
    "\u202eada",
    "[red]ada",
]


def test_a_folder_whose_name_can_be_no_id_is_not_graded_and_that_is_said_on_one_line(graded):
    for name in ODD_NAMES:
        folder = graded.submitted(name, LIGHT)
        folder.mkdir(parents=True)
        (folder / f"{LIGHT}.ipynb").write_text("{}")
    assert {student for student, _ in chosen(graded, force=True)} == {"ada"}
    found = [grade for grade in read_grades(graded, [LIGHT]) if grade.student in ODD_NAMES]
    assert {grade.student: grade.notes for grade in found} == {name: [NO_ID] for name in ODD_NAMES}
    lines = notes_in(found)
    assert len(lines) == len(ODD_NAMES)
    assert all(line.isprintable() for line in lines)
    console = Console(file=io.StringIO(), force_terminal=True, width=200, color_system=None)
    console.print(*tables_of(found, [LIGHT], {}, console.width)[0])
    shown = console.file.getvalue()
    assert "[red]ada" in shown
    assert "bob [late]" in shown
    assert "\x1b[2K" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("emmy")]


def test_a_table_that_is_too_wide_becomes_several_and_no_name_is_cut():
    some = [Grade(student, name, 1.0, 1.0, 3.0, 2.0) for name in NAMES for student in ("wrong-01", "wrong-02")]
    for width, least in ((80, 3), (120, 2), (400, 1)):
        tables, different = tables_of(some, list(NAMES), {"wrong-02": {NAMES[-1]: 2}}, width)
        console = Console(file=io.StringIO(), width=width)
        console.print(*tables)
        shown = console.file.getvalue()
        assert len(tables) >= least
        assert all(shown.count(name) == 1 for name in NAMES)
        assert shown.count("wrong-01") == shown.count("wrong-02") == len(tables)
        assert different == 1
        assert shown.count("expected") == 1


@pytest.mark.parametrize(("one", "two"), [("ada", "ADA"), ("josé", "José")])
def test_two_folders_of_what_may_be_one_student_are_told(graded, one, two):
    for name in {one, two} - {"ada"}:
        graded.submitted(name, LIGHT).mkdir(parents=True)
    notes = {grade.student: grade.notes for grade in read_grades(graded, [LIGHT])}
    told = TWICE.format(" and ".join(sorted((one, two))))
    assert told in notes[two]
    assert one == "ada" or told in notes[one]


def test_nbgrader_does_not_grade_under_a_name_that_would_be_markup_in_a_page(graded):
    name = "<img src=x>"
    hand_in(graded, name, {})
    done = run(graded.root, "nbgrader", "autograde", LIGHT, "--student", name)
    assert done.returncode != 0
    assert "can be no student's id: rename the folder" in done.stderr
    assert not graded.graded(name, LIGHT).exists()


@pytest.mark.parametrize("gradebook", ["none yet", "without it"])
def test_an_assignment_that_the_gradebook_does_not_know_is_said_before_anything_runs(tmp_path, gradebook):
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    hand_in(course, "ada", {})
    if gradebook == "none yet":
        (tmp_path / "gradebook.db").unlink()
    else:
        with warnings.catch_warnings(action="ignore", category=SAWarning), course.gradebook() as known:
            known.remove_assignment(LIGHT)
    done = run(course.root, "course", "grade", LIGHT)
    assert done.returncode == 2
    assert done.stdout + done.stderr == f"course: the gradebook knows no {LIGHT}: run `course build {LIGHT}`\n"
