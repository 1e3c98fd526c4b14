"""What the first ring of proof tries by turns: all of it within days, and for one commit always the same."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

DAY = 24 * 3600
T = TypeVar("T")


def turn(root: Path, of: int) -> int:
    """Which of so many parts has its turn: another one with each day of a commit; the first outside of a repository."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(done.stdout or 0) // DAY % of


def by_turns(items: Sequence[T], root: Path, of: int) -> list[T]:
    """One in so many, those whose turn it is."""
    return list(items[turn(root, of) :: of])
