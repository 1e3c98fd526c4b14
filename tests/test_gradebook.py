"""The gradebook may be a database on a server: nothing of the course is tied to SQLite."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, ROOT, hand_in, make_course, nbgrader, read_results, run

from graders.proof.fixtures import everyone


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


@pytest.mark.turns(10)
def test_a_class_is_graded_into_postgresql(postgresql, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_GRADEBOOK", postgresql)
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    reference, _, *others = everyone(COURSE, ASSIGNMENTS[LIGHT])
    students = [reference, *(next(one for one in others if one.is_right == right) for right in (True, False))]
    for student in students:
        hand_in(course, student.name, student.answers)
    first, *others = students
    done = nbgrader(course.root, "autograde", LIGHT, "--student", first.name)
    assert done.returncode == 0, done.stderr[-2000:]
    done = run(course.root, "course", "grade", LIGHT, "--jobs", "2")
    assert done.returncode == 0, done.stdout[-2000:]
    assert [line.split(",")[0] for line in sorted(done.stdout.splitlines())] == sorted(one.name for one in others)
    read_results(course)
    assert {name: graded.points for name, graded in course.students.items()} == {
        student.name: student.points(ASSIGNMENTS[LIGHT]) for student in students
    }
    table = run(course.root, "course", "grades", LIGHT).stdout
    assert all(student.name in table for student in students)

    done = run(course.root, "course", "report", LIGHT)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = (course.root / "reports" / f"{LIGHT}.csv").read_text(encoding="utf-8")
    assert all(student.name in rows for student in students)

    # A test is worth one point more than before: everyone who passes it gains that, and nobody else anything.
    script = course.root / "source" / f"{LIGHT}.py"
    test = next(cell for cell in course.assignment.of_kind("test") if cell.grade_id in students[-1].fails)
    marks = f'test="{test.slug}" points='
    script.write_text(script.read_text().replace(f"{marks}{test.points:g}", f"{marks}{test.points + 1:g}", 1))
    done = run(course.root, "course", "regrade", LIGHT, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    before = {name: graded.by_test for name, graded in course.students.items()}
    read_results(course)
    for name, graded in course.students.items():
        gain = 1 if before[name][test.grade_id] else 0
        assert graded.by_test == before[name] | {test.grade_id: before[name][test.grade_id] + gain}
    assert {before[name][test.grade_id] for name in before} == {0, test.points}
    assert not list(course.root.glob("gradebook.db*"))


def test_a_comparison_of_builds_leaves_the_gradebook_alone(tmp_path):
    shutil.copytree(ROOT / "release" / LIGHT, tmp_path / "release" / LIGHT)
    course = make_course(tmp_path, ASSIGNMENTS[LIGHT])
    shutil.copytree(ROOT / "solutions" / LIGHT, tmp_path / "solutions" / LIGHT)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (course.root / "gradebook.db").rename(tmp_path / "kept.db")
    address = f"sqlite:///{tmp_path / 'kept.db'}"
    before = (tmp_path / "kept.db").read_bytes()
    done = subprocess.run(
        [BIN / "course", "build", "--check", LIGHT],
        cwd=tmp_path,
        env={**os.environ, "COURSE_GRADEBOOK": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "kept.db").read_bytes() == before
