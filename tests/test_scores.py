"""Every submission whose points are known gets exactly those (docs/decisions/0006-two-rings.md).

They are rehearsed, without kernels and with a few steps of training: the sample class of `make grade`, and every
seventh of the others, by turns. The sample class goes through plain `nbgrader autograde` and trains as released. With
--full, all are rehearsed, and all train.
"""

import functools
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import helpers
import nbformat
import pytest
from helpers import (
    ASSIGNMENTS,
    BIN,
    COURSE,
    LIGHT,
    NAMES,
    busy_machine,
    copy_script,
    grade,
    hand_in,
    make_course,
    must,
    read_results,
    rehearse_all,
)

from graders.classroom.grades import read_grades
from graders.course import notebook_in
from graders.proof.fixtures import everyone
from graders.proof.sample_class import assemble, class_of, expected_points
from graders.proof.turns import by_turns, turn
from graders.source import PROOF

WARNED_OF = ("right_functional_bottleneck", "right_asks_keras")  # by Keras and TensorFlow


def rehearsed_now(name):
    """The fixtures of an assignment whose turn it is, and those of the sample class."""
    students = everyone(COURSE, ASSIGNMENTS[name])
    if helpers.FULL:
        return students
    graded = {one.fixture for one in class_of(COURSE, ASSIGNMENTS[name], full=False)}
    due = {student.name for student in by_turns(students, COURSE.root, of=14)}
    return [student for student in students if student.name in graded | due]


REHEARSED = {name: rehearsed_now(name) for name in NAMES}
EVERYONE = [(name, student) for name in NAMES for student in everyone(COURSE, ASSIGNMENTS[name])]
NOW = [(name, student) for name in NAMES for student in REHEARSED[name]]


def untrained_tests(name):
    return {cell.grade_id: cell for cell in ASSIGNMENTS[name].of_kind("test") if not cell.trained}


def failed_tests(name, by_test):
    """The tests that gave nothing; a test gives all of its points or none."""
    worth = {cell.grade_id: cell.points for cell in ASSIGNMENTS[name].of_kind("test")}
    assert all(points in (0, worth[test]) for test, points in by_test.items()), by_test
    return {test for test, points in by_test.items() if not points}


def is_as_expected(assignment, student, graded):
    failed = failed_tests(assignment.name, graded.by_test)
    lost = sum(cell.points for cell in assignment.of_kind("test") if cell.grade_id in failed)
    is_sum = graded.points == assignment.auto_points - lost
    return is_sum and student.expects(failed, graded.by_test, trained=True)


@pytest.fixture(scope="module")
def rehearsed():
    """A function that gives outcomes in the tests that need no training, by student, rehearsed once."""
    return functools.cache(lambda name: rehearse_all(name, REHEARSED[name]))


@pytest.mark.parametrize(("name", "student"), NOW, ids=[f"{name}/{student.name}" for name, student in NOW])
def test_rehearsed_submission_fails_exactly_the_tests_that_it_names(rehearsed, name, student):
    judged = rehearsed(name)[student.name]
    assert {outcome.grade_id for outcome in judged.outcomes} == set(untrained_tests(name))
    assert judged.is_exact, [(outcome.grade_id, outcome.failure) for outcome in judged.outcomes if outcome.failure]


@pytest.mark.turns(14)
@pytest.mark.parametrize("name", NAMES)
def test_right_answers_get_all_points_whatever_chance_draws(name):
    """Hidden inputs and random generators are in another state: of 20 seeds with --full, otherwise of the day's 5."""
    right = [student for student in everyone(COURSE, ASSIGNMENTS[name]) if student.is_right]
    seeds = range(1, 21)
    if not helpers.FULL:
        first = 1 + 5 * turn(COURSE.root, 200)
        seeds = range(first, first + 5)
        right = [right[0], *by_turns(right[1:], COURSE.root, of=len(right) - 1)]
    lost = {
        student: [outcome.failure for outcome in judged.outcomes if outcome.failure]
        for student, judged in rehearse_all(name, right, seeds).items()
        if judged.failed
    }
    assert lost == {}


@pytest.mark.parametrize(("name", "student"), EVERYONE, ids=[f"{name}/{student.name}" for name, student in EVERYONE])
def test_wrong_answer_fails_tests_of_its_own_tasks_alone(name, student):
    """Where training is needed there is no such rule: a network trained on a wrong loss is a wrong network."""
    assert {untrained_tests(name)[test].slug for test in student.fails} <= set(student.answers)


def test_graded_submissions_fail_exactly_the_tests_that_they_name(graded_class, name, seed):
    assignment = ASSIGNMENTS[name]
    students = graded_class(name, seed).students
    others = {
        student.name: students[student.name].failures
        for student in everyone(COURSE, assignment)
        if student.name in students and not is_as_expected(assignment, student, students[student.name])
    }
    assert others == {}
    assert not students["reference"].notes


@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_and_the_rehearsal_agree_on_every_test(graded_class, rehearsed, name):
    for student, graded in graded_class(name).students.items():
        scores = {outcome.grade_id: outcome.points for outcome in rehearsed(name)[student].outcomes}
        assert scores == {test: graded.by_test[test] for test in untrained_tests(name)}, student


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_test_says_why_in_one_sentence(graded_class, rehearsed, name):
    said = {
        (student, outcome.grade_id, outcome.failure)
        for student, judged in rehearsed(name).items()
        for outcome in judged.outcomes
        if outcome.failure
    } | {
        (student, test, sentence)
        for student, graded in graded_class(name).students.items()
        for test, sentence in graded.failures.items()
    }
    for student, test, sentence in said:
        assert sentence, (student, test)
        assert sentence[-1] in ".?:)'" or student == "untouched", (student, test, sentence)
        assert len(sentence) <= 400, (student, test, sentence)
        assert not sentence.startswith("The test stopped with"), (student, test, sentence)


@pytest.mark.parametrize("name", NAMES)
def test_written_answers_of_an_untouched_release_wait_for_a_person(graded_class, name):
    assert graded_class(name).students["untouched"].waiting == ASSIGNMENTS[name].manual_points


@pytest.mark.parametrize("name", NAMES)
def test_enough_fixtures(name):
    """Every task has a misconception that costs points and a right answer written differently."""
    assignment = ASSIGNMENTS[name]
    tasks = {cell.slug for cell in assignment.of_kind("solution")}
    _, _, *fixtures = everyone(COURSE, assignment)
    right = [fixture for fixture in fixtures if fixture.is_right]
    wrong = [fixture for fixture in fixtures if not fixture.is_right]
    assert {slug for fixture in right for slug in fixture.answers} == tasks
    assert {slug for fixture in wrong for slug in fixture.answers} == tasks
    assert len(wrong) >= 12
    assert len(right) >= 6


@pytest.mark.turns(14)
@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_without_our_configuration_gives_the_same_scores(tmp_path_factory, pytestconfig, name):
    """A course elsewhere, with nbgrader's defaults: nothing of ours but the notebooks and the package `graders`.

    Where there is training, the untouched and the wrong one are for --full.
    Plain nbgrader gives a cell 30 s, and training again would prove nothing about configurations: a few steps do.
    """
    reference, untouched, *others = everyone(COURSE, ASSIGNMENTS[name])
    wrong = next(fixture for fixture in others if not fixture.is_right and not fixture.is_about_training)

    def scores(folder, students):
        course = make_course(folder, ASSIGNMENTS[name])
        for student in students:
            hand_in(course, student.name, student.answers)
        (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
        must(course.root, "nbgrader", "autograde", name, PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}", **PROOF)
        read_results(course)
        return [(student, course.students[student.name].by_test) for student in students]

    short = ASSIGNMENTS[name].trained_points and not pytestconfig.getoption("full")
    halves = ([reference],) if short else ([reference], [untouched, wrong])
    folders = [tmp_path_factory.mktemp(name) for _ in halves]
    with ThreadPoolExecutor() as pool:
        for student, by_test in itertools.chain(*pool.map(scores, folders, halves)):
            failed = failed_tests(name, by_test) & untrained_tests(name).keys()
            assert student.expects(failed, untrained_tests(name), trained=False), (student.name, by_test)


@pytest.mark.turns(7)
def test_a_right_answer_that_makes_libraries_warn_costs_nothing_without_our_configuration(one_course):
    course = one_course(LIGHT)
    noisy = [one for one in everyone(COURSE, ASSIGNMENTS[LIGHT]) if one.name in WARNED_OF]
    for student in noisy:
        hand_in(course, student.name, student.answers)
    (course.root / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 300\n")
    must(course.root, "nbgrader", "autograde", LIGHT, PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    read_results(course)
    outputs = nbformat.read(notebook_in(course.graded(WARNED_OF[0], LIGHT)), as_version=4).cells
    assert "UserWarning" in str(outputs)  # or else nothing is shown by this
    full = ASSIGNMENTS[LIGHT].auto_points
    assert {name: course.students[name].points for name in WARNED_OF} == dict.fromkeys(WARNED_OF, full)


def test_scores_do_not_depend_on_the_log_level_of_tensorflow(one_course):
    course = one_course(LIGHT)
    hand_in(course, "reference", {})
    grade(course, TF_CPP_MIN_LOG_LEVEL="0")  # all that it has to say
    assert course.students["reference"].points == ASSIGNMENTS[LIGHT].auto_points


@pytest.mark.skipif(not helpers.FULL, reason="the second ring: it takes five times as long as the sample class alone")
@pytest.mark.parametrize("name", NAMES)
def test_beside_other_work_the_sample_class_gets_what_it_gets_alone(name, tmp_path):
    """As released, with the limits of the policy and more jobs than cores, beside four busy processes a core."""
    course = make_course(tmp_path, ASSIGNMENTS[name])
    for other in NAMES:  # which assignment is the first of the course decides who is in the class
        copy_script(other, course.root)
    assemble(course, [ASSIGNMENTS[name]], full=False)
    with busy_machine(niceness=0):
        must(course.root, "course", "grade", name, "--jobs", str(2 * os.cpu_count()))
    alone = {student: points[name] for student, points in expected_points(course).items()}
    assert {one.student: one.auto for one in read_grades(course, [name])} == alone
