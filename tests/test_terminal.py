"""What an instructor sees in a terminal, that of JupyterLab: grading on a cluster's worker, and official tries.

With --screenshots, it goes into docs/screenshots/, for docs/classroom.md and docs/cluster.md.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, GradedCourse, course_beside_exchange, hand_in, must
from people import PATIENCE, chromium, no_classroom, opened, somebody
from playwright.sync_api import Locator, Page, expect
from servers import DaskCluster, account, jupyter_lab, without

from graders.classroom.grades import read_grades
from graders.proof.fixtures import everyone

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[cluster]'")

ASSIGNMENT = ASSIGNMENTS[LIGHT]
REFERENCE, _, *OTHERS = everyone(COURSE, ASSIGNMENT)
RIGHT, WRONG = (next(one for one in OTHERS if one.is_right is right) for right in (True, False))
STUDENTS = [REFERENCE, WRONG, RIGHT]
LONG = 5 * PATIENCE  # a worker imports TensorFlow before it grades
ENDED = re.compile(r"\$\s*$")


pytestmark = [pytest.mark.skipif(bool(no_classroom()), reason=no_classroom()), pytest.mark.turns(18)]


@pytest.fixture
def course(tmp_path) -> GradedCourse:
    return course_beside_exchange(tmp_path, ASSIGNMENT)


@pytest.fixture
def terminal(course, tmp_path) -> Iterator[Page]:
    """A terminal in the course's folder, whose text can be read; its prompt is a dollar."""
    home = tmp_path / "instructor"
    without(home, "@jupyterlab/apputils-extension:announcements")
    settings = home / "configuration" / "lab" / "user-settings" / "@jupyterlab" / "terminal-extension"
    settings.mkdir(parents=True)
    for_readers = {"screenReaderMode": True, "theme": "light", "fontSize": 14}
    (settings / "plugin.jupyterlab-settings").write_text(json.dumps(for_readers))
    (home / ".bash_profile").write_text(f"PATH='{BIN}':$PATH PS1='$ '\n")
    surroundings = {"COURSE_EXCHANGE": str(tmp_path / "exchange"), "SHELL": shutil.which("bash")}
    with (
        chromium() as browser,
        jupyter_lab(course.root, home, **surroundings) as address,
    ):
        page = opened(somebody(browser), address)
        page.set_viewport_size({"width": 1280, "height": 400})
        page.locator(".jp-LauncherCard", has_text="Terminal").click()
        expect(text_of(page)).to_contain_text(ENDED)
        yield page


def text_of(terminal: Page) -> Locator:
    """What stands in the terminal, as a screen reader finds it."""
    return terminal.locator(".xterm-accessibility-tree")


def type_in(terminal: Page, command: str) -> None:
    terminal.locator(".xterm-helper-textarea").focus()
    terminal.keyboard.type(f"{command}\n")


def test_grading_by_a_worker_shows_how_far_it_is(course, terminal, tmp_path, picture):
    for student in STUDENTS:
        hand_in(course, student.name, student.answers)
    cluster = DaskCluster(tmp_path)
    with cluster.stack:
        cluster.add(threads=2)
        type_in(terminal, f"course grade {LIGHT} --scheduler {cluster.address}")
        bar = re.compile(rf"1 worker, 2 at a time: \w+, {LIGHT} \S+ [1-3]/3")
        expect(text_of(terminal)).to_contain_text(bar, timeout=LONG)
        picture(terminal, "12-workers")
        expect(text_of(terminal)).to_contain_text(ENDED, timeout=LONG)
    assert {one.student: one.auto for one in read_grades(course, [LIGHT])} == {
        student.name: student.points(ASSIGNMENT) for student in STUDENTS
    }


def submit_from_a_shell(course: GradedCourse, home: Path, answers: dict[str, str]) -> None:
    """Hands in with `nbgrader submit`, as a student with an account of their own."""
    hand_in(course, home.name, answers)
    (home / "work").mkdir()
    shutil.move(course.submitted(home.name, LIGHT), home / "work" / LIGHT)
    settings = {"JUPYTER_CONFIG_DIR": str(home / "configuration"), "JUPYTER_DATA_DIR": str(home / "data")}
    must(home / "work", "nbgrader", "submit", LIGHT, **settings)


def test_official_tries_are_told_as_they_are_made(course, terminal, tmp_path, picture):
    type_in(terminal, f"nbgrader release_assignment {LIGHT} --log-level WARN && course watch {LIGHT}")
    expect(text_of(terminal)).to_contain_text("Ctrl")
    tries = {"ada": STUDENTS[0], "emmy": STUDENTS[1], "cecilia": STUDENTS[2]}
    for student, answers in tries.items():
        submit_from_a_shell(course, account(tmp_path, student), answers.answers)
        expect(text_of(terminal)).to_contain_text(
            re.compile(rf"{student}, {LIGHT}: try 1 of 3 today: [0-9.]+ of 25 points by tests; feedback released"),
            timeout=LONG,
        )
    picture(terminal, "11-watch")
    terminal.keyboard.press("Control+c")
    expect(text_of(terminal)).to_contain_text(ENDED)
