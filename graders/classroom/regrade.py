"""Grades again after a test was mended: first in a copy of the course, to show which scores would change.

What was shown is what is written: the scores and notebooks of the copy are taken over, and nothing runs a second time.
A notebook that trains may give another result each time that it runs.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Base
from rich.table import Table
from sqlalchemy import create_engine, select

from graders.build import register
from graders.classroom.grades import LINKED
from graders.classroom.grading import Finished, grade, pending
from graders.course import Course, is_linked, notebook_in, replace_folder
from graders.errors import NotFoundError
from graders.gradebook import Record, record_of, records_of, worth_of
from graders.plugins.feedback import failures_of
from graders.plugins.reading import MAX_MEGABYTES, candidates_in, cannot_be_made_ready, make_ready
from graders.source import Assignment
from graders.text import for_table

PENALTY = "late penalty"


@dataclass(frozen=True)
class Change:
    """A score that is another one after the regrade.

    Attributes:
        what: the grade id of a test, or PENALTY.
        by_hand: points given by hand, which stay and count in place of the test's; None where there are none.
        sentence: why the test fails now; empty where it passes.
    """

    student: str
    what: str
    before: float
    after: float
    by_hand: float | None = None
    sentence: str = ""


@dataclass
class Trial:
    """A copy of a course, in which an assignment is graded again.

    Attributes:
        course: whose submissions.
        copy: its copy.
        students: whose submissions are graded again.
        left_out: those of whom nothing is, and why.
        before: their scores in the gradebook.
        points: what each test and question is worth, before and after.
        failures: what nbgrader said about those that it could not grade.
    """

    course: Course
    copy: Course
    assignment: Assignment
    students: list[str]
    left_out: dict[str, str]
    before: dict[str, Record]
    points: dict[str, tuple[float, float]]
    failures: dict[str, str] = field(default_factory=dict)

    def grade(self, jobs: int, unsealed: bool = False) -> Iterator[Finished]:
        """Grades the copy; gives each submission as soon as it is recorded there.

        Raises:
            graders.sealed.sandbox.NoSandboxError: where this machine cannot isolate.
        """
        config = self.copy.config()
        if unsealed:
            config.SealedExecute.unsealed = True
        chosen = pending(self.copy, [self.assignment.name], self.students, force=True)
        for outcome in grade(self.copy, chosen, jobs, config):
            if outcome.failure:
                self.failures[outcome.submission.student] = outcome.failure.strip().splitlines()[-1]
            yield outcome

    def changes(self) -> list[Change]:
        """What the regrade changes, by student and in the order of the notebook."""
        after = read_records(self.copy, self.assignment.name)
        found = []
        for student in self.students:
            if student in self.failures:
                continue
            old, new = self.before[student], after[student]
            graded = notebook_in(self.copy.graded(student, self.assignment.name))
            why = failures_of(nbformat.read(graded, as_version=4))
            found += [
                Change(student, test, was.auto or 0.0, now.auto or 0.0, was.by_hand, why.get(test, ""))
                for test, was, now in ((test, old.scores[test], now) for test, now in new.scores.items())
                if now.auto != was.auto
            ]
            if abs(new.penalty - old.penalty) > 0.005:
                found.append(Change(student, PENALTY, 0.0 - old.penalty, 0.0 - new.penalty))  # and no -0
        return found

    def totals(self) -> dict[str, tuple[float, float]]:
        """The points of each student before and after, less penalties."""
        after = read_records(self.copy, self.assignment.name)
        return {student: (self.before[student].total, after[student].total) for student in self.students}

    def worth(self) -> dict[str, tuple[float, float]]:
        """The tests and questions that are worth more or less than before, and both."""
        return {test: points for test, points in self.points.items() if points[0] != points[1]}

    def write(self, students: Sequence[str]) -> list[str]:
        """Registers the tests of today, and takes over the scores and notebooks of some students.

        Points by hand stay; where the points of their test changed, they are marked to be looked at again. Nothing is
        taken over where someone graded the submission in the meantime.

        Args:
            students: whose scores change.

        Returns:
            Those that were left alone.

        Raises:
            graders.build.BuildError: if nbgrader refuses the tests.
        """
        name = self.assignment.name
        after = read_records(self.copy, name)
        register(self.assignment, self.course)
        left_alone = []
        with self.course.gradebook() as gradebook:
            for student in students:
                submission = gradebook.find_submission(name, student)
                if _by_tests(record_of(submission)) != _by_tests(self.before[student]):
                    left_alone.append(student)
                    continue
                self.course.withdraw_feedback(student, name)
                replace_folder(self.copy.graded(student, name), self.course.graded(student, name))
                for notebook in submission.notebooks:
                    notebook.late_submission_penalty = after[student].penalties[notebook.name] or None
                    for score in notebook.grades:
                        points = after[student].scores[score.cell.name].auto
                        if points != score.auto_score:
                            score.auto_score = points
                            score.needs_manual_grade = points is None or score.manual_score is not None
                gradebook.db.commit()
        return left_alone


@contextlib.contextmanager
def trial_of(course: Course, assignment: Assignment, students: Sequence[str]) -> Iterator[Trial]:
    """A copy of the course with today's tests, and with the submissions that are graded; gone at the end.

    Its gradebook is a file of its own, wherever that of the course is.

    Args:
        course: whose submissions.
        assignment: what is to be graded again.
        students: whose; all of them if there are none.

    Raises:
        NotFoundError: where there is no gradebook, or no submission of a student.
        graders.build.BuildError: if nbgrader refuses the tests.
    """
    name = assignment.name
    before = read_records(course, name)
    for student in students:
        if student not in before:
            raise NotFoundError(f"no graded submission of {name} by '{student}'")
    chosen = [student for student in sorted(before) if not students or student in students]
    with tempfile.TemporaryDirectory() as folder:
        copy = Course(Path(folder))
        course.copy_policy(copy)
        copy_gradebook(course, copy)
        shutil.copytree(course.source(name), copy.source(name))
        left_out = {}
        for student in chosen:
            try:
                _copy_submission(course, copy, student, name)
            except OSError as error:
                shutil.rmtree(copy.submitted(student, name), ignore_errors=True)
                left_out[student] = cannot_be_made_ready(error)
            if is_linked(course.submitted(student, name)):
                left_out[student] = LINKED
        left_out = _left_out(copy, name, chosen) | left_out
        was = _worth(copy, name)
        register(assignment, copy)
        is_now = _worth(copy, name)
        points = {test: (was.get(test, 0.0), worth) for test, worth in is_now.items()}
        graded_again = [student for student in chosen if student not in left_out]
        yield Trial(course, copy, assignment, graded_again, left_out, before, points)


def _left_out(copy: Course, assignment: str, students: Sequence[str]) -> dict[str, str]:
    """Whose submissions a copy cannot grade again, and why."""
    waiting = {one.student for one in pending(copy, [assignment], students, force=False)}
    there = {one.student for one in pending(copy, [assignment], students, force=True)}
    return {
        student: "not graded since it was handed in: run `course grade` first"
        if student in waiting
        else "its files are no longer in submitted/"
        for student in students
        if student in waiting or student not in there
    }


def _worth(course: Course, assignment: str) -> dict[str, float]:
    with course.gradebook() as gradebook:
        return worth_of(gradebook, assignment)


def read_records(course: Course, assignment: str) -> dict[str, Record]:
    """The records of everyone whose submission is in a course's gradebook."""
    with course.gradebook() as gradebook:
        return records_of(gradebook, assignment)


def _by_tests(record: Record) -> dict[str, float | None]:
    return {test: score.auto for test, score in record.scores.items()}


def copy_gradebook(course: Course, copy: Course) -> None:
    """Makes the gradebook of a new course, with all that is in another's, which may be on a server."""
    engine = create_engine(f"sqlite:///{copy.root / 'gradebook.db'}")
    with course.gradebook() as source, engine.begin() as target:
        Base.metadata.create_all(target)
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in source.db.execute(select(table)).mappings()]
            if rows:
                target.execute(table.insert(), rows)
    engine.dispose()


def table_of(trial: Trial, changes: Sequence[Change]) -> Table:
    """The table of what changes: by how much, for whom, in which test, and why."""
    worth = sum(points for _, points in trial.points.values())
    table = Table("student", "score", "test", "before", "after", "", title=f"{trial.assignment.name}: what changes")
    totals = trial.totals()
    last = None
    for change in changes:
        is_first, last = change.student != last, change.student
        was, now = totals[change.student]
        note = change.sentence
        if change.by_hand is not None:
            note = f"{change.by_hand:g} given by hand stay; look at them again. {note}".strip()
        table.add_row(
            for_table(change.student) if is_first else "",
            f"{was:g} to {now:g} of {worth:g}" if is_first else "",
            change.what,
            f"{change.before:g}",
            f"[{'green' if change.after > change.before else 'red'}]{change.after:g}[/]",
            for_table(note),
        )
    return table


def _copy_submission(course: Course, copy: Course, student: str, assignment: str) -> None:
    """What was handed in, put in order first as for grading, and of what was graded the files that tell when.

    Raises:
        OSError: where that cannot be done.
    """
    handed_in, graded = course.submitted(student, assignment), course.graded(student, assignment)
    if handed_in.is_dir() and not is_linked(handed_in):
        make_ready(handed_in, assignment)
        named = notebook_in(handed_in)
        read = {path for path in candidates_in(handed_in) if path.stat().st_size <= MAX_MEGABYTES * 10**6}

        def copy_file(source: str, target: str) -> None:
            size, has_holes = (status := Path(source).stat()).st_size, status.st_blocks * 512 < status.st_size
            is_read = Path(source) in read or (Path(source) == named and not has_holes)
            if source.endswith(".ipynb") and not is_read:  # its size alone: a hole, which takes no space
                Path(target).touch()
                os.truncate(target, size)
                shutil.copystat(source, target)
            else:
                shutil.copy2(source, target)

        shutil.copytree(handed_in, copy.submitted(student, assignment), symlinks=True, copy_function=copy_file)
    if graded.is_dir():
        copy.graded(student, assignment).mkdir(parents=True)
        for path in (graded / "timestamp.txt", notebook_in(graded)):
            if path.is_file():
                shutil.copy(path, copy.graded(student, assignment))
