"""The options of the test run, and what tests of a session share as fixtures; all else is in helpers.py."""

import functools
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator

import absl.logging
import helpers
import pytest
from helpers import (
    ASSIGNMENTS,
    COURSE,
    NAMES,
    ROOT,
    GradedCourse,
    grade,
    hand_in,
    make_course,
    sample_class_of,
)

from graders.proof.fixtures import everyone
from graders.proof.turns import turn

pytest_plugins = ["timing"]
# A test run has two processes. What takes longest, or waits most, begins: nothing long is left for the end. Before that
# comes what runs however late it is (tests/timing.py): it would add to a run that is out of time.
FIRST = (
    *("test_scores", "test_leaks"),
    *("test_attacks", "test_classroom", "test_docs", "test_accidents", "test_sealed", "test_mutants"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the files of FIRST at the beginning, in that order, and leaves out what waits for its turn.

    The others begin with another file each day: where a slow machine leaves out the last ones, these are not always
    the same.
    """
    files = list(dict.fromkeys(item.path.stem for item in items if item.path.stem not in FIRST))
    first = turn(ROOT, max(1, len(files)))
    place = {name: number for number, name in enumerate((*FIRST, *files[first:], *files[:first]))}
    items.sort(key=lambda item: place[item.path.stem])
    every_day = config.getoption("full") or config.getoption("screenshots")
    waiting = [] if every_day else list(waiting_for_their_turn(items))
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item not in set(waiting)]


def waiting_for_their_turn(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Of each test marked `turns(of)`, the cases that are not for the day of this commit.

    Different tests begin on different days.
    """
    cases = Counter()
    today = functools.cache(lambda of: turn(ROOT, of))  # asks git
    for item in items:
        mark = item.get_closest_marker("turns")
        if mark:
            test = item.nodeid.partition("[")[0]
            place = cases[test] + zlib.crc32(test.encode())
            cases[test] += 1
            if place % mark.args[0] != today(mark.args[0]):
                yield item


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full",
        action="store_true",
        help="the second ring of proof: every fixture through nbgrader, what trains over five seeds (hours)",
    )
    parser.addoption("--screenshots", action="store_true", help="make the pictures of docs/classroom.md again")


def pytest_configure(config: pytest.Config) -> None:
    """Lets test modules know the ring while they are imported."""
    config.addinivalue_line("markers", "turns(of): one case in so many in the first ring, by the day of the commit")
    helpers.FULL = config.getoption("full")
    # TensorFlow's log handler closes the stream that it has, unless that is the process's own, whenever an application
    # of nbgrader's sets its logging up: it would be the one that pytest captures.
    absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a test that asks for `name` and `seed` every assignment; with --full, those that train with five seeds."""
    if {"name", "seed"} <= set(metafunc.fixturenames):
        more = range(1, 5) if metafunc.config.getoption("full") else ()
        runs = [(name, 0) for name in NAMES]
        runs += [(name, seed) for name in NAMES if ASSIGNMENTS[name].trained_points for seed in more]
        metafunc.parametrize(("name", "seed"), runs)


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory, pytestconfig) -> Callable[..., GradedCourse]:
    """A function that gives the class of an assignment, graded by nbgrader at the released budget, by name and seed.

    It is the sample class of `make grade`, with --full everyone; at another seed than 0 it is the reference and what is
    about training. Graded once a session.
    """

    @functools.cache
    def graded(name: str, seed: int) -> GradedCourse:
        assignment = ASSIGNMENTS[name]
        if not (seed or pytestconfig.getoption("full")):
            return sample_class_of(tmp_path_factory.mktemp(name), assignment)
        students = everyone(COURSE, assignment)
        if seed:
            students = [student for student in students if student.is_about_training or student.name == "reference"]
        course = make_course(tmp_path_factory.mktemp(name), assignment)
        for student in students:
            hand_in(course, student.name, student.answers)
        return grade(course, COURSE_SEED=str(seed))

    return lambda name, seed=0: graded(name, seed)


@pytest.fixture
def one_course(tmp_path) -> Callable[[str], GradedCourse]:
    """A function that makes an empty course for an assignment in this test's own folder."""
    return lambda name: make_course(tmp_path, ASSIGNMENTS[name])


@pytest.fixture
def picture(pytestconfig) -> Callable[[object, str], None]:
    """A function that keeps a picture of a page in a browser for docs/classroom.md, if there are to be any."""
    if not pytestconfig.getoption("screenshots"):
        return lambda page, name: None
    from people import photograph  # playwright is for tests in a browser alone

    return photograph
