"""Attacks on the grader: none gains a point that its answer does not earn, reads a hidden test, or harms anyone else.

Each file in tests/attacks says what it tries and what must happen. All of them are one class, graded at once.
"""

import html
import importlib.util
import json
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import helpers
import nbformat
import pytest
from helpers import ASSIGNMENTS, LIGHT, ROOT, GradedCourse, configure, make_course, read_results, run

from graders.course import notebook_in
from graders.plugins.notes import notes_of
from graders.proof.fixtures import fill_in, reference_answers
from graders.proof.turns import by_turns

ASSIGNMENT = ASSIGNMENTS[LIGHT]
CANARY = "the-canary-of-this-run-4711"
LIMITS = (
    "c.Execute.timeout = 8",
    "c.SealedExecute.idle_factor = 1",
    "c.SealedExecute.memory_gigabytes = 1.0",
    "c.SealedExecute.disk_megabytes = 64",
)


def load(path: Path):
    spec = importlib.util.spec_from_file_location(f"attack_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALL = {path.stem: load(path) for path in sorted((ROOT / "tests" / "attacks").glob("*.py"))}
ALWAYS = {"ends_the_process", "hidden_inputs_to_feedback", "scripts_in_answers", "scripts_in_outputs"}
CHOSEN = ALWAYS | set(by_turns(sorted(ALL.keys() - ALWAYS), ROOT, of=16))  # one in sixteen, by turns
ATTACKS = {name: attack for name, attack in ALL.items() if helpers.FULL or name in CHOSEN}

# Also graded by nbgrader's own command: all of them in the second ring, some by turns in the first. 13 and 16 have no
# common factor, so that each comes round.
PLAIN = sorted(ATTACKS) if helpers.FULL else sorted({"ends_the_process", *by_turns(sorted(ATTACKS), ROOT, of=13)})
SLEEPERS = {name for name, attack in ATTACKS.items() if getattr(attack, "SLEEPS", False)}  # stopped, and not graded


def hand_in(course: GradedCourse, name: str, attack) -> None:
    notebook = nbformat.read(course.root / "release" / LIGHT / f"{LIGHT}.ipynb", as_version=4)
    cells = notebook.cells
    if getattr(attack, "RIGHT", False):
        fill_in(notebook, reference_answers(ASSIGNMENT))
        third = [cell.slug for cell in ASSIGNMENT.of_kind("solution")][2]
        last = max(i for i, cell in enumerate(cells) if cell.id.startswith(f"{third}-test"))
        if hasattr(attack, "CODE"):
            cells.insert(last + 1, nbformat.v4.new_code_cell(attack.CODE))
    elif hasattr(attack, "CODE"):
        fill_in(notebook, {ASSIGNMENT.of_kind("solution")[0].slug: attack.CODE})
    folder = course.root / "submitted" / name / LIGHT
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC", encoding="utf-8")
    if not hasattr(attack, "make") or attack.make(notebook, folder) is not False:
        (folder / f"{LIGHT}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def course_grade(course: GradedCourse, *students: str) -> subprocess.CompletedProcess:
    chosen = [part for student in students for part in ("--student", student)]
    return run(course.root, "course", "grade", LIGHT, *chosen, COURSE_CANARY=CANARY)


def gradebook(course: GradedCourse) -> dict[str, float]:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM grade WHERE manual_score IS NOT NULL").fetchone() == (0,)
    read_results(course)
    return {student: graded.points for student, graded in course.students.items()}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("attacks"), ASSIGNMENT)
    configure(course, *LIMITS)
    right = type("Right", (), {"RIGHT": True})
    for name in ("aaa-right", "mmm-right", "zzz-right"):
        hand_in(course, name, right)
    for name, attack in ATTACKS.items():
        hand_in(course, name, attack)
    done = course_grade(course)
    (course.root / "grade.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    run(course.root, "nbgrader", "generate_feedback", LIGHT)
    gradebook(course)
    return course


@pytest.fixture(scope="module")
def plain_course(tmp_path_factory):
    """The class of `PLAIN`, graded by `nbgrader autograde`."""
    course = make_course(tmp_path_factory.mktemp("plain"), ASSIGNMENT)
    configure(course, *LIMITS, "c.SealedExecute.idle_factor = 6")  # a disk that is busy counts as waiting
    hand_in(course, "zzz-right", type("Right", (), {"RIGHT": True}))
    for name in PLAIN:
        hand_in(course, name, ATTACKS[name])
    done = run(course.root, "nbgrader", "autograde", LIGHT, COURSE_CANARY=CANARY)
    gradebook(course)
    assert "zzz-right" in course.students, done.stderr[-3000:]
    return course


def hidden_lines() -> list[str]:
    lines = []
    for cell in ASSIGNMENT.of_kind("test"):
        hidden = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", cell.source, flags=re.DOTALL)
        lines += [line.strip() for part in hidden for line in part.splitlines() if len(line.strip()) > 15]
    return sorted(set(lines))


def seen_by_student(course: GradedCourse, student: str) -> str:
    """All that a submission has written or shown: the outputs of its cells, its files, its feedback."""
    folder = course.root / "autograded" / student / LIGHT
    texts = [course.students[student].feedback] if student in course.students else []
    for path in folder.rglob("*") if folder.is_dir() else []:
        if path.name == f"{LIGHT}.ipynb":
            outputs = [cell.get("outputs", []) for cell in nbformat.read(path, as_version=4).cells]
            texts.append(json.dumps(outputs))
        elif path.is_file():
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def test_there_are_attacks_of_every_kind():
    assert len(ALL) >= 150
    assert all((attack.__doc__ or "").count(".") >= 2 for attack in ALL.values())


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_gets_what_its_answers_earn(course, name):
    points = course.students[name].points if name in course.students else 0
    assert points == getattr(ATTACKS[name], "POINTS", 0), course.students.get(name)


@pytest.mark.parametrize("name", PLAIN)
def test_attack_gets_the_same_by_nbgrader(plain_course, name):
    points = plain_course.students[name].points if name in plain_course.students else 0
    assert points == getattr(ATTACKS[name], "POINTS", 0), plain_course.students.get(name)
    assert CANARY not in seen_by_student(plain_course, name)
    assert plain_course.students["zzz-right"].points == ASSIGNMENT.auto_points


@pytest.mark.parametrize("name", sorted(SLEEPERS))
def test_who_sleeps_is_told_and_not_graded(course, name):
    lines = (course.root / "grade.log").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(f"not graded: {name}") and "slept, or waited" in line]
    assert name not in course.students
    assert not course.graded(name, LIGHT).exists()


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if getattr(attack, "SAYS", None)])
def test_attack_gets_its_line(course, name):
    graded = course.students[name]
    feedback = html.unescape(re.sub(r"<[^>]+>", "", graded.feedback))
    lines = [*graded.notes, *graded.failures.values(), *(line for line in feedback.splitlines() if "Traceback" in line)]
    assert re.search(ATTACKS[name].SAYS, "\n".join(lines)), lines


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_sees_no_hidden_test_and_no_secret(course, name):
    seen = seen_by_student(course, name)
    assert CANARY not in seen
    seen = html.unescape(seen)
    assert [line for line in hidden_lines() if line in seen] == []


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if hasattr(attack, "MARK")])
def test_what_tests_give_to_functions_does_not_reach_the_page(course, name):
    mark = ATTACKS[name].MARK
    assert mark in seen_by_student(course, name)
    assert "What failed first" in course.students[name].feedback
    assert mark not in html.unescape(re.sub(r"<[^>]+>", "", course.students[name].feedback))
    assert mark not in course.students[name].feedback


def test_nobody_else_is_harmed(course):
    for name in ("aaa-right", "mmm-right", "zzz-right"):
        assert course.students[name].points == ASSIGNMENT.auto_points
        assert course.students[name].notes == []


def test_no_process_is_left(course):
    left = [
        path
        for path in Path("/proc").glob("[0-9]*/environ")
        if os.access(path, os.R_OK) and CANARY.encode() in _read(path)
    ]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_another_run_grades_nothing_again(course):
    before = gradebook(course)
    graded = sorted(name for name in ATTACKS if notebook_in(course.graded(name, LIGHT)).is_file())
    done = course_grade(course, *graded)
    assert "is graded" in done.stdout, done.stdout + done.stderr
    assert gradebook(course) == before


def test_scripts_do_not_reach_the_feedback(course):
    scripts = [name for name in ("scripts_in_outputs", "scripts_in_answers") if name in course.students]
    for name in scripts:
        assert "<script>document.title" not in course.students[name].feedback
        assert not re.search(r"<img[^>]*onerror", course.students[name].feedback)
    assert scripts


@pytest.mark.parametrize("name", ATTACKS)
def test_beside_a_page_of_feedback_lies_nothing_of_the_students(course, name):
    left = {path.name for path in (course.root / "feedback" / name / LIGHT).rglob("*")}
    assert left <= {f"{LIGHT}.html", "timestamp.txt"}


def test_every_promise_names_what_holds_it():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    promised = text.partition("## What is promised")[2].partition("## What is not promised")[0]
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    attacks = {path.stem for path in (ROOT / "tests" / "attacks").glob("*.py")}
    names = {name for name in re.findall(r"`([a-z_]+)`", promised)}
    assert {name for name in names if name not in attacks and f"def {name}(" not in code} == set()
    bullets = re.split(r"\n *- ", promised)[1:]
    without = [bullet for bullet in bullets if not set(re.findall(r"`([a-z_]+)`", bullet)) & names]
    assert [bullet[:40] for bullet in without if "refuses" not in bullet and not bullet.rstrip().endswith("):")] == []


def test_notes_reach_the_table(course):
    path = course.root / "autograded" / "ends_the_process" / LIGHT / f"{LIGHT}.ipynb"
    assert len(notes_of(path)) == 1
    assert notes_of(path) == course.students["ends_the_process"].notes
