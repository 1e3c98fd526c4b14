"""The gradebook may be a database on a server: nothing of the course is tied to SQLite."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, ROOT, GradedCourse, hand_in, make_course, must, read_results

from graders.proof.fixtures import Fixture, everyone
from graders.source import Cell


def program(name: str) -> str | None:
    """A program of PostgreSQL, which Debian keeps out of the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(installed[-1]) if installed else None)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of an empty database on a server of this test's own, which listens in a folder alone."""
    pytest.importorskip("psycopg2", reason="psycopg2 is not installed")
    if program("initdb") is None or program("pg_ctl") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    someone = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        someone = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(folder, "nobody", "nogroup")

    def call(name: str, *arguments: str) -> None:
        log = folder / "output.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [program(name), *arguments], cwd=folder, stdout=output, stderr=output, check=False, **someone
            )
        assert done.returncode == 0, log.read_text()

    call("initdb", "--pgdata=data", "--auth=trust", "--username=course", "--encoding=UTF8")
    call("pg_ctl", "start", "--wait", "--pgdata=data", f"--options=-c listen_addresses='' -k {folder}")
    try:
        yield f"postgresql+psycopg2://course@/postgres?host={folder}"
    finally:
        call("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=data")
        shutil.rmtree(folder)


def a_class() -> list[Fixture]:
    """The reference, a right answer and a wrong one."""
    reference, _, *others = everyone(COURSE, ASSIGNMENTS[LIGHT])
    return [reference, *(next(one for one in others if one.is_right == right) for right in (True, False))]


def grade_by_both_commands(course: GradedCourse, students: list[Fixture]) -> None:
    """The first student by nbgrader, and then whoever is left by ours."""
    for student in students:
        hand_in(course, student.name, student.answers)
    first, *others = (student.name for student in students)
    must(course.root, "nbgrader", "autograde", LIGHT, "--student", first)
    lines = must(course.root, "course", "grade", LIGHT, "--jobs", "2").stdout.splitlines()
    assert sorted(line.split(",")[0] for line in lines) == sorted(others)
    read_results(course)


def make_worth_one_point_more(course: GradedCourse, test: Cell) -> None:
    script = course.root / "source" / f"{LIGHT}.py"
    marks = f'test="{test.slug}" points='
    script.write_text(script.read_text().replace(f"{marks}{test.points:g}", f"{marks}{test.points + 1:g}", 1))
    must(course.root, "course", "regrade", LIGHT, "--yes")


@pytest.mark.turns(10)
def test_a_class_is_graded_into_postgresql(postgresql, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_GRADEBOOK", postgresql)
    course, students = make_course(tmp_path, ASSIGNMENTS[LIGHT]), a_class()
    grade_by_both_commands(course, students)
    points = {student.name: student.points(ASSIGNMENTS[LIGHT]) for student in students}
    assert {name: graded.points for name, graded in course.students.items()} == points
    shown = must(course.root, "course", "grades", LIGHT).stdout
    must(course.root, "course", "report", LIGHT)
    reported = (course.root / "reports" / f"{LIGHT}.csv").read_text(encoding="utf-8")
    assert all(student in shown and student in reported for student in points)

    test = next(cell for cell in course.assignment.of_kind("test") if cell.grade_id in students[-1].fails)
    before = {name: graded.by_test for name, graded in course.students.items()}
    assert {by_test[test.grade_id] for by_test in before.values()} == {0, test.points}
    make_worth_one_point_more(course, test)
    read_results(course)
    for name, graded in course.students.items():  # everyone who passes it gains that, and nobody else anything
        passes = before[name][test.grade_id] == test.points
        assert graded.by_test == before[name] | {test.grade_id: (test.points + 1) * passes}
    assert not list(course.root.glob("gradebook.db*"))


def test_a_comparison_of_builds_leaves_the_gradebook_alone(tmp_path):
    shutil.copytree(ROOT / "release" / LIGHT, tmp_path / "release" / LIGHT)
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    shutil.copytree(ROOT / "solutions" / LIGHT, tmp_path / "solutions" / LIGHT)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (course.root / "gradebook.db").rename(tmp_path / "kept.db")
    address = f"sqlite:///{tmp_path / 'kept.db'}"
    before = (tmp_path / "kept.db").read_bytes()
    must(tmp_path, "course", "build", "--check", LIGHT, COURSE_GRADEBOOK=address)
    assert (tmp_path / "kept.db").read_bytes() == before
