"""Submissions made from the fixtures in tests/submissions: what a right or wrong student would hand in."""

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from graders.source import Assignment, SourceError, read_cells, stub, without_markers

FIXTURE_NAME = re.compile(r"^(?P<points>full|\d+)_(?P<what>[a-z0-9_]+)$")


@dataclass(frozen=True)
class Fixture:
    """A submission whose points are known: the answers that differ from the reference.

    Attributes:
        name: the file name without its ending, ``38_dense_forgets_bias``.
        points: what the tests must give it, the number in its name or all of them for ``full_``.
        answers: the text of each changed solution cell, by slug.
        trained: whether it is about training, so that only the released budget can judge it: the first line of the
            script is ``# trained``.
    """

    name: str
    points: int
    answers: dict[str, str]
    trained: bool = False


def read_fixture(path: Path, assignment: Assignment) -> Fixture:
    """Reads one fixture.

    Raises:
        SourceError: for a file name without points, a cell that is no solution, an unknown slug, or the mark
            ``# trained`` where nothing trains.
    """
    match = FIXTURE_NAME.match(path.stem)
    if not match:
        raise SourceError(path, 1, "name a fixture <points>_<what>.py or full_<what>.py, in lower case")
    slugs = {cell.slug for cell in assignment.of_kind("solution")}
    answers = {}
    for cell in read_cells(path, fragment=True):
        if cell.kind != "solution" or cell.slug not in slugs:
            raise SourceError(path, cell.line, f"a fixture holds solution cells of {assignment.name} alone")
        answers[cell.slug] = cell.source
    trained = path.read_text(encoding="utf-8").splitlines()[0] == "# trained"
    if trained and not assignment.trained_points:
        raise SourceError(path, 1, f'no test of {assignment.name} has needs="training": remove the mark')
    points = assignment.auto_points if match["points"] == "full" else int(match["points"])
    return Fixture(path.stem, points, answers, trained)


def fixtures(root: Path, assignment: Assignment) -> list[Fixture]:
    """All fixtures of an assignment, by name."""
    folder = root / "tests" / "submissions" / assignment.name
    return [read_fixture(path, assignment) for path in sorted(folder.glob("*.py"))]


def everyone(root: Path, assignment: Assignment) -> list[Fixture]:
    """The reference, the untouched release, and all fixtures."""
    stubs = {cell.slug: stub(cell.source) for cell in assignment.of_kind("solution")}
    return [
        Fixture("reference", assignment.auto_points, {}),
        Fixture("untouched", 0, stubs, trained=True),  # it loses the points for training as well
        *fixtures(root, assignment),
    ]


def points_without_training(assignment: Assignment, fixture: Fixture) -> range:
    """What the tests that need no training must give a fixture, for its points to come out when it is trained.

    A fixture that is not about training passes every test that needs it, so the others give it the rest: one number.
    One that is may lose there anything from nothing to all: between its points less those for training, and its points.
    """
    most = min(fixture.points, assignment.auto_points - assignment.trained_points)
    least = max(0, fixture.points - assignment.trained_points)
    return range(least, (most if fixture.trained else least) + 1)


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
