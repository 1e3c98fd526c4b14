"""Runs notebooks cell by cell in this process, without kernels: seconds where nbgrader takes minutes.

For authors and for the mutation test. The proof that counts is the one through nbgrader, in tests/.
"""

import contextlib
import io
import os
import signal
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from graders.source import Assignment, Cell


class Overtime(Exception):
    """A cell that ran past its limit."""


@dataclass
class Outcome:
    """What one test cell gave: its points, and the sentence it failed with, if any."""

    grade_id: str
    points: int
    max_points: int
    failure: str | None = None


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `Overtime` in the main thread once the seconds are over."""

    def on_alarm(signum: int, frame: types.FrameType | None) -> None:
        raise Overtime(f"ran longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Rehearsal:
    """A namespace in which the cells of a notebook are run in order, like a kernel."""

    def __init__(self, seconds_per_cell: float = 120.0, warnings_are: str = "ignore") -> None:
        self.seconds_per_cell = seconds_per_cell
        self.warnings_are = warnings_are
        self.namespace: dict = {"__name__": "__main__"}
        import matplotlib

        matplotlib.use("agg")  # draws without a screen

    def run(self, source: str, label: str) -> str | None:
        """Runs one cell; returns None, or 'Type: message' of what it raised."""
        import matplotlib.pyplot as plt

        try:
            with (
                warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                time_limit(self.seconds_per_cell),
            ):
                warnings.simplefilter(self.warnings_are)
                exec(compile(source, f"<{label}>", "exec"), self.namespace)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            return f"{type(error).__name__}: {error}"
        finally:
            plt.close("all")
        return None

    def judge(self, cell: Cell) -> Outcome:
        """Runs a test cell."""
        failure = self.run(cell.source, cell.grade_id)
        return Outcome(cell.grade_id, 0 if failure else cell.points, cell.points, failure)


def rehearse(assignment: Assignment, answers: dict[str, str], seconds_per_cell: float = 120.0) -> list[Outcome]:
    """Runs an assignment with the given answers in place of its solutions; one outcome for each test."""
    rehearsal = Rehearsal(seconds_per_cell)
    outcomes = []
    for cell in assignment.cells:
        if cell.kind == "test":
            outcomes.append(rehearsal.judge(cell))
        elif cell.kind == "solution":
            rehearsal.run(answers.get(cell.slug, cell.source), cell.grade_id)
        elif cell.kind == "code":
            rehearsal.run(cell.source, cell.grade_id)
    return outcomes
