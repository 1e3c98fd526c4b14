"""Official tries: what lies in the exchange is graded as it comes in, and its feedback released, until told to stop.

Every try goes through nbgrader's own collect, autograde, generate_feedback and release_feedback. What is done is read
off the files: where this was stopped, the next start goes on.
"""

import contextlib
import datetime
import fcntl
import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.utils import capture_log
from traitlets import Enum, Float, Integer
from traitlets.config import Config, Configurable

from graders.classroom.due import due_dates
from graders.classroom.grading import Pending, Run, api_of, prepare, record, warm_pool
from graders.classroom.regrade import copy_gradebook
from graders.course import Course, replace_folder
from graders.errors import InTheWayError, NotFoundError
from graders.gradebook import LOCKED, find_record
from graders.plugins.exchange import CollectOwn
from graders.plugins.execute import SealedExecute
from graders.plugins.reading import cannot_be_made_ready, make_ready
from graders.plugins.times import TIMESTAMP, mend_timestamp, time_of
from graders.text import is_student_id

FOLDER = "tries"  # of what was collected to be tried, and of the list of tries
SET_ASIDE = "Set aside: "


class Watch(Configurable):
    """The policy of official tries."""

    tries_per_day = Integer(3, min=1, help="Of a student, in an assignment, on a day of UTC.").tag(config=True)
    counts = Enum(["last", "best"], "last", help="Which try counts; the best has most points by tests.").tag(
        config=True
    )
    pause_seconds = Float(5.0, min=0.1, help="Between two looks at the exchange.").tag(config=True)


@dataclass(frozen=True)
class Try:
    """An official try.

    Attributes:
        submitted: when it was handed in, as the exchange says.
        day: of UTC, on which it was graded.
        points: by its tests.
        counted: whether it took the place of those before it.
    """

    student: str
    assignment: str
    submitted: str
    day: str
    points: float
    max_points: float
    counted: bool


class Tries:
    """The list of tries of a course, a line each."""

    def __init__(self, course: Course) -> None:
        self.path = course.root / FOLDER / "tries.jsonl"
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.is_file() else []
        self.all: list[Try] = []
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):  # one that a crash has cut short was not released
                self.all.append(Try(**json.loads(line)))

    def of(self, student: str, assignment: str) -> list[Try]:
        """Those of a student in an assignment."""
        return [one for one in self.all if (one.student, one.assignment) == (student, assignment)]

    def add(self, one: Try) -> None:
        """Writes a try down."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one)) + "\n")
        self.all.append(one)


@dataclass(frozen=True)
class Said:
    """One thing that was done, or that a person should know.

    Attributes:
        who: whose submission, and of what; empty where it is about neither.
    """

    who: str
    text: str
    is_problem: bool = False


@dataclass(frozen=True)
class _Arrival:
    student: str
    assignment: str
    folder: Path
    submitted: str

    @property
    def who(self) -> str:
        return f"{self.student}, {self.assignment}"


class _Collect(CollectOwn):
    """Collects what is to be tried; leaves those alone whose last one is being graded."""

    busy: frozenset[str] = frozenset()

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [one for one in self.src_records if one["username"] not in self.busy]


class Watcher:
    """Collects, grades and releases again and again.

    After the due date a late submission is taken only of those who had handed in nothing before, as by nbgrader's
    ``ExchangeCollect.before_duedate``, and whatever waits for another day is graded.
    """

    def __init__(self, course: Course, assignments: Sequence[str], config: Config) -> None:
        self.course, self.assignments, self.config = course, assignments, config
        self.policy = Watch(config=config)
        self.execute = SealedExecute(config=config)
        self.runs: dict[Future[Run | None], _Arrival] = {}
        self.left: set[_Arrival] = set()  # those that could not be graded, until something newer comes or a new start
        self.told: set[str] = set()

    def run(self, jobs: int, stop: threading.Event, once: bool = False) -> Iterator[Said]:
        """Goes on until told to stop; what is under way then is finished first.

        Args:
            jobs: submissions at a time.
            stop: set where no more is to be begun.
            once: whether to stop when all that lies there now is done.

        Raises:
            NotFoundError: where nothing was released through the exchange.
            InTheWayError: where another one watches this course.
            graders.sealed.sandbox.NoSandboxError: where this machine cannot isolate.
        """
        self._require_exchange()
        with self._alone(), warm_pool(self.execute, jobs) as pool:
            self.tries = Tries(self.course)
            while not stop.is_set() or self.runs:
                if not stop.is_set():
                    for name in self.assignments:
                        yield from self._collect(name)
                        for one in sorted(self._arrivals(name), key=lambda one: one.submitted):
                            yield from self._begin(pool, one)
                done, _ = wait(self.runs, self.policy.pause_seconds, FIRST_COMPLETED)
                for run in done:
                    yield self._settle(self.runs.pop(run), run.result())
                if once and not self.runs:
                    return
                if not self.runs:
                    stop.wait(self.policy.pause_seconds)

    def _require_exchange(self) -> None:
        inbound = Path(self.config.Exchange.root) / self.config.CourseDirectory.course_id / "inbound"
        if not inbound.is_dir():
            raise NotFoundError(
                f"no exchange at {inbound.parent}: run `nbgrader release_assignment <assignment>` first"
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        folder = self.course.root / FOLDER
        folder.mkdir(exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InTheWayError("another `course watch` is at work in this course") from None
            yield

    # --- what has come in ---------------------------------------------------------------------------------------------

    def _collect(self, name: str) -> Iterator[Said]:
        """Brings what is new of an assignment from the exchange to the folder of tries."""
        api = api_of(self.config)
        api.log.setLevel(logging.WARNING)
        api.coursedir.submitted_directory, api.coursedir.assignment_id = FOLDER, name
        app = _Collect(coursedir=api.coursedir, authenticator=api.authenticator, parent=api)
        app.update = app.before_duedate = True
        app.busy = frozenset(one.student for one in self.runs.values() if one.assignment == name)
        result = capture_log(app)
        lines = [line.partition(SET_ASIDE)[2] for line in result.get("log", "").splitlines() if SET_ASIDE in line]
        if not result["success"]:
            lines.append(result["error"].strip().splitlines()[-1])
        for line in lines:
            yield from self._once("", f"not collected: {line}")

    def _arrivals(self, name: str) -> Iterator[_Arrival]:
        """What was collected of an assignment and is not tried yet."""
        busy = {one.student for one in self.runs.values() if one.assignment == name}
        for folder in sorted((self.course.root / FOLDER).glob(f"*/{name}")):
            student = folder.parent.name
            with contextlib.suppress(OSError):
                mend_timestamp(folder)  # else a time of another zone would be another time once it is graded
                one = _Arrival(student, name, folder, (folder / TIMESTAMP).read_text(encoding="utf-8"))
                tried = {before.submitted for before in self.tries.of(student, name)}
                if (
                    student not in busy
                    and is_student_id(student)
                    and one not in self.left
                    and one.submitted not in tried
                ):
                    yield one

    def _begin(self, pool: Any, one: _Arrival) -> Iterator[Said]:
        """Starts to grade a try, or says that it waits."""
        try:
            make_ready(one.folder, one.assignment)
        except OSError as error:
            yield self._leave(one, cannot_be_made_ready(error))
            return
        if not any(one.folder.glob("[!.]*.ipynb")):
            yield self._leave(one, "no notebook was handed in")
        elif len(self._today(one)) >= self.policy.tries_per_day and not self._is_over(one.assignment):
            until = "tomorrow (UTC), or when the assignment is due"
            yield from self._once(one.who, f"waits until {until}: no try is left today for that of {one.submitted}")
        else:
            pending = Pending(one.student, one.assignment, again=True)
            self.runs[pool.submit(prepare, self.course, one.folder, pending, self.execute)] = one

    def _leave(self, one: _Arrival, why: str) -> Said:
        """Leaves a try alone until the next start, or a newer one, and says why."""
        self.left.add(one)
        return self._not_graded(one, why)

    def _not_graded(self, one: _Arrival, why: str) -> Said:
        return Said(one.who, f"not graded: {why}", is_problem=True)

    def _once(self, who: str, text: str) -> Iterator[Said]:
        if f"{who}: {text}" not in self.told:
            self.told.add(f"{who}: {text}")
            yield Said(who, text, is_problem=not who)

    def _today(self, one: _Arrival) -> list[Try]:
        return [before for before in self.tries.of(one.student, one.assignment) if before.day == _day()]

    def _is_over(self, name: str) -> bool:
        """Whether an assignment is due."""
        due = due_dates(self.course, [name]).get(name)
        return due is not None and due < datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

    # --- what is done with it -----------------------------------------------------------------------------------------

    def _settle(self, one: _Arrival, run: Run | None) -> Said:
        """Has nbgrader record a run that is ready, and releases its page."""
        if run is None or run.key is None or run.unfinished:
            why = run.unfinished if run else "without a sandbox"
            return self._leave(one, why or "nbgrader cannot run it")
        best = self._points(one)
        counts = self.policy.counts == "last" or best is None or run.points >= best
        with contextlib.ExitStack() as stack:
            course, config = self.course, self.config
            if not counts:
                course, config = stack.enter_context(self._copy(one.assignment))
            try:
                replace_folder(one.folder, course.submitted(one.student, one.assignment))
            except OSError as error:
                return self._leave(one, cannot_be_made_ready(error))
            done = record(api_of(config), Pending(one.student, one.assignment, again=True), run)
            if done.failure:
                why = done.failure.strip().splitlines()[-1]
                return self._not_graded(one, why) if done.failure == LOCKED else self._leave(one, why)
            number = len(self._today(one)) + 1
            page = self._released(one, config, self._note(number, counts, best))
        self.tries.add(Try(one.student, one.assignment, one.submitted, _day(), run.points, run.max_points, counts))
        text = (
            f"try {number} of {self.policy.tries_per_day} today: {run.points:g} of {run.max_points:g} points by tests"
        )
        text += "" if counts else f"; {best:g} by an earlier one count"
        return Said(one.who, f"{text}; {page}", is_problem="not released" in page)

    def _points(self, one: _Arrival) -> float | None:
        """The points by tests that count so far."""
        with self.course.gradebook() as gradebook:
            found = find_record(gradebook, one.assignment, one.student)
        return found.auto if found else None

    @contextlib.contextmanager
    def _copy(self, name: str) -> Iterator[tuple[Course, Config]]:
        """A copy of the course, with its policy, in which a try that does not count is graded; gone at the end."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Course(Path(folder))
            copy_gradebook(self.course, copy)
            shutil.copytree(self.course.source(name), copy.source(name))
            config = Config(self.config)
            config.CourseDirectory.root = folder
            config.CourseDirectory.db_url = f"sqlite:///{copy.root / 'gradebook.db'}"
            yield copy, config

    def _note(self, number: int, counts: bool, best: float | None) -> str:
        """What the page says of a try."""
        most = self.policy.tries_per_day
        note = f"This is official try {number} of {most} on {_day()} (days of UTC)."
        if number >= most:
            note += " What you hand in now is graded tomorrow, or when the assignment is due."
        if self.policy.counts == "last":
            return f"{note} Your last try counts."
        return (
            f"{note} Your best try counts, which is {'this one' if counts else f'an earlier one with {best:g} points'}."
        )

    def _released(self, one: _Arrival, config: Config, note: str) -> str:
        """Makes the page of a try and puts it into the exchange; says so, or why not."""
        config = Config(config)
        config.FeedbackPage.note = note
        api = api_of(config)
        results = api.generate_feedback(one.assignment, one.student), _release(api, one)
        for result in results:
            log = result.get("log", "")
            if not result["success"] or "Not released" in log:
                return f"feedback not released: {(result.get('error') or log).strip().splitlines()[-1]}"
        handed_in = time_of(one.submitted)
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return "feedback released" + (f" after {(now - handed_in).total_seconds():.0f} s" if handed_in else "")


def _release(api: NbGraderAPI, one: _Arrival) -> dict[str, Any]:
    """What nbgrader's own `release_feedback` does, whose call of it has a slip that Python warns of."""
    api.coursedir.assignment_id, api.coursedir.student_id = one.assignment, one.student
    return capture_log(
        api.exchange.ReleaseFeedback(coursedir=api.coursedir, authenticator=api.authenticator, parent=api)
    )


def _day() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
