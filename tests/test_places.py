"""What lies in submitted/ where nothing looks for it is put where it belongs, or named."""

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, LIGHT, ROOT, copy_script, run
from nbgrader.api import Gradebook

from graders.build import register
from graders.classroom.grades import LINKED, read_grades
from graders.classroom.grading import pending
from graders.classroom.places import misplaced
from graders.course import Course

RELEASED = ROOT / "release" / LIGHT / f"{LIGHT}.ipynb"
OTHER = "lenses"


@pytest.fixture
def course(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    for name in (LIGHT, OTHER):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / f"{name}.py").touch()
        shutil.copy(ROOT / "release" / name / f"{name}.ipynb", tmp_path / "source" / name)
    return Course(tmp_path)


def put(course, path):
    target = course.root / "submitted" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(RELEASED, target)


MOVED = {
    f"ada/{LIGHT}.ipynb": f"ada/{LIGHT}/{LIGHT}.ipynb",
    f"ada/{LIGHT}-final (2).ipynb": f"ada/{LIGHT}/{LIGHT}-final (2).ipynb",
    "ada/Untitled3.ipynb": f"ada/{LIGHT}/Untitled3.ipynb",
    f"ada/{LIGHT}": f"ada/{LIGHT}/{LIGHT}",
    f"ada/{LIGHT.capitalize()}/x.ipynb": f"ada/{LIGHT}/x.ipynb",
    f"ada/{LIGHT.upper()} /x.ipynb": f"ada/{LIGHT}/x.ipynb",
}


@pytest.mark.parametrize("path", MOVED)
def test_what_has_one_meaning_is_put_where_it_is_graded(course, path):
    put(course, path)
    (one,) = misplaced(course)
    one.move()
    assert (course.root / "submitted" / MOVED[path]).read_bytes() == RELEASED.read_bytes()
    assert list(misplaced(course)) == []


@pytest.mark.parametrize("path", MOVED)
@pytest.mark.parametrize("step", ["mkdir", "rename"])
def test_a_move_that_is_cut_short_is_made_by_the_next_run(course, path, step, monkeypatch):
    """After its first step, or between the first and the second name."""
    put(course, path)
    does = getattr(Path, step)

    def stop(*given, **options):
        does(*given, **options)
        raise KeyboardInterrupt

    (one,) = misplaced(course)
    monkeypatch.setattr(Path, step, stop)
    with pytest.raises(KeyboardInterrupt):
        one.move()
    monkeypatch.undo()
    for left in misplaced(course):
        if left.target:
            left.move()
    assert (course.root / "submitted" / MOVED[path]).read_bytes() == RELEASED.read_bytes()
    assert list(misplaced(course)) == []


@pytest.mark.parametrize(
    "path", ["x.ipynb", "ada/exercise 1/x.ipynb", f"ada/{LIGHT}s/x.ipynb", "ada/notes.txt", f"ada/{LIGHT}.zip"]
)
def test_what_may_mean_anything_is_left_and_named(course, path):
    put(course, path)
    if path.endswith(("txt", "zip")):
        (course.root / "submitted" / path).write_text("PK")
    (one,) = misplaced(course)
    assert one.target is None


@pytest.mark.parametrize("path", [f"ada/{LIGHT}.ipynb", f"ada/{LIGHT.capitalize()}/{LIGHT}.ipynb"])
def test_nothing_takes_the_place_of_what_is_there(course, path):
    put(course, f"ada/{LIGHT}/{LIGHT}.ipynb")
    put(course, path)
    (one,) = misplaced(course)
    assert one.target is None


def test_two_notebooks_that_are_called_as_the_folder_are_both_left(course):
    """As a run that was cut short, and another notebook handed in after it, leave them."""
    put(course, f"ada/{LIGHT}")
    put(course, f"ada/{LIGHT} /{LIGHT}")
    assert [one.target for one in misplaced(course)] == [None, None]


@pytest.mark.parametrize("exists", [True, False])
def test_no_notebook_follows_a_link_out_of_the_class(course, tmp_path_factory, exists):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "folder"
    if exists:
        elsewhere.mkdir()
    put(course, f"ada/{LIGHT}.ipynb")
    (course.root / "submitted/ada" / LIGHT).symlink_to(elsewhere)
    assert all(one.target is None for one in misplaced(course))
    assert (course.root / "submitted/ada" / f"{LIGHT}.ipynb").is_file()


def test_what_programs_keep_and_what_is_in_its_place_is_not_worth_a_word(course):
    put(course, f"ada/{LIGHT}/{LIGHT}.ipynb")
    put(course, f"ada/{OTHER}/anything.ipynb")
    for path in ("ada/.DS_Store", ".DS_Store", f"ada/{LIGHT}.left_out/x.ipynb"):
        put(course, path)
    assert list(misplaced(course)) == []


def test_a_notebook_of_another_course_belongs_nowhere(course):
    put(course, "ada/x.ipynb")
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"x = {n}") for n in range(5)])
    (course.root / "submitted/ada/x.ipynb").write_text(json.dumps(other))
    (one,) = misplaced(course)
    assert one.target is None


LINKS = {
    "an assignment": lambda folder: (folder / "ada" / LIGHT).symlink_to(f"../emmy/{LIGHT}"),
    "one outside": lambda folder: (folder / "ada" / LIGHT).symlink_to(f"../../elsewhere/{LIGHT}"),
    "everything of a student": lambda folder: (folder / "ada").symlink_to("emmy"),
}


@pytest.mark.parametrize("what", LINKS)
def test_a_link_to_a_submission_is_not_graded_and_that_is_said(course, what):
    put(course, f"emmy/{LIGHT}/{LIGHT}.ipynb")
    put(course, f"../elsewhere/{LIGHT}/{LIGHT}.ipynb")
    if what != "everything of a student":
        (course.root / "submitted" / "ada").mkdir()
    LINKS[what](course.root / "submitted")
    assert list(misplaced(course)) == []
    assert [one.student for one in pending(course, [LIGHT], [], force=True)] == ["emmy"]
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}"):
        notes = {one.student: one.notes for one in read_grades(course, [LIGHT])}
    assert notes == {"ada": [LINKED], "emmy": ["Not graded yet."]}


@pytest.mark.parametrize("name", ["data", f"{LIGHT}.ipynb"])
def test_a_pipe_is_named_and_nobody_waits_for_it(course, name):
    (course.root / "submitted" / "ada").mkdir(parents=True)
    os.mkfifo(course.root / "submitted" / "ada" / name)
    assert [(one.path.name, one.target) for one in misplaced(course)] == [(name, None)]


def test_a_link_to_nothing_is_named(course):
    (course.root / "submitted" / "ada").mkdir(parents=True)
    (course.root / "submitted" / "ada" / LIGHT).symlink_to("../gone")
    (course.root / "submitted" / "emmy").symlink_to("gone")
    assert [(one.path.name, one.target) for one in misplaced(course)] == [(LIGHT, None), ("emmy", None)]


def test_plain_nbgrader_does_not_grade_a_link(course):
    put(course, f"emmy/{LIGHT}/{LIGHT}.ipynb")
    (course.root / "submitted" / "ada").symlink_to("emmy")
    (course.submitted("emmy", LIGHT) / "\x1b[2J.txt").touch()
    copy_script(LIGHT, course.root)
    register(ASSIGNMENTS[LIGHT], course)
    done = run(course.root, "nbgrader", "autograde", LIGHT, "--student", "ada")
    assert done.returncode != 0
    assert "Copying" in done.stderr
    assert r"/\x1b[2J.txt" in done.stderr
    assert "\x1b[2J" not in done.stderr
    assert "is a link, and no link is followed" in done.stderr
    assert not course.graded("ada", LIGHT).exists()
    left = {path.name for path in course.submitted("emmy", LIGHT).iterdir()}
    assert left == {f"{LIGHT}.ipynb", "\x1b[2J.txt"}


@pytest.mark.parametrize("name", [f"._{LIGHT}.ipynb", f".~{LIGHT}.ipynb", "._mine.ipynb"])
def test_what_programs_keep_beside_a_notebook_is_none(course, name):
    put(course, f"ada/{LIGHT}/{name}")
    assert pending(course, [LIGHT], [], force=True) == []
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}"):
        (ada,) = read_grades(course, [LIGHT])
    assert ada.notes == [f"There is no notebook in the folder, only {name}."]
