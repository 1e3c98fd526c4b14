"""The instructor's report: its numbers, what it shows of a class, and what it must not show."""

import base64
import csv
import itertools
import os
import random
import re
import shutil
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES, ROOT
from nbgrader.api import Base, Gradebook
from scipy import stats
from sqlalchemy import create_engine
from sqlalchemy.exc import SAWarning
from typer.testing import CliRunner

from graders.classroom.report.analysis import (
    by_chance,
    common_sentences,
    cronbach_alpha,
    difficulty,
    item_rest_correlations,
)
from graders.classroom.report.classroom import read_classroom, recorded_seconds
from graders.classroom.report.page import analyse, write_report
from graders.classroom.report.plots import bin_edges
from graders.classroom.report.similarity import (
    LEAST,
    THRESHOLD,
    alike,
    course_sequences,
    identical,
    sequences,
    too_long,
)
from graders.cli import app
from graders.course import Course
from graders.errors import InTheWayError, NotFoundError
from graders.gradebook import records_of
from graders.plugins.execute import GRADED, SECONDS, record_seconds
from graders.plugins.notes import add_note
from graders.proof.fixtures import fixtures, reference_answers
from graders.source import read_assignment, stub, to_notebook

# --- numbers ----------------------------------------------------------------------------------------------------------


def test_discrimination_is_the_point_biserial_correlation_with_the_rest():
    points = np.random.default_rng(1).integers(0, 2, (30, 5)).astype(float)
    for task, found in enumerate(item_rest_correlations(points)):
        rest = np.delete(points, task, axis=1).sum(axis=1)
        assert found == pytest.approx(stats.pointbiserialr(points[:, task], rest).statistic)


def test_discrimination_with_partial_credit_is_the_pearson_correlation_with_the_rest():
    points = np.random.default_rng(2).uniform(0, 3, (12, 4))
    for task, found in enumerate(item_rest_correlations(points)):
        assert found == pytest.approx(stats.pearsonr(points[:, task], np.delete(points, task, axis=1).sum(axis=1))[0])


def test_discrimination_has_no_value_where_a_task_or_the_rest_is_constant():
    assert np.isnan(item_rest_correlations([[1, 0], [1, 1]])).all()
    assert np.isnan(item_rest_correlations([[0.1, 0.3, 1]] * 7)).all()
    assert np.isnan(item_rest_correlations([[1, 2, 3]])).all()
    assert np.isnan(item_rest_correlations([[1], [2]])).all()
    assert item_rest_correlations(np.zeros((0, 2))).shape == (2,)


def test_alpha_by_hand():
    # Variances 1 and 7/3, of the totals 3, 5, 8 it is 19/3: 2 (1 - (10/3) / (19/3)) = 18/19.
    assert cronbach_alpha([[1, 2], [2, 3], [3, 5]]) == pytest.approx(18 / 19)
    # Two copies of one task measure the same thing; opposites have no variance in all; unrelated tasks have 0.
    assert cronbach_alpha([[0, 0], [1, 1], [4, 4]]) == pytest.approx(1)
    assert np.isnan(cronbach_alpha([[0, 1], [1, 0]]))
    assert cronbach_alpha([[0, 0], [0, 1], [1, 0], [1, 1]]) == pytest.approx(0)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 1), (5, 0)])
def test_alpha_has_no_value_for_too_few(shape):
    assert np.isnan(cronbach_alpha(np.ones(shape)))


def test_difficulty_is_the_mean_fraction_of_the_points():
    assert difficulty([0, 1, 2], 4) == 0.25
    assert np.isnan(difficulty([], 4))
    assert np.isnan(difficulty([0, 0], 0))


def test_chance_is_about_the_critical_correlation():
    for students in (10, 30, 100):
        t = stats.t.ppf(0.975, students - 2)
        assert by_chance(students) == pytest.approx(t / np.sqrt(students - 2 + t**2), rel=0.03)


@pytest.mark.parametrize("worth", [1, 7, 27, 54, 300, 2000])
def test_bins_hold_every_score_and_full_points_are_in_a_bin_of_their_own_width(worth):
    edges = bin_edges([0, worth], worth)
    assert np.histogram([0, worth], edges)[0].sum() == 2
    assert len(edges) <= 18
    assert len(set(np.diff(edges))) == 1
    assert edges[-1] > worth  # the last bin is closed, so nothing must end on it


# --- sentences --------------------------------------------------------------------------------------------------------


def test_sentences_that_differ_in_numbers_are_one():
    found = common_sentences(
        [
            ["f(3, 8) returned 41, expected 42: see section 1."],
            ["f(12, 5) returned 17, expected 42: see section 1."],
            ["f returned None: is there a return statement?"],
        ]
    )
    assert found == [
        ("f(…) returned …, expected 42: see section 1.", 2),
        ("f returned None: is there a return statement?", 1),
    ]


def test_lists_of_numbers_are_numbers_and_names_with_digits_are_names():
    found = common_sentences([["conv2d gives [[1. 2.]\n [3e-4 -4.]] as float32"], ["conv2d gives [0] as float32"]])
    assert found == [("conv2d gives […] as float32", 2)]
    assert len(common_sentences([["conv1d is wrong"], ["conv2d is wrong"]])) == 2


def test_a_student_counts_once_for_a_sentence():
    assert common_sentences([["got 1", "got 2"], []]) == [("got …", 1)]


def test_a_very_long_sentence_is_cut():
    ((sentence, _),) = common_sentences([["(1" * 100_000]])
    assert len(sentence) < 500


# --- what looks alike -------------------------------------------------------------------------------------------------

OWN = """
def layers(sizes):
    found = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
        weights = fan_in * fan_out
        biases = fan_out
        if weights + biases < 0:
            raise ValueError("no such layer")
        found.append(weights + biases)
    table = {index: value for index, value in enumerate(found)}
    total = 0
    while table:
        key, value = table.popitem()
        total += value if key % 2 == 0 else value
    print("all", total)
    return [entry for entry in found if entry is not None]
"""
RENAMED = """
def layers(sizes):
    out = []   # my own
    for a, b in zip(sizes[:-1],
                    sizes[1:]):
        w = a*b
        c = b
        if w + c < 0:
              raise ValueError('impossible')
        out.append(w + c)
    d = {i: v for i, v in enumerate(out)}
    s = 0
    while d:
        k, v = d.popitem()
        s += v if k % 2 == 0 else v
    print("everything", s)
    return [e for e in out if e is not None]
"""
OTHER = """
def layers(sizes):
    def one(position):
        before, after = sizes[position - 1], sizes[position]
        return (before + 1) * after

    positions = range(1, len(sizes))
    result = list(map(one, positions))
    assert all(value > 0 for value in result), "a layer has parameters"
    lengths = {len(result), len(sizes) - 1}
    if len(lengths) != 1:
        raise RuntimeError(f"{lengths}")
    return sorted(result, key=lambda value: result.index(value))
"""


def test_a_copy_with_other_names_and_layout_is_flagged():
    (pair,) = alike({"ada": {"layers": OWN}, "bob": {"layers": RENAMED}, "eve": {"layers": OTHER}}, frozenset())
    assert (pair.first, pair.second) == ("ada", "bob")
    assert pair.similarity == 1
    assert pair.cells == ["layers"]


def test_what_the_course_gave_does_not_count():
    both = {"ada": {"layers": OWN}, "bob": {"layers": RENAMED}}
    assert alike(both, sequences(OWN)) == []
    longer = {"ada": {"layers": OWN + OTHER}, "bob": {"layers": RENAMED + OTHER}}
    assert alike(longer, sequences(OWN))
    assert alike(longer, sequences(OWN) | sequences(OTHER)) == []


def test_too_little_is_not_judged():
    short = "return [entry for entry in found if entry is not None and entry > 0 and entry < 7]"
    assert 0 < len(sequences(short)) < LEAST
    assert alike({"ada": {"layers": short}, "bob": {"layers": short}}, frozenset()) == []


def test_copies_letter_by_letter_are_named_even_where_they_are_the_reference():
    answers = {"ada": {"layers": OWN}, "bob": {"layers": RENAMED}, "eve": {"layers": OWN}, "fay": {"layers": "x = 1"}}
    assert identical(answers | {"gus": {"layers": "x = 1"}}) == [["ada", "eve"]]


@pytest.mark.parametrize("padding", ["x = 1\n" * 5_000_000, "(" * 30_000_000, "'" * 30_000_000, "a.b + " * 5_000_000])
def test_code_of_30_megabytes_is_compared_in_seconds_and_named(padding):
    answers = {"ada": {"layers": OWN, "mine": padding}, "bob": {"layers": RENAMED}, "eve": {"layers": OTHER}}
    begun = time.process_time()
    (pair,) = alike(answers, frozenset(), threshold=0.0)[:1]
    assert identical(answers) == []
    assert time.process_time() - begun < 10
    assert {pair.first, pair.second} & {"ada", "bob"}
    assert too_long(answers) == ["ada"]


# Texts that keep Python's own tokenizer busy: each is read on to the end of its line, or of the file, and given up.
SLOW = {
    "quotes and backslashes": "'\\" * 25_000,
    "double ones": '"\\' * 25_000,
    "bytes": "rb'\\" * 12_500,
    "quotes": "'" * 50_000,
    "numbers": "1e" * 25_000,
    "digits": "9_9" * 16_000 + "z",
    "blanks": " $" * 25_000,
    "dots": "." * 50_000,
    "lines within a text": "'''\n" + "a\n" * 24_000,
    "lines that go on": "\\\n" * 25_000,
    "texts that go on": "'\\\n" * 16_000,
    "indents": "".join(" " * depth + "x\n" for depth in range(300)),
    "brackets": "(" * 50_000,
    "lines as long as may be": "\n".join(["'\\" * 249 + "x"] * 99),
}


@pytest.mark.parametrize("what", SLOW)
def test_no_text_keeps_the_comparison_busy(what):
    """Of one student, as much as is compared."""
    answers = {"ada": {f"cell-{number}": f"{number}\n{SLOW[what]}" for number in range(10)}}
    begun = time.process_time()
    assert alike(answers, frozenset()) == []
    assert identical(answers) == []
    assert time.process_time() - begun < 40


def test_code_below_a_long_line_of_data_is_compared():
    data = f"table = {list(range(1000))}\n"
    answers = {"ada": {"layers": data + OWN}, "bob": {"layers": data + RENAMED}}
    (pair,) = alike(answers, frozenset())
    assert pair.similarity == 1
    assert too_long(answers) == ["ada", "bob"]


def test_cells_without_number_are_compared_up_to_a_limit():
    answers = {"ada": {f"cell-{number}": OWN for number in range(10_000)}}
    begun = time.process_time()
    assert alike(answers, frozenset()) == []
    assert time.process_time() - begun < 10
    assert too_long(answers) == ["ada"]


def test_code_that_is_no_python_is_compared_as_far_as_it_goes():
    broken = OWN + "\n'''never closed"
    (pair,) = alike({"ada": {"layers": broken}, "bob": {"layers": RENAMED}}, frozenset())
    assert pair.similarity > THRESHOLD


@pytest.mark.parametrize("name", NAMES)
def test_of_right_answers_none_is_taken_for_a_copy_of_another(name):
    """Pairs of right fixtures, which were written to be different, and of any right one with the reference."""
    assignment = ASSIGNMENTS[name]
    reference = reference_answers(assignment)
    right = {fixture.name: reference | fixture.answers for fixture in fixtures(COURSE, assignment) if fixture.is_right}
    assert len(right) >= 6
    known = course_sequences(assignment)
    assert alike(right | {"reference": reference, "again": reference}, known) == []
    copies = {f"copy of {student}": answers for student, answers in right.items()}
    own = {
        student: {seq for code in answers.values() for seq in sequences(code)} - known
        for student, answers in right.items()
    }
    found = {frozenset((pair.first, pair.second)) for pair in alike(right | copies, known)}
    assert found == {frozenset((student, f"copy of {student}")) for student in right if len(own[student]) >= LEAST}


# --- a class ----------------------------------------------------------------------------------------------------------

SOURCE = '''# %% [markdown]
# # Toy

# %% solution="toy-double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION


# %% test="toy-double" points=1
assert double(1) == 2
### BEGIN HIDDEN TESTS
secret_of_double = 8128
assert double(secret_of_double) == 2 * secret_of_double
### END HIDDEN TESTS

# %% test="toy-double" points=2
assert double(-1) == -2

# %% solution="toy-half"
def half(x):
    """Half of x."""
    ### BEGIN SOLUTION: Return half of x.
    return x / 2
    ### END SOLUTION


# %% test="toy-half" points=3
### BEGIN HIDDEN TESTS
secret_of_half = 496
assert half(secret_of_half) == 248
### END HIDDEN TESTS

# %% [markdown] answer="toy-why" points=2
# Why?
#
# === BEGIN MARK SCHEME ===
# Because of the secret mark scheme.
# === END MARK SCHEME ===
'''
CELLS = {"toy-double-test": 1, "toy-double-test-2": 2, "toy-half-test": 3}
RIGHT = CELLS


class Toy:
    """A course with one small assignment, whose gradebook and graded notebooks are written here."""

    def __init__(self, root, gradebook, path=None):
        (root / "source").mkdir()
        (root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
        (root / "source" / "toy.py").write_text(SOURCE)
        self.root, self.assignment = root, read_assignment(root / "source" / "toy.py")
        path = shutil.copy(gradebook, path or root / "gradebook.db")
        self.url = f"sqlite:///{path}"
        self.cells = [*CELLS, "toy-why"]

    def register(self, cell, points):
        with Gradebook(self.url) as gradebook:
            gradebook.add_grade_cell(cell, "toy", "toy", max_score=points, cell_type="code")
        self.cells.append(cell)

    def enrol(self, student, **names):
        with Gradebook(self.url) as gradebook:
            gradebook.update_or_create_student(student, **names)

    def hand_in(
        self, student, scores, failures=None, answers=None, notes=(), by_hand=None, penalty=0.0, finished=True, **names
    ):
        """A graded submission: points by test, sentences of failed ones, answers by slug, points of the written one."""
        self.enrol(student, **names)
        self._write_points(student, scores, by_hand, penalty)
        folder = self.root / "autograded" / student / "toy"
        folder.mkdir(parents=True)
        nbformat.write(self._notebook(failures or {}, answers or {}, notes, finished), folder / "toy.ipynb")
        record_seconds({"metadata": {"path": folder}, "nbgrader": {"student": student, "assignment": "toy"}}, 1.5)

    def _write_points(self, student, scores, by_hand, penalty):
        with Gradebook(self.url) as gradebook, warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own queries
            gradebook.add_submission("toy", student)
            notebook = gradebook.find_submission_notebook("toy", "toy", student)
            notebook.late_submission_penalty = penalty
            for cell in self.cells:
                grade = gradebook.find_grade(cell, "toy", "toy", student)
                if cell == "toy-why":
                    grade.manual_score, grade.needs_manual_grade = by_hand, by_hand is None
                else:
                    grade.auto_score, grade.needs_manual_grade = scores.get(cell, 0.0), False
            gradebook.db.commit()

    def _notebook(self, failures, answers, notes, finished):
        notebook = to_notebook(self.assignment)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = answers.get(cell.id, stub(cell.source))
            if cell.id in failures:
                error = {"ename": "Failure", "evalue": failures[cell.id], "traceback": ["secret_trace"]}
                cell.outputs = [nbformat.v4.new_output("error", **error)]
        for note in notes:
            add_note(notebook, note)
        if finished:
            notebook.metadata[GRADED] = True
        return notebook

    def classroom(self):
        return read_classroom(Course(self.root), self.assignment)

    def report(self, anonymous=False):
        done = write_report(Course(self.root), self.assignment, self.root / "reports", anonymous)
        return Page(done.page.read_text(encoding="utf-8")), done.table

    def rows(self):
        _, table = self.report()
        with table.open(newline="", encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}


class Page(HTMLParser):
    """A page as a reader meets it: headings, pictures, text, and whatever it would fetch."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.words = html, [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    @property
    def levels(self):
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch(r"h[1-6]", tag)]

    def of(self, wanted):
        return [attributes for tag, attributes in self.tags if tag == wanted]


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """The file of a gradebook that knows the assignment and nobody."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)  # nbgrader itself starts alembic for this, which takes seconds
    engine.dispose()
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment("toy")
        book.add_notebook("toy", "toy")
        for cell, points in CELLS.items():
            book.add_grade_cell(cell, "toy", "toy", max_score=points, cell_type="code")
        book.add_task_cell("toy-why", "toy", "toy", max_score=2, cell_type="markdown")
    return path


@pytest.fixture
def toy(tmp_path, gradebook):
    return Toy(tmp_path, gradebook)


ANSWERS = {"toy-double": "def double(x):\n    return x + x", "toy-half": "def half(x):\n    return 0.5 * x"}
WRONG_HALF = {"toy-half-test": "half(496) returned 992, expected 248: divide."}


def a_class(toy):
    """Four graded, one of them late and marked by hand, one unreadable; one not graded, one absent."""
    toy.hand_in("ada", RIGHT, answers=ANSWERS, by_hand=1.5, penalty=1.0, first_name="Ada", last_name="Lovelace")
    toy.hand_in("bob", RIGHT | {"toy-half-test": 0}, WRONG_HALF, ANSWERS)
    sentence = {"toy-half-test": "half(496) returned 496, expected 248: divide."}
    toy.hand_in("carol", {"toy-double-test": 1}, sentence, ANSWERS)
    toy.hand_in(
        "dan", {}, {"toy-half-test": "Not written yet."}, notes=["The notebook could not be read: it is empty."]
    )
    (toy.root / "submitted" / "erin" / "toy").mkdir(parents=True)
    (toy.root / "submitted" / "frank" / "other").mkdir(parents=True)
    toy.enrol("grace")
    return toy


def nobody(toy):
    return toy


def only_absent(toy):
    toy.enrol("ada")
    return toy


def one_student(toy):
    toy.hand_in("ada", RIGHT, answers=ANSWERS)
    return toy


def one_untouched(toy):
    toy.hand_in("ada", {})
    return toy


def all_right(toy):
    for student in ("ada", "bob", "carol"):
        toy.hand_in(student, RIGHT, answers=ANSWERS, by_hand=2)
    return toy


def dropped_test(toy):
    toy.register("toy-old-test", 4)
    toy.hand_in("ada", RIGHT | {"toy-old-test": 4}, answers=ANSWERS)
    toy.hand_in("bob", RIGHT, answers=ANSWERS)
    return toy


def worth_nothing(toy):
    toy.register("toy-free-test", 0)
    toy.hand_in("ada", RIGHT, answers=ANSWERS)
    return toy


CLASSES = [a_class, nobody, only_absent, one_student, one_untouched, all_right, dropped_test, worth_nothing]


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
@pytest.mark.parametrize("make", CLASSES, ids=lambda make: make.__name__)
def test_every_class_has_a_page_that_stands_alone_and_reads_well(toy, make, anonymous):
    page, table = make(toy).report(anonymous)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object")]
    fetched = [value for _, attributes in page.tags for key, value in attributes.items() if key in ("src", "href")]
    assert all(value.startswith(("data:image/svg+xml;base64,", "#")) for value in fetched)
    assert "url(" not in page.html
    assert "@import" not in page.html
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(page.levels))
    assert all(len(picture["alt"]) > 40 for picture in page.of("img"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in fetched if value.startswith("#")} <= set(ids)
    assert all(cell.get("scope") for cell in page.of("th"))
    assert not re.search(r"\b(nan|None|inf)\b", page.text, re.IGNORECASE)
    assert not re.search(r"\b(nan|None|inf)\b", table.read_text(), re.IGNORECASE)


@pytest.mark.parametrize("make", CLASSES, ids=lambda make: make.__name__)
def test_no_hidden_test_mark_scheme_or_trace_is_in_a_report(toy, make):
    page, table = make(toy).report()
    for text in (page.html, table.read_text()):
        assert not re.search(r"secret|8128|HIDDEN|MARK SCHEME", text)


def test_pictures_have_axes_with_units_and_need_no_network(toy):
    page, _ = a_class(toy).report()
    scores, tasks = (base64.b64decode(picture["src"].split(",")[1]).decode() for picture in page.of("img"))
    # Text is drawn as glyphs, with what it says in a comment.
    for picture, labels in (
        (scores, ["score (points)", "students (number)"]),
        (tasks, ["students (number)", "task", "some points", "not marked yet", "2 toy-half"]),
    ):
        assert all(f"<!-- {label} -->" in picture for label in labels)
        assert "<pattern" in picture  # hatching, so that colour is not alone
        assert not re.search(r'(href|src)="(?!#)', picture)


def test_scores_and_tasks_of_a_class(toy):
    classroom = a_class(toy).classroom()
    assert {entry.student: entry.total for entry in classroom.graded} == {"ada": 6.5, "bob": 3, "carol": 1, "dan": 0}
    assert classroom.max_points == 8
    analysis = analyse(classroom)
    double, half, why = analysis.items
    assert analysis.students == 3  # dan's notebook had no answer
    assert (double.full, double.part, double.none, double.waiting) == (2, 1, 0, 0)
    assert (half.full, half.part, half.none, half.waiting) == (1, 0, 2, 0)
    assert (why.full, why.part, why.none, why.waiting) == (0, 1, 0, 2)
    assert half.difficulty == pytest.approx(1 / 3)
    assert why.mean == 1.5
    assert half.discrimination == pytest.approx(stats.pearsonr([3, 0, 0], [3, 3, 1])[0])
    assert analysis.alpha == pytest.approx(cronbach_alpha([[3, 3], [3, 0], [1, 0]]))
    assert half.failures == [("half(496) returned …, expected 248: divide.", 2)]
    assert np.isnan(why.discrimination)


def test_page_says_who_is_missing_what_is_not_graded_and_how_long_it_took(toy):
    text = a_class(toy).report()[0].text
    assert "2 students of whom the gradebook or another assignment knows: frank, grace." in text
    assert "erin has no grade. There is no notebook in the folder." in " ".join(text.split())
    assert "dan : The notebook could not be read: it is empty." in text
    assert "6.0 s 1.5 s 1.5 s" in text
    assert "Ada Lovelace" in text
    assert "3 submissions wait for points by hand, 6 in all" in text


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (nobody, "Nobody has handed in this assignment, and the course knows no students yet."),
        (only_absent, "Nobody has handed in this assignment."),
        (one_student, "One student alone gives neither alpha nor discrimination."),
        (one_untouched, "There is no graded submission with an answer in it"),
        (all_right, "solved by all"),
        (dropped_test, "toy-old-test (dropped: no longer in the source)"),
        (worth_nothing, "worth no points"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_small_classes_get_a_word(toy, make, words):
    assert words in make(toy).report()[0].text


def test_a_test_that_the_gradebook_does_not_know_is_named(toy):
    one_student(toy)
    added = SOURCE.replace(
        '# %% solution="toy-half"', '# %% test="toy-double" points=5\nassert double(0) == 0\n\n# %% solution="toy-half"'
    )
    (toy.root / "source" / "toy.py").write_text(added)
    toy.assignment = read_assignment(toy.root / "source" / "toy.py")
    page, _ = toy.report()
    assert "nobody has points in it: toy-double-test-3." in page.text
    assert analyse(toy.classroom()).items[0].full == 1


def test_a_submission_from_before_a_test_was_added_has_no_points_in_it(toy):
    one_student(toy)
    toy.register("toy-new-test", 2)
    toy.hand_in("bob", RIGHT, answers=ANSWERS)
    item = analyse(toy.classroom()).items[-1]
    assert (item.none, item.waiting) == (1, 1)
    toy.report()


@pytest.mark.parametrize("damage", ["unfinished", "truncated", "missing"])
def test_a_run_that_was_killed_is_not_graded_and_says_so(toy, damage):
    toy.hand_in("ada", RIGHT, answers=ANSWERS, finished=damage != "unfinished")
    path = toy.root / "autograded" / "ada" / "toy" / "toy.ipynb"
    if damage == "truncated":
        path.write_text(path.read_text()[:-50])
    if damage == "missing":
        path.unlink()
    (entry,) = toy.classroom().entries
    assert not entry.graded
    assert len(entry.notes) == 1
    assert entry.notes[0] in toy.report()[0].text.replace("  ", " ")
    assert toy.rows()["ada"]["status"] == "not graded"


def test_the_table_has_a_row_for_everyone(toy):
    rows = a_class(toy).rows()
    assert sorted(rows) == ["ada", "bob", "carol", "dan", "erin", "frank", "grace"]
    ada = rows["ada"]
    assert [ada[key] for key in ("toy-double", "toy-half", "toy-why", "total", "late_penalty", "max_points")] == [
        *("3", "3", "1.5", "6.5", "1", "8")
    ]
    assert (rows["bob"]["toy-why"], rows["bob"]["waiting_points"]) == ("", "2")
    assert (rows["erin"]["status"], rows["erin"]["total"]) == ("not graded", "")
    assert rows["grace"]["status"] == "not submitted"
    assert "could not be read" in rows["dan"]["notes"]


def test_nothing_that_students_make_is_markup_or_a_formula(toy):
    evil = "<script>alert(1)</script>"
    toy.hand_in(
        "=cmd|x",
        {},
        {"toy-half-test": f"half returned '<img src=x onerror=alert(2)>{evil}'."},
        ANSWERS | {"toy-double": f"# {evil}\n{OWN}"},
        notes=[f"The notebook was handed in as {evil}.ipynb; it is graded as toy.ipynb."],
        first_name="<b>Bobby</b>",
    )
    toy.hand_in("eve", {}, answers={"toy-double": OWN}, notes=["=1+1 was left out."])
    page, _ = toy.report()
    assert evil not in page.html
    assert "onerror" in page.html
    assert not [attributes for _, attributes in page.tags if "onerror" in attributes]
    assert evil in page.text
    assert "100%" in page.text  # the pair is listed
    rows = toy.rows()
    assert "'=cmd|x" in rows
    assert rows["eve"]["notes"].startswith("'=")


FOLDERS = {b"\xe9mile": r"\udce9mile", b"a\xe2\x80\xaeb": r"a\u202eb", b"\x1b[2J": r"\x1b[2J"}


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("holds", ["a notebook", "nothing"])
def test_a_folder_whose_name_nobody_could_see_costs_no_report(toy, name, holds):
    toy.hand_in("ada", RIGHT)
    folder = Path(os.fsdecode(bytes(toy.root / "submitted") + b"/" + name)) / "toy"
    folder.mkdir(parents=True)
    if holds == "a notebook":
        (folder / "toy.ipynb").write_text("{}")
    page, _ = toy.report()
    assert FOLDERS[name] in page.text
    assert FOLDERS[name] in toy.rows()


def test_without_names_no_name_is_left(toy):
    toy.hand_in(
        "ada_l",
        {},
        {"toy-half-test": "half returned 'by Ada, zoe99 and LOVELACE', expected 248."},
        ANSWERS | {"toy-double": OWN},
        notes=[
            "The notebook was handed in as work of Lovelace-ada.ipynb; it is graded as toy.ipynb.",
            "ada_l.txt was left out.",
        ],
        first_name="Ada",
        last_name="Lovelace",
    )
    toy.hand_in("zoe99", RIGHT, answers={"toy-double": RENAMED}, first_name="Zoë")
    toy.enrol("quentin", last_name="Tarantino")
    (toy.root / "submitted" / "yvonne" / "toy").mkdir(parents=True)
    named, table = toy.report()
    hidden = r"ada|lovelace|zo[eë]|quentin|tarantino|yvonne"
    assert re.search(hidden, named.html, re.IGNORECASE)
    page, table = toy.report(anonymous=True)
    pictures = [base64.b64decode(picture["src"].split(",")[1]).decode() for picture in page.of("img")]
    for text in (re.sub(r'src="data:[^"]*"', "", page.html), table.read_text(), *pictures):
        assert not re.search(hidden, text.replace("metadata", ""), re.IGNORECASE)
    assert "student 1" in page.text
    assert "100%" in page.text
    assert len(table.read_text().splitlines()) == 5
    assert table.name == "toy-anonymous.csv"  # beside the report with names, not over it


def test_numbers_in_place_of_names_tell_no_order(toy):
    from graders.classroom.report.classroom import anonymised

    for student in "abcdefgh":
        toy.hand_in(student, RIGHT, by_hand=ord(student) - ord("a"), answers=ANSWERS)
    classroom = toy.classroom()
    orders = {tuple(entry.total for entry in anonymised(classroom, random.Random(seed)).entries) for seed in range(5)}
    assert len(orders) > 1
    assert all(sorted(order) == sorted(entry.total for entry in classroom.entries) for order in orders)


def test_times_are_those_of_the_last_run_and_damaged_lines_are_left_out(toy):
    one_student(toy)
    with (toy.root / "autograded" / SECONDS).open("a") as file:
        file.write('{"student": "ada", "assignment": "toy", "seconds": 7.25}\n[1]\n{"student"\n{"student": "ada"}\n')
    assert recorded_seconds(toy.root / "autograded" / SECONDS) == {("ada", "toy"): 7.25}
    assert toy.rows()["ada"]["grading_seconds"] == "7.25"
    (toy.root / "autograded" / SECONDS).unlink()
    assert "No times are recorded" in toy.report()[0].text


def test_the_gradebook_is_the_configured_one(tmp_path, gradebook, monkeypatch):
    (tmp_path / "course").mkdir()
    toy = one_student(Toy(tmp_path / "course", gradebook, tmp_path / "elsewhere.db"))
    monkeypatch.setenv("COURSE_GRADEBOOK", toy.url)
    assert [entry.total for entry in toy.classroom().entries] == [6]


# --- the command ------------------------------------------------------------------------------------------------------


def course_report(*arguments):
    return CliRunner().invoke(app, ["report", *arguments], terminal_width=200)


def test_the_command_writes_a_page_and_a_table_and_says_where(toy, monkeypatch):
    monkeypatch.chdir(a_class(toy).root)
    done = course_report("toy")
    assert done.exit_code == 0, done.output
    assert "toy: 5 submissions, median 2 of 8 points, 1 not graded, 2 not submitted" in done.output
    assert sorted(path.name for path in (toy.root / "reports").iterdir()) == ["toy.csv", "toy.html"]
    assert course_report("--anonymous", "--output", "shared").exit_code == 0
    assert sorted(path.name for path in (toy.root / "shared").iterdir()) == ["toy-anonymous.csv", "toy-anonymous.html"]


def test_a_folder_that_cannot_be_written_is_one_sentence(toy, monkeypatch):
    monkeypatch.chdir(toy.root)
    with pytest.raises(InTheWayError, match=r"cannot write to nbgrader_config\.py: File exists"):
        write_report(Course(toy.root), toy.assignment, Path("nbgrader_config.py"))


def test_without_a_gradebook_it_says_what_to_do(toy):
    (toy.root / "gradebook.db").unlink()
    with pytest.raises(NotFoundError, match="no gradebook here yet"):
        toy.classroom()


# --- the sample class -------------------------------------------------------------------------------------------------


def test_report_of_the_sample_class(graded_class):
    course = graded_class(LIGHT)
    done = write_report(course, course.assignment, course.root / "reports")
    page = Page(done.page.read_text(encoding="utf-8"))
    with done.table.open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file) if row["status"] == "graded"}
    slugs = {cell.slug for cell in course.assignment.of_kind("test")}
    points = sorted(sum(float(row[slug]) for slug in slugs) for row in rows.values())
    with course.gradebook() as gradebook:
        assert points == sorted(record.auto for record in records_of(gradebook, LIGHT).values())
    tried = [student for origin, student in course.students.items() if origin != "untouched"]
    for item in analyse(read_classroom(course, course.assignment)).items:
        failed = [
            [student.failures[cell] for cell in item.task.points if cell in student.failures] for student in tried
        ]
        assert item.failed == sum(map(bool, failed))
        assert item.failures == common_sentences(failed)
        assert all(sentence in page.text for sentence, _ in item.commonest)
    hidden = [
        line.strip()
        for cell in course.assignment.of_kind("test")
        for line in cell.source.split("### BEGIN HIDDEN TESTS")[-1].splitlines()[1:-1]
        if len(line.strip()) > 20
    ]
    assert hidden
    assert not [line for line in hidden if line in page.html]
    assert not re.search(r"\bnan\b", page.text)
