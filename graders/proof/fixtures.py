"""Submissions made from the fixtures in tests/submissions: what a right or wrong student would hand in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from graders.course import Course
from graders.source import Assignment, SourceError, read_cells, stub, without_markers

NAME = re.compile(r"(?P<kind>right|wrong)_[a-z0-9_]+")
WHEN = ("fails", "fails when trained", "may fail when trained")
MARK = re.compile(rf"# (?P<when>{'|'.join(WHEN)}): (?P<tests>\S.*)")


@dataclass(frozen=True)
class Fixture:
    """A submission of which it is known which tests it fails: the answers that differ from the reference.

    Attributes:
        name: the file name without its ending, ``wrong_dense_forgets_bias``.
        answers: the text of each changed solution cell, by slug.
        fails: the tests that take their points away from it, by grade id, however long it trains.
        fails_trained: those that do so when it trains as released; after a few steps they may do so or not.
        may_fail: those that do so or not when it trains as released, by chance: it comes near a threshold.
    """

    name: str
    answers: dict[str, str]
    fails: frozenset[str] = frozenset()
    fails_trained: frozenset[str] = frozenset()
    may_fail: frozenset[str] = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether it loses nothing."""
        return not (self.fails or self.fails_trained or self.may_fail)

    @property
    def is_about_training(self) -> bool:
        """Whether only the released budget can judge it."""
        return bool(self.fails_trained or self.may_fail)

    def points(self, assignment: Assignment) -> int:
        """What the tests must give it at the released budget; those that may fail are counted as passed."""
        lost = self.fails | self.fails_trained
        return sum(cell.points for cell in assignment.of_kind("test") if cell.grade_id not in lost)

    def expects(self, failed: Iterable[str], judged: Iterable[str], trained: bool) -> bool:
        """Whether exactly those tests failed that must.

        Args:
            failed: the grade ids of the tests that took their points away.
            judged: those of all tests that were run.
            trained: whether it trained as released.
        """
        failed, judged = set(failed), set(judged)
        must = self.fails | self.fails_trained if trained else self.fails
        may = self.fails | self.fails_trained | self.may_fail
        return must & judged <= failed <= may


def read_fixture(path: Path, assignment: Assignment) -> Fixture:
    """Reads one fixture.

    Raises:
        SourceError: for a file name that is neither right nor wrong, a cell that is no solution, an unknown slug or
            test, a wrong one that says not what fails, or a right one that does.
    """
    name = NAME.fullmatch(path.stem)
    if not name:
        raise SourceError(path, 1, "name a fixture right_<what>.py or wrong_<what>.py, in lower case")
    marks = _marks(path, assignment)
    if bool(marks) != (name["kind"] == "wrong"):
        raise SourceError(path, 1, "a wrong fixture begins with '# fails: <grade id>, ...', a right one does not")
    slugs = {cell.slug for cell in assignment.of_kind("solution")}
    answers = {}
    for cell in read_cells(path, fragment=True):
        if cell.kind != "solution" or cell.slug not in slugs:
            raise SourceError(path, cell.line, f"a fixture holds solution cells of {assignment.name} alone")
        answers[cell.slug] = cell.source
    return Fixture(path.stem, answers, *(marks.get(when, frozenset()) for when in WHEN))


def _marks(path: Path, assignment: Assignment) -> dict[str, frozenset[str]]:
    """What the first lines say of the tests that fail, by when they do."""
    known = {cell.grade_id: cell for cell in assignment.of_kind("test")}
    marks = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[: len(WHEN)], start=1):
        mark = MARK.fullmatch(line)
        if not mark:
            break
        tests = [test.strip() for test in mark["tests"].split(",")]
        for test in tests:
            if test not in known:
                raise SourceError(path, number, f"no test of {assignment.name} is called '{test}'")
            if mark["when"] == "fails" and known[test].trained:
                raise SourceError(path, number, f"'{test}' needs training: name it after '# fails when trained:'")
            if mark["when"] == "may fail when trained" and not known[test].trained:
                raise SourceError(path, number, f"'{test}' needs no training, so chance does not decide")
        marks[mark["when"]] = frozenset(tests)
    if marks.keys() == {"may fail when trained"}:
        raise SourceError(path, 1, "a wrong fixture fails a test at every seed, too: name it after '# fails:'")
    return marks


def fixtures(course: Course, assignment: Assignment) -> list[Fixture]:
    """All fixtures of an assignment, by name."""
    return [read_fixture(path, assignment) for path in sorted(course.fixtures(assignment.name).glob("*.py"))]


def untouched(assignment: Assignment) -> Fixture:
    """The release as it is handed out, which fails everything."""
    tests = assignment.of_kind("test")
    return Fixture(
        "untouched",
        {cell.slug: stub(cell.source) for cell in assignment.of_kind("solution")},
        frozenset(cell.grade_id for cell in tests if not cell.trained),
        frozenset(cell.grade_id for cell in tests if cell.trained),
    )


def everyone(course: Course, assignment: Assignment) -> list[Fixture]:
    """The reference, the untouched release, and all fixtures."""
    return [Fixture("reference", {}), untouched(assignment), *fixtures(course, assignment)]


def reference_answers(assignment: Assignment) -> dict[str, str]:
    """The reference solution of every task, as a student would have written it."""
    return {cell.slug: without_markers(cell.source) for cell in assignment.of_kind("solution")}


def fill_in(release: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A release notebook with answers written into its solution cells, in place."""
    for cell in release.cells:
        slug = cell.metadata.get("nbgrader", {}).get("grade_id")
        if slug in answers and cell.metadata.nbgrader.solution:
            cell.source = answers[slug]
    return release
