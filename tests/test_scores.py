"""Every submission whose points are known gets exactly those, through plain `nbgrader autograde`."""

import os

import pytest
from conftest import ASSIGNMENTS, BIN, LIGHT, NAMES, ROOT, grade, hand_in, make_course, nbgrader, read_results

from graders.submissions import fixtures

FIXTURES = [(name, fixture) for name in NAMES for fixture in fixtures(ROOT, ASSIGNMENTS[name])]


@pytest.mark.parametrize("name", NAMES)
def test_reference_gets_full_marks(graded_class, name):
    reference = graded_class(name).students["reference"]
    assert reference.points == ASSIGNMENTS[name].auto_points, failed_tests(name, reference)
    assert not reference.notes


@pytest.mark.parametrize("name", NAMES)
def test_untouched_release_gets_nothing(graded_class, name):
    untouched = graded_class(name).students["untouched"]
    assert untouched.points == 0, {test: score for test, score in untouched.by_test.items() if score}
    assert untouched.waiting == ASSIGNMENTS[name].manual_points


@pytest.mark.parametrize(("name", "fixture"), FIXTURES, ids=[f"{name}/{fixture.name}" for name, fixture in FIXTURES])
def test_fixture_gets_the_points_in_its_name(graded_class, name, fixture):
    graded = graded_class(name).students[fixture.name]
    assert graded.points == fixture.points, failed_tests(name, graded)


@pytest.mark.parametrize(("name", "fixture"), FIXTURES, ids=[f"{name}/{fixture.name}" for name, fixture in FIXTURES])
def test_wrong_answer_loses_points_of_its_own_tasks_alone(graded_class, name, fixture):
    graded = graded_class(name).students[fixture.name]
    slugs = {cell.grade_id: cell.slug for cell in ASSIGNMENTS[name].of_kind("test")}
    losing = {slugs[test] for test in failed_tests(name, graded)}
    assert losing <= set(fixture.answers)


@pytest.mark.parametrize("name", NAMES)
def test_enough_fixtures(name):
    """Every task has a misconception that costs points and a right answer written differently."""
    assignment = ASSIGNMENTS[name]
    tasks = {cell.slug for cell in assignment.of_kind("solution")}
    right = [fixture for fixture in fixtures(ROOT, assignment) if fixture.points == assignment.auto_points]
    wrong = [fixture for fixture in fixtures(ROOT, assignment) if fixture.points < assignment.auto_points]
    assert {slug for fixture in right for slug in fixture.answers} == tasks
    assert {slug for fixture in wrong for slug in fixture.answers} == tasks
    assert len(wrong) >= 12
    assert len(right) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_without_our_configuration_gives_the_same_scores(tmp_path, name):
    """A course elsewhere, with nbgrader's defaults: nothing of ours but the notebooks and the package `graders`."""
    course = make_course(tmp_path, ASSIGNMENTS[name])
    wrong = next(f for f in fixtures(ROOT, ASSIGNMENTS[name]) if f.points < ASSIGNMENTS[name].auto_points)
    for student, answers in (("reference", {}), ("untouched", None), ("wrong", wrong.answers)):
        hand_in(course, student, answers)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    done = nbgrader(tmp_path, "autograde", name, PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr[-3000:]
    read_results(course)
    got = {student: graded.points for student, graded in course.students.items()}
    assert got == {"reference": ASSIGNMENTS[name].auto_points, "untouched": 0, "wrong": wrong.points}


@pytest.mark.parametrize("level", ["0", "1", "2"])
@pytest.mark.parametrize("name", [LIGHT])
def test_scores_do_not_depend_on_the_log_level_of_tensorflow(one_course, name, level):
    course = one_course(name)
    hand_in(course, "reference", {})
    grade(course, TF_CPP_MIN_LOG_LEVEL=level)
    assert course.students["reference"].points == ASSIGNMENTS[name].auto_points


def failed_tests(name, graded):
    points = {cell.grade_id: cell.points for cell in ASSIGNMENTS[name].of_kind("test")}
    return {test: score for test, score in graded.by_test.items() if score != points[test]}
