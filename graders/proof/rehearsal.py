"""Runs notebooks cell by cell without kernels: seconds where nbgrader takes minutes.

For authors, for the mutation test, and for the first ring of proof (docs/decisions/0006-two-rings.md). A rehearsal may
change its process for good, as a kernel may: run it in one of the `graders.proof.workers` workers.
"""

import contextlib
import io
import linecache
import os
import shutil
import signal
import sys
import tempfile
import types
import warnings
from collections.abc import Collection, Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from graders.checks import oracles
from graders.checks.ladder import HIDDEN, _seed
from graders.plugins.feedback import sentence_of
from graders.proof.dependencies import CellNames, names_of, slice_of
from graders.proof.fixtures import Fixture
from graders.source import PROOF, RELEASED, Assignment, Cell


class Overtime(Exception):
    """A cell that ran past its limit."""


@dataclass
class Outcome:
    """What one test cell gave: its points, and the sentence it failed with, if any."""

    grade_id: str
    points: int
    max_points: int
    failure: str | None = None


@dataclass(frozen=True)
class Judged:
    """What the tests made of a fixture.

    Attributes:
        outcomes: one for each test that was run.
        trained: whether it trained as released.
    """

    fixture: Fixture
    outcomes: list[Outcome]
    trained: bool

    @property
    def points(self) -> int:
        """The points that it got."""
        return sum(outcome.points for outcome in self.outcomes)

    @property
    def failed(self) -> set[str]:
        """The tests that took points away, by grade id."""
        return {outcome.grade_id for outcome in self.outcomes if outcome.failure}

    @property
    def is_exact(self) -> bool:
        """Whether exactly those tests failed that must."""
        judged = [outcome.grade_id for outcome in self.outcomes]
        return self.fixture.expects(self.failed, judged, self.trained)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `Overtime` in the main thread once the seconds of processor time are over.

    The clock ends what waits, later by far: other work on the machine costs no answer anything.
    """

    def on_alarm(signum: int, frame: types.FrameType | None) -> None:
        raise Overtime(f"ran longer than {seconds:g} s")

    limits = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, 10 * seconds)}
    before = {number: signal.signal(number, on_alarm) for number in limits}
    for timer, most in limits.values():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for number, (timer, _) in limits.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


class Rehearsal:
    """A namespace in which the cells of a notebook are run in order, like a kernel."""

    def __init__(self, seconds_per_cell: float = 600.0, warnings_are: str = "ignore") -> None:
        self.seconds_per_cell = seconds_per_cell
        self.warnings_are = warnings_are
        self.namespace: dict = {"__name__": "__main__"}

    def run(self, source: str, label: str) -> BaseException | None:
        """Runs one cell; returns what it raised."""
        import matplotlib.pyplot as plt

        # TensorFlow compiles a function from its text, which IPython too leaves where `inspect` looks.
        linecache.cache[f"<{label}>"] = (len(source), None, source.splitlines(keepends=True), f"<{label}>")
        try:
            with (
                warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                time_limit(self.seconds_per_cell),
            ):
                warnings.simplefilter(self.warnings_are)
                # Keras writes weights in a way that NumPy 2 deprecates.
                warnings.filterwarnings("ignore", "__array__ implementation doesn't accept", DeprecationWarning)
                exec(compile(source, f"<{label}>", "exec"), self.namespace)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            return error
        finally:
            plt.close("all")
        return None

    def must_run(self, cell: Cell) -> None:
        """Runs a cell of a reference, which does not stop.

        Raises:
            RuntimeError: if it does.
        """
        error = self.run(cell.source, cell.grade_id)
        if error:
            raise RuntimeError(f"{cell.grade_id}, line {cell.line}: the reference stops with {error!r}")

    def judge(self, cell: Cell) -> Outcome:
        """Runs a test cell."""
        error = self.run(cell.source, cell.grade_id)
        failure = None if error is None else sentence_of(type(error).__name__, str(error))
        return Outcome(cell.grade_id, 0 if failure else cell.points, cell.points, failure)


@contextlib.contextmanager
def importing_from(folder: str) -> Iterator[None]:
    """Lets modules of a folder be imported; afterwards nothing finds them by names that two assignments may share."""
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(f"{folder}/"):
                del sys.modules[name]


@contextlib.contextmanager
def rehearsal_of(
    assignment: Assignment, environment: dict[str, str] = PROOF, warnings_are: str = "ignore"
) -> Iterator[Rehearsal]:
    """A rehearsal in a copy of the assignment's folder, where a notebook finds its data and imports its modules."""
    os.environ.update(environment)
    with tempfile.TemporaryDirectory() as folder:
        if assignment.files.is_dir():
            shutil.copytree(assignment.files, folder, dirs_exist_ok=True)
        with importing_from(folder), contextlib.chdir(folder), no_temporary_files_left():
            yield Rehearsal(warnings_are=warnings_are)


@contextlib.contextmanager
def no_temporary_files_left() -> Iterator[None]:
    """TensorFlow writes functions into files, and removes them at an exit that a fork does not have."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def rehearse(
    assignment: Assignment, answers: dict[str, str], trained: bool = False, seeds: Sequence[int] = ()
) -> list[Outcome]:
    """Runs an assignment with the given answers in place of its solutions.

    With a few steps of training, a test that depends on none of the answers is not run: it gives what it gives the
    reference, all tests of which are run, its points. Nor is any cell that no test depends on, such as a plot: those of
    the reference are run where it is graded as released.

    Args:
        assignment: what to run.
        answers: the text of solution cells, by slug; the others are the reference's.
        trained: at the released budget, with every cell and test; otherwise without the tests that need training.
        seeds: of other hidden inputs, and of the global random generators before each test, which is run at each.

    Returns:
        One outcome for each test that was judged: the first failure, where there are several seeds.
    """
    oracles.keep(writes=not answers)  # a wrong answer may have changed a library
    cells = assignment.cells
    sources = [answers.get(cell.slug, cell.source) if cell.kind == "solution" else cell.source for cell in cells]
    if trained:
        run = affected = set(range(len(cells)))
    elif not answers:
        tests = tests_by_task(assignment, only=())
        run, affected = cells_of_tests(cells, tests), set(range(len(cells)))
    else:
        run, affected = cells_to_run(cells, sources)
    outcomes, environment = [], RELEASED if trained else PROOF
    with rehearsal_of(assignment, environment) as rehearsal:
        for place, (cell, source) in enumerate(zip(cells, sources, strict=True)):
            if cell.kind == "test" and (trained or not cell.trained):
                if place in affected:
                    outcomes.append(_judged_at(rehearsal, cell, seeds) if seeds else rehearsal.judge(cell))
                    continue
                outcomes.append(Outcome(cell.grade_id, cell.points, cell.points))
            if place in run and (cell.kind in ("code", "solution") or (cell.kind == "test" and not cell.trained)):
                rehearsal.run(source, cell.grade_id)
    return outcomes


def _judged_at(rehearsal: Rehearsal, cell: Cell, seeds: Sequence[int]) -> Outcome:
    for seed in seeds:
        os.environ[HIDDEN] = str(seed)
        _seed(seed)
        outcome = rehearsal.judge(cell)
        if outcome.failure:
            outcome.failure = f"at seed {seed}: {outcome.failure}"
            break
    return outcome


def tests_by_task(assignment: Assignment, only: Collection[str]) -> dict[str, list[Cell]]:
    """The tests that need no training, in order, by the slug of their task: all tasks, or only some."""
    tests: dict[str, list[Cell]] = {}
    for cell in assignment.of_kind("test"):
        if not cell.trained and (not only or cell.slug in only):
            tests.setdefault(cell.slug, []).append(cell)
    return tests


def cells_to_run(cells: Sequence[Cell], sources: Sequence[str]) -> tuple[set[int], set[int]]:
    """The tests that depend on an answer, and every cell that these depend on; by place."""
    changed = {place for place, cell in enumerate(cells) if sources[place] != cell.source}
    needed = {place: needs for place, needs in _needs(cells, sources, changed) if needs & changed}
    return set().union(*needed.values()), set(needed)


def cells_of_tests(cells: Sequence[Cell], slugs: Container[str]) -> set[int]:
    """Every cell that the tests of some tasks depend on, by place; not those that only show something."""
    needed = _needs(cells, [cell.source for cell in cells], set())
    return set().union(*(needs for place, needs in needed if cells[place].slug in slugs))


def _needs(cells: Sequence[Cell], sources: Sequence[str], changed: set[int]) -> Iterator[tuple[int, set[int]]]:
    """For each test that needs no training, every cell that it depends on; by place."""
    names = [
        CellNames() if cell.kind in ("prose", "answer") else names_of(source)
        for cell, source in zip(cells, sources, strict=True)
    ]
    for place in changed:  # also where it fails to define what it should
        names[place].writes |= names_of(cells[place].source).writes
    for place, cell in enumerate(cells):
        if cell.kind == "test" and not cell.trained:
            yield place, slice_of(names, place)


def judge(
    pool: ProcessPoolExecutor,
    assignment: Assignment,
    students: Sequence[Fixture],
    trained: bool = False,
    seeds: Sequence[int] = (),
) -> Iterator[Judged]:
    """Rehearses fixtures in `graders.proof.workers`, several at a time; gives them in their order."""
    runs = [pool.submit(rehearse, assignment, student.answers, trained, seeds) for student in students]
    for student, run in zip(students, runs, strict=True):
        yield Judged(student, run.result(), trained)
