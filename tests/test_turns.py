"""What comes by turns comes round, and a commit is always proven in the same way."""

import datetime
import os
import subprocess
import sys

import pytest
from helpers import ROOT

from graders.proof.turns import by_turns, turn


def commit(folder, day):
    date = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=day)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    subprocess.run(
        ["git", *who, "commit", "--quiet", "--allow-empty", "--message", "a"],
        cwd=folder,
        env={"GIT_COMMITTER_DATE": date.isoformat(), "PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
    )


def test_all_parts_come_round_within_as_many_days(tmp_path):
    seen = []
    for day in range(4):
        commit(tmp_path, day)
        seen += by_turns(range(10), tmp_path, of=4)
    assert sorted(seen) == list(range(10))


@pytest.mark.parametrize("of", [1, 2, 7])
def test_a_commit_has_one_turn(tmp_path, of):
    commit(tmp_path, 3)
    assert turn(tmp_path, of) == turn(tmp_path, of) < of


def test_outside_of_a_repository_it_is_the_turn_of_the_first(tmp_path):
    assert turn(tmp_path, of=4) == 0


def test_what_would_begin_too_late_is_left_out_in_every_process_of_a_run(tmp_path):
    for number in range(3):
        (tmp_path / f"test_{number}.py").write_text("def test_it():\n    pass\n")
    timing = ["-p", "timing", "-p", "no:cacheprovider", "--numprocesses", "2"]
    for minutes, outcome in (("1e-9", "3 skipped"), ("0", "3 passed"), ("5", "3 passed")):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *timing, "--minutes", minutes, "-r", "s"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome in done.stdout, done.stdout + done.stderr
        assert ("no time left" in done.stdout) == (outcome == "3 skipped")
