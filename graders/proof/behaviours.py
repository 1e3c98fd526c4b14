"""Behavioural mutants: every reference function, wrapped by each of some fifty habits of wrong programs (`habits`).

A mutant of the text finds what the text of the reference contains. A behaviour finds what no check draws or looks at:
inputs that are cast, clipped or sorted on the way in, answers that are rounded or remembered, arguments that are
written into. Each must cost a point in the task's own tests, or be excused with a reason. Harmless behaviours, which
are right answers in another form, must cost none. See docs/decisions/0014-behaviours.md.

A behaviour is counted for a function where it makes a difference in some call of the tests: another answer, beyond what
single precision gives, an argument changed, or a random state touched. The others are asleep: `course mutants
--verbose` lists them, for whoever wonders whether the tests draw what would wake them.
"""

import functools
import itertools
import os
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graders.checks import oracles
from graders.checks.ladder import ATOL, RTOL, _latest, _observed, _seed
from graders.course import Course
from graders.proof.habits import (
    Behaviour,
    are_variables,
    behaviours_of,
    is_model,
    is_symbolic,
    is_tensor,
    leaves,
    repeatable,
    variables_in,
)
from graders.proof.rehearsal import Rehearsal, cells_of_tests, rehearsal_of, tests_by_task
from graders.proof.workers import warm_workers
from graders.source import Assignment, Cell

# --- which of them make a difference ----------------------------------------------------------------------------------


@dataclass
class Recording:
    """The calls that tests made of a function, with the arguments as they were before."""

    function: Callable[..., Any]
    calls: list[tuple[tuple, dict[str, Any]]] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def recorder(self) -> Callable[..., Any]:
        """A function that records its calls, and is the function otherwise."""

        @functools.wraps(self.function)
        def recording(*args: Any, **kwargs: Any) -> Any:
            if not any(map(is_symbolic, leaves([*args, *kwargs.values()]))):  # such a call cannot be repeated
                self.calls.append((repeatable(args), repeatable(kwargs)))
            answer = self.function(*args, **kwargs)
            self.given |= _kinds(args, kwargs, answer)
            return answer

        return recording

    def concerns(self, behaviour: Behaviour) -> bool:
        """Whether the function was given, or gave, what a behaviour needs."""
        return bool(self.calls) and (not behaviour.needs or behaviour.needs in self.given)


def _kinds(args: tuple, kwargs: dict[str, Any], answer: Any) -> set[str]:
    from tensorflow.python.eager import record

    values = [*args, *kwargs.values()]
    numbers = {"arrays" if np.ndim(leaf) else "numbers" for leaf in leaves(values) if _is_number(leaf)}
    kinds = numbers | ({"numbers"} if numbers else set())
    kinds |= {"lists"} if any(isinstance(value, list) for value in values) else set()
    kinds |= {"several"} if len(values) > 1 else set()
    kinds |= {"number"} if any(_is_number(leaf) for leaf in leaves(answer)) else set()
    kinds |= {"model"} if any(map(is_model, leaves(answer))) else set()
    kinds |= {"variables"} if isinstance(answer, (list, tuple)) and any(map(are_variables, answer)) else set()
    return kinds | ({"tape"} if record.could_possibly_record() else set())


def _is_number(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)) or is_model(value):
        return False
    return isinstance(value, (int, float, np.number, np.ndarray)) or is_tensor(value)


def is_awake(behaviour: Behaviour, recording: Recording) -> bool:
    """Whether a behaviour makes a difference in some recorded call; for harmless ones, whether it is still right."""
    if behaviour.needs == "tape":
        return True
    behaving = behaviour.wrap(recording.function)
    earlier: list[Callable[[], bool]] = []
    differs = [_differs(recording.function, behaving, *call, behaviour, earlier) for call in recording.calls]
    return any(differs) if behaviour.harmful else not any(differs)  # not every function can be a tf.function


def _differs(
    function: Callable[..., Any],
    behaving: Callable[..., Any],
    args: tuple,
    kwargs: dict[str, Any],
    it: Behaviour,
    earlier: list[Callable[[], bool]],
) -> bool:
    variables = variables_in(args)
    start = [np.array(variable) for variable in variables]
    try:
        _seed(0)  # what draws random numbers gets the same ones
        try:
            wanted = function(*repeatable(args), **repeatable(kwargs))
        except Exception:  # the call needs a name of its test, which is gone: nothing can be compared
            return False
        moved = [np.array(variable) for variable in variables]
        _assign(variables, start)
        _seed(0)
        with np.errstate(all="ignore"):
            got, changed, drew, overwritten, watch = _observed(
                behaving, list(repeatable(args)), repeatable(kwargs), [], earlier
            )
        earlier[:] = _latest(earlier, watch)
        if changed or drew or overwritten or not _as_good([np.array(variable) for variable in variables], moved):
            return True
        if it.needs == "model" and it.harmful and any(map(is_model, leaves(wanted))):
            return True
        return not _as_good(got, wanted)
    except Exception:  # it stops: that is a difference
        return True
    finally:
        _assign(variables, start)


def _assign(variables: list[Any], values: list[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _as_good(got: Any, wanted: Any) -> bool:
    """Whether two answers are the same in single precision, relative to an array's largest number; counts exactly.

    Networks are where their shapes are, since weights start at random.
    """
    if is_model(wanted):
        return got.input_shape == wanted.input_shape and got.output_shape == wanted.output_shape
    if hasattr(wanted, "_keras_history"):  # a Keras tensor, which has no value
        return tuple(got.shape) == tuple(wanted.shape)
    if isinstance(wanted, (list, tuple)) and not _is_plain_shape(wanted):
        got = list(got)
        return len(got) == len(wanted) and all(map(_as_good, got, wanted))
    if wanted is None or isinstance(wanted, (str, bool, np.bool_)) or _is_plain_shape(wanted):
        return bool(np.all(_plain(got) == _plain(wanted)))
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape:
        return False
    if wanted.dtype.kind in "iub":
        return np.array_equal(got, wanted)
    largest = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0.0)
    return np.allclose(got, wanted, rtol=RTOL, atol=ATOL * largest, equal_nan=True)


def _is_plain_shape(value: Any) -> bool:
    return isinstance(value, tuple) and any(item is None for item in value)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value


# --- judging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgement:
    """What the tests of a task made of one behaviour of one function; `failure` is None where they took no point."""

    slug: str
    function: str
    behaviour: str
    harmful: bool
    awake: bool
    failure: str | None = None


def judge_behaviours(
    assignment: Assignment, every: int = 1, turn: int = 0, only: Collection[str] = ()
) -> list[Judgement]:
    """Wraps every function of the reference by every behaviour, and runs the tests of its task that need no training.

    Args:
        assignment: whose reference is wrapped.
        every: one behaviour in so many.
        turn: which of them.
        only: the tasks to judge, by slug; all of them if it is empty.

    Raises:
        RuntimeError: if the reference itself fails a test.
    """
    workers = os.cpu_count() or 1
    with warm_workers() as pool:
        shares = [(assignment, every, turn, only, share, workers) for share in range(workers)]
        return list(itertools.chain(*pool.map(_judge_share, *zip(*shares, strict=True))))


def _judge_share(
    assignment: Assignment, every: int, turn: int, only: Collection[str], share: int, shares: int
) -> list[Judgement]:
    oracles.keep(writes=False)
    tests = tests_by_task(assignment, only)
    judgements: list[Judgement] = []
    defined: dict[str, list[str]] = {}
    needed = cells_of_tests(assignment.cells, tests)
    with rehearsal_of(assignment) as rehearsal:
        for place, cell in enumerate(assignment.cells):
            if cell.kind in ("code", "solution") and place in needed:
                rehearsal.must_run(cell)
                if cell.kind == "solution":
                    defined[cell.slug] = _functions_in(rehearsal, cell.source)
            elif cell.slug in tests and cell is tests[cell.slug][-1]:
                judge = _Judge(rehearsal, cell.slug, tests[cell.slug])
                judgements += judge.all(defined.get(cell.slug, []), lambda n: n % every == turn, share, shares)
    return judgements


def _functions_in(rehearsal: Rehearsal, source: str) -> list[str]:
    import ast

    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [name for name in names if callable(rehearsal.namespace.get(name))]


@dataclass
class _Judge:
    """Judges the functions of one task."""

    rehearsal: Rehearsal
    slug: str
    tests: list[Cell]

    def all(self, functions: list[str], chosen: Callable[[int], bool], share: int, shares: int) -> Iterator[Judgement]:
        patience = self.rehearsal.seconds_per_cell
        recordings = self._record(functions)
        turn = 0
        for name in functions:
            for number, behaviour in enumerate(behaviours_of(recordings[name].function)):
                if not chosen(number) or not recordings[name].concerns(behaviour):
                    continue
                turn += 1
                if turn % shares == share:
                    yield self._judge(name, behaviour, recordings[name])
        self.rehearsal.seconds_per_cell = patience  # the cells of the notebook that follow are no mutants

    def _record(self, functions: list[str]) -> dict[str, Recording]:
        recordings = {name: Recording(self.rehearsal.namespace[name]) for name in functions}
        started = time.process_time()
        failure = self._failure({name: recording.recorder() for name, recording in recordings.items()})
        self.rehearsal.seconds_per_cell = max(10.0, 6 * (time.process_time() - started))
        if failure:
            raise RuntimeError(f"{self.slug}: the reference fails: {failure}")
        return recordings

    def _judge(self, name: str, behaviour: Behaviour, recording: Recording) -> Judgement:
        state = np.random.get_state()
        awake = is_awake(behaviour, recording)
        np.random.set_state(state)
        failure = self._failure({name: behaviour.wrap(recording.function)}) if awake else None
        return Judgement(self.slug, name, behaviour.name, behaviour.harmful, awake, failure)

    def _failure(self, instead: dict[str, Any]) -> str | None:
        """The first failure of the tests of the task, with other functions in the place of some."""
        before = dict(self.rehearsal.namespace)
        self.rehearsal.namespace.update(instead)
        failures = (self.rehearsal.judge(test).failure for test in self.tests)
        failure = next((failure for failure in failures if failure), None)
        self.rehearsal.namespace.clear()
        self.rehearsal.namespace.update(before)
        return failure


# --- excuses and reports ----------------------------------------------------------------------------------------------

EXCUSES = "excused_behaviours.toml"


def excuses(course: Course, assignment: str) -> dict[tuple[str, str, str], str]:
    """Why behaviours need cost no point, by task, function and behaviour: beside the fixtures of an assignment.

    A ``[[behaviour]]`` names a ``slug``, one or more ``functions``, one or more ``behaviours``, and the ``reason``.
    """
    path = course.fixtures(assignment) / EXCUSES
    entries = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        (entry["slug"], function, behaviour): entry["reason"]
        for entry in entries.get("behaviour", [])
        for function in entry["functions"]
        for behaviour in entry["behaviours"]
    }


@dataclass(frozen=True)
class BehaviourReport:
    """What the tests of an assignment made of the behaviours of its reference."""

    assignment: str
    judgements: list[Judgement]
    known: dict[tuple[str, str, str], str]

    @property
    def survivors(self) -> list[Judgement]:
        """Harmful ones that cost no point, without an excuse: holes in checks."""
        return [one for one in self._of("survived") if one.harmful]

    @property
    def false_alarms(self) -> list[Judgement]:
        """Harmless ones that cost a point, without an excuse: right answers that fail."""
        return [one for one in self.judgements if not one.harmful and self.fate(one) == "failed"]

    @property
    def excused(self) -> list[Judgement]:
        """Those that an excuse was needed for."""
        return self._of("excused")

    @property
    def asleep(self) -> list[Judgement]:
        """Those that make no difference in any call of the tests."""
        return self._of("asleep")

    @property
    def unused(self) -> set[tuple[str, str, str]]:
        """Excuses that excuse nothing; of meaning where all behaviours were judged."""
        return self.known.keys() - {(one.slug, one.function, one.behaviour) for one in self.excused}

    @property
    def by_task(self) -> dict[str, Counter[str]]:
        """How many met which fate, by slug."""
        counts: dict[str, Counter[str]] = {}
        for one in self.judgements:
            counts.setdefault(one.slug, Counter())[self.fate(one)] += 1
        return counts

    def fate(self, one: Judgement) -> str:
        """What became of one: killed or survived if it is harmful, passed or failed if not; or excused, or asleep."""
        if not one.awake:
            return "asleep"
        as_wanted = bool(one.failure) == one.harmful
        if not as_wanted and (one.slug, one.function, one.behaviour) in self.known:
            return "excused"
        if one.harmful:
            return "killed" if as_wanted else "survived"
        return "passed" if as_wanted else "failed"

    def _of(self, fate: str) -> list[Judgement]:
        return [one for one in self.judgements if self.fate(one) == fate]


def behaviour_report(
    course: Course, assignment: Assignment, every: int = 1, turn: int = 0, only: Collection[str] = ()
) -> BehaviourReport:
    """Judges the behaviours of an assignment, one in `every` of each function; see `judge_behaviours`."""
    known = {key: why for key, why in excuses(course, assignment.name).items() if not only or key[0] in only}
    return BehaviourReport(assignment.name, judge_behaviours(assignment, every, turn, only), known)
