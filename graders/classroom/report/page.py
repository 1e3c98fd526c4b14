"""Writes the report: an HTML page that needs no network, and a CSV file with a row per student."""

import csv
import datetime
import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jinja2 import Environment

from graders.classroom.report.analysis import (
    by_chance,
    common_sentences,
    cronbach_alpha,
    difficulty,
    item_rest_correlations,
)
from graders.classroom.report.classroom import Classroom, Entry, Task, anonymised, read_classroom
from graders.classroom.report.plots import Picture, scores_picture, tasks_picture
from graders.classroom.report.similarity import (
    LEAST,
    LENGTH,
    THRESHOLD,
    Pair,
    alike,
    course_sequences,
    identical,
    too_long,
)
from graders.course import Course
from graders.errors import InTheWayError
from graders.source import Assignment
from graders.templates import templates_in
from graders.text import for_csv, visible

ENOUGH = 10  # students below whom a low discrimination is not worth a word
LOW = 0.2  # a discrimination below which a task is worth a look


@dataclass
class Item:
    """A task in the page.

    Attributes:
        number: as in the notebook; questions are counted for themselves, as Q1, Q2.
        full, part, none, waiting: how many of the graded submissions have all, some, no or not yet any points.
        mean: points, over those that are marked.
        failures: sentences and how many students got each.
        failed: how many students failed a test of it.
    """

    number: str
    task: Task
    full: int = 0
    part: int = 0
    none: int = 0
    waiting: int = 0
    mean: float = math.nan
    difficulty: float = math.nan
    discrimination: float = math.nan
    failures: list[tuple[str, int]] = field(default_factory=list)
    failed: int = 0
    remark: str = ""

    @property
    def commonest(self) -> list[tuple[str, int]]:
        """The sentences to show: the most frequent one, and up to two more that not just one student got."""
        return self.failures[:1] + [pair for pair in self.failures[1:3] if pair[1] > 1]


@dataclass
class Analysis:
    """Items and what goes for all of them.

    Attributes:
        alpha: Cronbach's, over `analysed` tasks; NaN where it has no value.
        students: the submissions that say something about the tasks.
    """

    items: list[Item]
    students: int
    analysed: int
    alpha: float


@dataclass(frozen=True)
class Summary:
    """What the command says of a report."""

    page: Path
    table: Path
    submissions: int
    not_graded: int
    absent: int
    pairs: int
    median: float
    max_points: float


def write_report(course: Course, assignment: Assignment, folder: Path, anonymous: bool = False) -> Summary:
    """Writes the page and the table of an assignment into a folder.

    Raises:
        NotFoundError: before there is a gradebook.
        InTheWayError: where the folder cannot be written to.
    """
    classroom = read_classroom(course, assignment)
    if anonymous:
        classroom = anonymised(classroom, random.SystemRandom())
    pairs = alike({entry.student: entry.answers for entry in classroom.graded}, course_sequences(assignment))
    stem = assignment.name + ("-anonymous" if anonymous else "")
    page, table = folder / f"{stem}.html", folder / f"{stem}.csv"
    text = render(classroom, pairs, anonymous)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        write_table(classroom, table, anonymous)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise InTheWayError(f"cannot write to {folder}: {error.strerror}") from None
    totals = [entry.total for entry in classroom.graded]
    return Summary(
        page,
        table,
        len(classroom.entries),
        len(classroom.entries) - len(totals),
        len(classroom.absent),
        len(pairs),
        float(np.median(totals)) if totals else math.nan,
        classroom.max_points,
    )


# --- analysis of a class ----------------------------------------------------------------------------------------------


def analyse(classroom: Classroom) -> Analysis:
    """What the answers say about the tasks.

    Points and difficulties are of all graded submissions with an answer. Correlations and alpha are of the tasks that
    are marked for all of these: one that waits for a person is left out until then.
    """
    students = classroom.answered
    tasks, questions = itertools.count(1), itertools.count(1)
    numbers = [f"Q{next(questions)}" if task.by_hand else str(next(tasks)) for task in classroom.tasks]
    items = [_item(number, task, students) for number, task in zip(numbers, classroom.tasks, strict=True)]
    whole = [item for item in items if students and not item.waiting and item.task.worth > 0]
    points = np.array([[entry.points(item.task) for item in whole] for entry in students], dtype=float)
    points = points.reshape(len(students), len(whole))
    for item, correlation in zip(whole, item_rest_correlations(points) if students else [], strict=True):
        item.discrimination = float(correlation)
    for item in items:
        item.remark = _remark(item, len(students))
    return Analysis(items, len(students), len(whole), cronbach_alpha(points))


def _item(number: str, task: Task, students: Sequence[Entry]) -> Item:
    points = [entry.points(task) for entry in students]
    marked = [value for value in points if value is not None]
    full = sum(value >= task.worth for value in marked)
    none = sum(value <= 0 < task.worth for value in marked)
    sentences = [[entry.failures[cell] for cell in task.points if cell in entry.failures] for entry in students]
    return Item(
        number,
        task,
        full,
        len(marked) - full - none,
        none,
        len(points) - len(marked),
        float(np.mean(marked)) if marked else math.nan,
        difficulty(marked, task.worth),
        failures=common_sentences(sentences),
        failed=sum(bool(some) for some in sentences),
    )


def _remark(item: Item, students: int) -> str:
    if item.task.worth <= 0:
        return "worth no points"
    if item.waiting:
        return f"{item.waiting} not marked yet"
    if not students:
        return ""
    if item.full == students:
        return "solved by all"
    if item.none == students:
        return "solved by nobody"
    if students >= ENOUGH and item.discrimination < 0:
        return "missed by those who do well elsewhere"
    if students >= ENOUGH and item.discrimination < LOW:
        return "tells little about the rest"
    return ""


# --- the page ---------------------------------------------------------------------------------------------------------


def render(classroom: Classroom, pairs: Sequence[Pair], anonymous: bool) -> str:
    """The HTML of the page; all that comes from outside is escaped."""
    analysis = analyse(classroom)
    totals = [entry.total for entry in classroom.graded]
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            classroom=classroom,
            analysis=analysis,
            anonymous=anonymous,
            pairs=pairs,
            copies=identical({entry.student: entry.answers for entry in classroom.graded}),
            too_long=too_long({entry.student: entry.answers for entry in classroom.graded}),
            statistics=_statistics(totals),
            scores=scores_picture(totals, classroom.max_points) if totals else None,
            bars=_bars(analysis) if analysis.students and analysis.items else None,
            seconds=sorted((entry.seconds, entry.student) for entry in classroom.entries if entry.seconds is not None),
            made=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        )
    )


def _environment() -> Environment:
    """Where the template is, and what it may call by name."""
    environment = templates_in(Path(__file__).parent)
    environment.finalize = _visible
    environment.filters |= {"number": number, "points": points, "count": count, "duration": duration}
    environment.globals |= {"median": np.median, "by_chance": by_chance, "enough": ENOUGH, "low": LOW}
    environment.globals |= {"length": LENGTH, "least": LEAST, "threshold": THRESHOLD}
    return environment


def _visible(value: object) -> object:
    """Text as it can be seen, and written: the name of a folder may hold halves of characters."""
    return visible(value) if type(value) is str else value


def _bars(analysis: Analysis) -> Picture:
    names = [f"{item.number} {item.task.slug}" for item in analysis.items]
    counts = {kind: [getattr(item, kind) for item in analysis.items] for kind in ("full", "part", "none", "waiting")}
    return tasks_picture(names, counts)


def _statistics(totals: Sequence[float]) -> dict[str, float]:
    if not totals:
        return {}
    return {
        "median": float(np.median(totals)),
        "mean": float(np.mean(totals)),
        "standard deviation": float(np.std(totals, ddof=1)) if len(totals) > 1 else math.nan,
        "lowest": min(totals),
        "highest": max(totals),
    }


def number(value: float | None, digits: int = 2) -> str:
    """A number with a fixed count of decimals and a true minus sign; a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def points(value: float | None) -> str:
    """Points with up to two decimals; a dash for none."""
    return "–" if value is None or math.isnan(value) else f"{round(value, 2):g}"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """A number and its noun."""
    return f"{value} {singular if value == 1 else plural or singular + 's'}"


def duration(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


# --- the table --------------------------------------------------------------------------------------------------------


def write_table(classroom: Classroom, path: Path, anonymous: bool = False) -> None:
    """Writes a row per student: points by task, total, notes. What has no value is empty.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    slugs = [task.slug for task in classroom.tasks]
    who = ["student"] if anonymous else ["student", "name"]
    head = [*who, "status", *slugs, "total", "max_points", "late_penalty", "waiting_points", "grading_seconds", "notes"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(for_csv, head))
        people = [(entry, "graded" if entry.graded else "not graded") for entry in classroom.entries]
        people += [(entry, "not submitted") for entry in classroom.absent]
        for entry, status in sorted(people, key=lambda pair: pair[0].student):
            row = [for_csv(entry.student)] if anonymous else [for_csv(entry.student), for_csv(entry.name)]
            row += [status, *(_cell(entry.points(task)) if entry.graded else "" for task in classroom.tasks)]
            if entry.graded:
                row += [_cell(entry.total), _cell(classroom.max_points), _cell(entry.penalty), _cell(entry.waiting)]
            else:
                row += ["", _cell(classroom.max_points), "", ""]
            writer.writerow([*row, _cell(entry.seconds), for_csv(" ".join(entry.notes))])


def _cell(value: float | None) -> str:
    return "" if value is None else f"{round(value, 4):g}"
