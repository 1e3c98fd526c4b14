"""Grades again after a test was mended: first in a copy of the course, to show which scores would change.

What was shown is what is written: the scores and notebooks of the copy are taken over, and nothing runs a second time.
A notebook that trains may give another result each time that it runs.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Base, SubmittedAssignment
from rich.markup import escape
from rich.table import Table
from sqlalchemy import create_engine, select

from graders.build import register
from graders.classroom.grading import Outcome, grade, tasks
from graders.course import copy_policy, load_config, open_gradebook, total_of
from graders.plugins.feedback import failures_of
from graders.source import Assignment

PENALTY = "late penalty"


@dataclass(frozen=True)
class Scores:
    """One submission in a gradebook.

    Attributes:
        tests: points by tests, by grade id; None where no test gives any.
        by_hand: points given by hand, by grade id; they count in place of those by tests.
        penalties: points lost for handing in late, by notebook.
        total: all points, less the penalties.
    """

    tests: dict[str, float | None]
    by_hand: dict[str, float]
    penalties: dict[str, float]
    total: float

    @property
    def penalty(self) -> float:
        """Points lost for handing in late."""
        return sum(self.penalties.values())


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
        root: the course.
        copy: its copy.
        students: whose submissions are graded again.
        left_out: those of whom nothing is, and why.
        before: their scores in the gradebook.
        points: what each test and question is worth, before and after.
        failures: what nbgrader said about those that it could not grade.
    """

    root: Path
    copy: Path
    assignment: Assignment
    students: list[str]
    left_out: dict[str, str]
    before: dict[str, Scores]
    points: dict[str, tuple[float, float]]
    failures: dict[str, str] = field(default_factory=dict)

    def grade(self, jobs: int, unsealed: bool = False) -> Iterator[Outcome]:
        """Grades the copy; gives each submission as soon as it is recorded there.

        Raises:
            graders.sealed.sandbox.NoSandboxError: where this machine cannot isolate.
        """
        config = load_config(self.copy)
        if unsealed:
            config.SealedExecute.unsealed = True
        chosen = tasks(self.copy, [self.assignment.name], self.students, force=True)
        for outcome in grade(self.copy, chosen, jobs, config):
            if outcome.failure:
                self.failures[outcome.task.student] = outcome.failure.strip().splitlines()[-1]
            yield outcome

    def changes(self) -> list[Change]:
        """What the regrade changes, by student and in the order of the notebook."""
        after = read_scores(self.copy, self.assignment.name)
        found = []
        for student in self.students:
            if student in self.failures:
                continue
            old, new = self.before[student], after[student]
            graded = self.copy / "autograded" / student / self.assignment.name / f"{self.assignment.name}.ipynb"
            why = failures_of(nbformat.read(graded, as_version=4))
            found += [
                Change(student, test, old.tests[test] or 0.0, points or 0.0, old.by_hand.get(test), why.get(test, ""))
                for test, points in new.tests.items()
                if points != old.tests[test]
            ]
            if abs(new.penalty - old.penalty) > 0.005:
                found.append(Change(student, PENALTY, 0.0 - old.penalty, 0.0 - new.penalty))  # and no -0
        return found

    def totals(self) -> dict[str, tuple[float, float]]:
        """The points of each student before and after, less penalties."""
        after = read_scores(self.copy, self.assignment.name)
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
        after = read_scores(self.copy, name)
        register(self.assignment, self.root)
        left_alone = []
        with open_gradebook(self.root) as gradebook:
            for student in students:
                submission = gradebook.find_submission(name, student)
                if _scores_of(submission).tests != self.before[student].tests:
                    left_alone.append(student)
                    continue
                _replace(self.copy / "autograded" / student / name, self.root / "autograded" / student / name)
                for notebook in submission.notebooks:
                    notebook.late_submission_penalty = after[student].penalties[notebook.name] or None
                    for score in notebook.grades:
                        points = after[student].tests[score.cell.name]
                        if points != score.auto_score:
                            score.auto_score = points
                            score.needs_manual_grade = points is None or score.manual_score is not None
                gradebook.db.commit()
        return left_alone


@contextlib.contextmanager
def trial_of(root: Path, assignment: Assignment, students: Sequence[str]) -> Iterator[Trial]:
    """A copy of the course with today's tests, and with the submissions that are graded; gone at the end.

    Its gradebook is a file of its own, wherever that of the course is.

    Args:
        root: the course.
        assignment: what is to be graded again.
        students: whose; all of them if there are none.

    Raises:
        FileNotFoundError: where there is no gradebook, or no submission of a student.
        graders.build.BuildError: if nbgrader refuses the tests.
    """
    name = assignment.name
    before = read_scores(root, name)
    for student in students:
        if student not in before:
            raise FileNotFoundError(f"no graded submission of {name} by '{student}'")
    chosen = [student for student in sorted(before) if not students or student in students]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_policy(root, copy)
        shutil.copytree(root / "source" / name, copy / "source" / name)
        for student in chosen:
            _copy_submission(root, copy, Path(student) / name)
        waiting = {task.student for task in tasks(copy, [name], chosen, force=False)}
        there = {task.student for task in tasks(copy, [name], chosen, force=True)}
        left_out = {
            student: "not graded since it was handed in: run `course grade` first"
            if student in waiting
            else "its files are no longer in submitted/"
            for student in chosen
            if student in waiting or student not in there
        }
        copy_gradebook(root, copy)
        was = _worth(copy, name)
        register(assignment, copy)
        is_now = _worth(copy, name)
        students = [student for student in chosen if student not in left_out]
        points = {test: (was.get(test, 0.0), worth) for test, worth in is_now.items()}
        yield Trial(root, copy, assignment, students, left_out, before, points)


def read_scores(root: Path, assignment: str) -> dict[str, Scores]:
    """The scores of everyone whose submission is in a course's gradebook."""
    with open_gradebook(root) as gradebook:
        return {one.student.id: _scores_of(one) for one in gradebook.assignment_submissions(assignment)}


def copy_gradebook(root: Path, copy: Path) -> None:
    """Makes the gradebook of a new course, with all that is in another's, which may be on a server."""
    engine = create_engine(f"sqlite:///{copy / 'gradebook.db'}")
    with open_gradebook(root) as source, engine.begin() as target:
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
            escape(change.student) if is_first else "",
            f"{was:g} to {now:g} of {worth:g}" if is_first else "",
            change.what,
            f"{change.before:g}",
            f"[{'green' if change.after > change.before else 'red'}]{change.after:g}[/]",
            escape(note),
        )
    return table


def _scores_of(submission: SubmittedAssignment) -> Scores:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    penalties = {notebook.name: notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks}
    return Scores(
        {grade.cell.name: grade.auto_score for grade in grades},
        {grade.cell.name: grade.manual_score for grade in grades if grade.manual_score is not None},
        penalties,
        total_of(submission),
    )


def _worth(root: Path, assignment: str) -> dict[str, float]:
    with open_gradebook(root) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        return {cell.name: cell.max_score for one in notebooks for cell in (*one.grade_cells, *one.task_cells)}


def _copy_submission(root: Path, copy: Path, place: Path) -> None:
    """What was handed in, and of what was graded the files that tell when."""
    if (root / "submitted" / place).is_dir():
        shutil.copytree(root / "submitted" / place, copy / "submitted" / place, symlinks=True)
    graded = root / "autograded" / place
    if graded.is_dir():
        (copy / "autograded" / place).mkdir(parents=True)
        for name in ("timestamp.txt", f"{place.name}.ipynb"):
            if (graded / name).is_file():
                shutil.copy(graded / name, copy / "autograded" / place)


def _replace(new: Path, old: Path) -> None:
    """Puts a folder in the place of another; where this is cut short, `course grade` grades the submission again."""
    beside = old.with_name(f"{old.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(new, beside)
    shutil.rmtree(old)
    beside.rename(old)
