"""Grades many submissions at a time: they run in parallel, and nbgrader records them one after the other.

A run is a pure function of the notebook and its files, so it can be made beforehand: what `nbgrader autograde` would
execute is executed in a pool, and nbgrader then finds the transcript ready. Gradebook, files and order of things stay
nbgrader's own.
"""

import contextlib
import filecmp
import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, find_all_files, is_grade, is_locked, parse_utc
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from graders.course import Course, is_linked, notebook_in
from graders.errors import CourseError, NotFoundError
from graders.gradebook import LOCKED, gradebook_is_locked, records_of, worth_of
from graders.plugins.execute import GRADED, SealedExecute, cells_of, notebook_environment, why_unfinished
from graders.plugins.normalise import normalised
from graders.plugins.notes import CELL_ID
from graders.plugins.reading import (
    OUR_FILES,
    best_notebook,
    candidates_in,
    cannot_be_made_ready,
    make_ready,
    read_files,
    read_tolerantly,
)
from graders.sealed import service
from graders.sealed.service import Engine
from graders.source import Assignment
from graders.text import is_student_id


@dataclass(frozen=True)
class Pending:
    """One submission that is to be graded.

    Attributes:
        again: whether it has been graded before and nbgrader would leave it at that.
    """

    student: str
    assignment: str
    again: bool = False


@dataclass(frozen=True)
class Finished:
    """What became of a pending submission.

    Attributes:
        seconds: of the run that was prepared.
        failure: what nbgrader logged if it failed.
        prepared: whether nbgrader took the run that was prepared; if not, it made one of its own. None where there is
            no sandbox, and so nothing is prepared.
    """

    submission: Pending
    seconds: float
    failure: str | None = None
    prepared: bool | None = None


@dataclass(frozen=True)
class Run:
    """A run that waits for nbgrader.

    Attributes:
        key: under which it waits; None where it could not be made.
        points: by its tests.
        max_points: what they are worth.
        unfinished: why it says nothing about the submission, if so: nbgrader has nothing to record.
    """

    key: str | None = None
    seconds: float = 0.0
    points: float = 0.0
    max_points: float = 0.0
    unfinished: str | None = None


def pending(course: Course, assignments: Sequence[str], students: Sequence[str], force: bool) -> list[Pending]:
    """The submissions that nbgrader would grade now, those that a killed run has left half done, and changed ones.

    So are those of which the gradebook knows nothing any more, as where a student was removed from it. nbgrader takes a
    submission for new if its timestamp is newer; those from a learning platform have none.

    Args:
        course: where they were handed in.
        assignments: their names.
        students: their names; all of them if there are none.
        force: also what is graded already.
    """
    found = []
    ignored = [*CourseDirectory(config=course.config()).ignore, "*.ipynb", *OUR_FILES]  # read once: it takes 40 ms
    for assignment in assignments:
        known = _known(course, assignment)
        for student, folder in course.submissions(assignment):
            if (students and student not in students) or not is_student_id(student) or is_linked(folder):
                continue
            try:
                make_ready(folder, assignment)
            except OSError:
                found.append(Pending(student, assignment, again=True))  # `prepare` says why it is not graded
                continue
            if not any(folder.glob("[!.]*.ipynb")):
                continue
            graded = course.graded(student, assignment)
            if graded.is_dir() and not _is_complete(notebook_in(graded)):
                shutil.rmtree(graded)
            if not graded.is_dir() or _is_newer(folder, graded):
                found.append(Pending(student, assignment, force))
            elif (
                force
                or student not in known
                or _has_changed(*map(notebook_in, (course.source(assignment), folder, graded)))
                or _has_other_files(course.source(assignment), folder, graded, ignored)
            ):
                found.append(Pending(student, assignment, again=True))
    return found


def require_registered(course: Course, chosen: Sequence[Pending]) -> None:
    """What nbgrader would say of each submission once it has run, said before any runs.

    Raises:
        NotFoundError: where the gradebook does not know an assignment.
    """
    for assignment in sorted({submission.assignment for submission in chosen}):
        try:
            with course.gradebook() as gradebook:
                known = worth_of(gradebook, assignment)
        except NotFoundError:  # there is none yet
            known = {}
        if not known:
            raise NotFoundError(f"the gradebook knows no {assignment}: run `course build {assignment}`")


def longest_first(chosen: Sequence[Pending], assignments: Sequence[Assignment]) -> list[Pending]:
    """The tasks in an order in which no long one is left for the end: those that train come first."""
    trained = {assignment.name: assignment.trained_points for assignment in assignments}
    return sorted(chosen, key=lambda submission: -trained[submission.assignment])


def _known(course: Course, assignment: str) -> set[str]:
    """Whose submissions are in the gradebook."""
    try:
        with course.gradebook() as gradebook:
            return set(records_of(gradebook, assignment))
    except NotFoundError:  # there is none yet
        return set()


def _is_complete(path: Path) -> bool:
    """Whether nbgrader has finished with a notebook: it writes the run one after it has recorded its points."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["metadata"].get(GRADED))
    except (OSError, ValueError, KeyError):
        return False


def _is_newer(submitted: Path, graded: Path) -> bool:
    times = []
    for folder in (submitted, graded):
        try:
            times.append(parse_utc((folder / "timestamp.txt").read_text(encoding="utf-8").strip()))
        except (OSError, ValueError):
            return False
    return times[0] > times[1]


def _has_changed(source: Path, submitted: Path, graded: Path) -> bool:
    """Whether a submission that is newer on disk than its graded copy also has other answers.

    A folder is newer where a notebook was taken away, and also where somebody has merely looked at one.
    """
    folders = [Path(place) for place, *_ in os.walk(submitted.parent)]
    found = [path.stat() for path in (*folders, *candidates_in(submitted.parent))]
    times = [max(one.st_mtime, one.st_ctime) for one in found]  # a copy may keep the time of writing
    if max(times) <= graded.stat().st_mtime:
        return False
    notebook, _ = read_tolerantly(best_notebook(submitted))
    notebook = normalised(notebook, nbformat.read(source, as_version=4), [])
    return _answers(notebook) != _answers(nbformat.read(graded, as_version=4))


def _has_other_files(source: Path, submitted: Path, graded: Path, ignored: list[str]) -> bool:
    """Whether a file beside a notebook is new, or another one than was graded.

    What is missing now is no change: a notebook that runs without a sandbox leaves files where it was graded.
    """
    given, were, are = (
        {os.path.relpath(path, folder): Path(path) for path in find_all_files(str(folder), ignored)}
        for folder in (source, graded, submitted)
    )
    when = notebook_in(graded).stat().st_mtime
    for name in are.keys() - given.keys():  # nbgrader copies the others to the graded notebook, these over them
        status = are[name].stat()
        is_newer = max(status.st_mtime, status.st_ctime) > when
        if name not in were or (is_newer and not _is_same_file(are[name], were[name])):
            return True
    return False


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:  # it may not be read
        return False


def _answers(notebook: NotebookNode) -> list[tuple]:
    own = [cell for cell in notebook.cells if not (is_locked(cell) or is_grade(cell) or cell.id == CELL_ID)]
    return [(cell.cell_type, cell.source, cell.get("attachments")) for cell in own]


def grade(
    course: Course, chosen: Sequence[Pending], jobs: int, config: Config, engine: Engine = service.run_here
) -> Iterator[Finished]:
    """Grades submissions, several at a time; gives each as soon as it is recorded.

    Args:
        course: where they were handed in, and are recorded.
        chosen: the submissions.
        jobs: at a time.
        config: the policy of the course.
        engine: runs each, here or elsewhere.

    Raises:
        graders.sealed.sandbox.NoSandboxError: where this machine cannot isolate.
        graders.errors.CourseError: where the engine is gone.
    """
    execute, api = SealedExecute(config=config), api_of(config)
    with warm_pool(execute, jobs, engine) as pool:
        runs: dict[Future[Run | None], Pending] = {
            pool.submit(prepare, course, course.submitted(one.student, one.assignment), one, execute, engine): one
            for one in chosen
        }
        for run in as_completed(runs):
            yield record(api, runs[run], run.result())


@contextlib.contextmanager
def warm_pool(execute: SealedExecute, jobs: int, engine: Engine = service.run_here) -> Iterator[ThreadPoolExecutor]:
    """Threads for `prepare`, beside processes that are warm until the end, where submissions run here.

    Raises:
        graders.sealed.sandbox.NoSandboxError: where this machine cannot isolate.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    with contextlib.ExitStack() as stack:
        stack.callback(service.stop)
        if engine is service.run_here and not execute.unsealed:
            stack.enter_context(service.started(execute.limits, threads, jobs))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        yield pool


def api_of(config: Config) -> NbGraderAPI:
    """What nbgrader's commands do, under a policy."""
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    api.log.setLevel(logging.INFO)
    return api


def prepare(
    course: Course, folder: Path, submission: Pending, execute: SealedExecute, engine: Engine = service.run_here
) -> Run | None:
    """Runs a submission as nbgrader will ask for it; nothing without a sandbox, where nbgrader runs it itself.

    What cannot be prepared is left to nbgrader, which knows how to fail for one submission alone.

    Args:
        course: of which it is.
        folder: that holds what was handed in.
        submission: whose it is, and of what.
        execute: how nbgrader will run it.
        engine: runs it, here or elsewhere.

    Raises:
        graders.errors.CourseError: where nothing can be run at all.
    """
    if execute.unsealed:
        return None
    try:
        return _run_beforehand(course.source(submission.assignment), folder, submission, execute, engine)
    except CourseError:
        raise
    except Exception:
        return Run()


def _run_beforehand(source: Path, submitted: Path, submission: Pending, execute: SealedExecute, engine: Engine) -> Run:
    try:
        make_ready(submitted, submission.assignment)
    except OSError as error:
        return Run(unfinished=cannot_be_made_ready(error))
    notebook, _ = read_tolerantly(best_notebook(notebook_in(submitted)))
    notebook = normalised(notebook, nbformat.read(notebook_in(source), as_version=4), [])
    files, _ = read_files(submitted, execute.limits.disk_bytes // 2)
    own, _ = read_files(source, execute.limits.disk_bytes // 2)
    cells = cells_of(notebook)
    key, transcript = service.prepare(cells, files | own, notebook_environment(), execute.limits, engine)
    if transcript.unfinished:
        return Run(key, transcript.seconds, unfinished=why_unfinished(transcript, cells))
    execute.write(notebook, transcript)
    scores = [determine_grade(cell) for cell in notebook.cells if is_grade(cell) and cell.cell_type == "code"]
    points, max_points = (sum(number or 0.0 for number in numbers) for numbers in zip(*scores, strict=True))
    return Run(key, transcript.seconds, points, max_points)


def record(api: NbGraderAPI, submission: Pending, run: Run | None) -> Finished:
    """Has nbgrader grade one submission, whose run is ready."""
    if run and run.unfinished:
        if run.key:
            service.was_used(run.key)
        return Finished(submission, run.seconds, run.unfinished, prepared=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own queries: nothing that an instructor can change
        result = api.autograde(submission.assignment, submission.student, force=submission.again)
    log = result.get("log", "")
    said = None if result["success"] else LOCKED if gradebook_is_locked(log) else result.get("error") or log
    if run is None:
        return Finished(submission, 0.0, said)
    return Finished(submission, run.seconds, said, prepared=run.key is not None and service.was_used(run.key))
