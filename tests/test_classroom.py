"""One assignment in a real browser, from its release to the feedback, as an instructor and a student meet it.

With --screenshots, what they see goes into docs/screenshots/, for docs/classroom.md.
"""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, LIGHT, GradedCourse, course_beside_exchange, must
from nbgrader.api import Gradebook
from people import (
    Notebook,
    autograde,
    choose,
    chromium,
    collect,
    enrol,
    fetch,
    give_feedback,
    list_assignments,
    mark,
    no_classroom,
    open_answer,
    open_feedback,
    opened,
    read_feedback,
    release,
    somebody,
    submit,
    validate,
)
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect
from servers import account, jupyter_lab, without

from graders.proof.fixtures import fill_in, reference_answers

ASSIGNMENT = ASSIGNMENTS[LIGHT]
ANSWERS = reference_answers(ASSIGNMENT)
MISSED = sum(cell.points for cell in ASSIGNMENT.of_kind("test") if cell.slug == "parameters-dense")
BY_TESTS = {"ada": ASSIGNMENT.auto_points, "mallory": ASSIGNMENT.auto_points - MISSED}
MOST = ASSIGNMENT.auto_points + ASSIGNMENT.manual_points
WORDS = (
    "The weights grow with the number of pixels, so a large image needs more memory and more data; "
    "a kernel has the same size for every image. Dense layers are also slow."
)
COMMENT = "The first problem is right. The second has no remedy."
SECRETS = ("HIDDEN TESTS", "graders.checks", "check_dense", "MARK SCHEME", "with its remedy", "Traceback")

# Ways for a page to run a script, each told from the others by its number.
SCRIPTS = [
    "<script>HACK(1)</script>",
    '<img src="nowhere.png" onerror="HACK(2)">',
    '<svg onload="HACK(3)"></svg>',
    '<details open ontoggle="HACK(4)"><summary>open</summary></details>',
    """<iframe srcdoc="<script>HACK(5)</script>"></iframe>""",
]
SCRIPTS = [script.replace("HACK", "top.document.title = 'hacked'; top.hacked = Number") for script in SCRIPTS]
ALL_SCRIPTS = "\n\n".join([*SCRIPTS, "[a link](javascript:top.hacked=7)"])


pytestmark = pytest.mark.skipif(bool(no_classroom()), reason=no_classroom())


# --- the place --------------------------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path) -> GradedCourse:
    return course_beside_exchange(tmp_path, ASSIGNMENT)


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A browser that reaches this machine and nothing else."""
    with chromium() as browser:
        yield somebody(browser)


@pytest.fixture
def instructor(course, context, tmp_path) -> Iterator[Page]:
    """JupyterLab as the instructor has it, with the course open."""
    home = tmp_path / "instructor"
    without(home, "@jupyterlab/apputils-extension:announcements")
    with jupyter_lab(course.root, home, COURSE_EXCHANGE=str(tmp_path / "exchange")) as address:
        yield opened(context, address)


@pytest.fixture
def ada(course, context, tmp_path) -> Iterator[Page]:
    """JupyterLab as a student has it: the exchange, and no part of nbgrader that is for instructors."""
    home = account(tmp_path, "ada")
    extras = ("formgrader", "create-assignment", "course-list")
    without(home, "@jupyterlab/apputils-extension:announcements", *(f"@jupyter/nbgrader:{name}" for name in extras))
    work = home / "work"
    work.mkdir()
    with jupyter_lab(work, home, "--LabApp.expose_app_in_browser=True") as address:
        yield opened(context, address)


# --- what each of them does -------------------------------------------------------------------------------------------


def enrol_and_release(instructor: Page, formgrader: FrameLocator) -> Locator:
    """The instructor enters the students and releases the assignment; gives its row."""
    choose(instructor, "Formgrader")
    instructor.keyboard.press("Control+b")  # room for its tables, in place of the list of files
    formgrader.get_by_role("link", name="Manage Students").click()
    enrol(formgrader, "ada", "Ada", "Lovelace")
    enrol(formgrader, "mallory", "Mallory", "Archer")
    formgrader.get_by_role("link", name="Manage Assignments").click()
    return release(formgrader)


def get_a_sentence_for_a_wrong_answer(notebook: Notebook) -> None:
    notebook.run("parameters-code-01", 1)
    notebook.run("parameters-code-02", 2)
    notebook.type_over("parameters-dense", "raise NotImplementedError", "return n_in * n_out")
    notebook.run("parameters-dense", 3)
    sentence = "dense_parameters(3, 4) is 12, expected 16: 3 weights and 1 bias for each neuron."
    expect(notebook.run("parameters-dense-test", 4)).to_contain_text(sentence)


def get_silence_for_a_right_one(notebook: Notebook) -> None:
    notebook.type_over("parameters-dense", "return n_in", "return (n_in + 1) * n_out")
    notebook.run("parameters-dense", 5)
    expect(notebook.run("parameters-dense-test", 6)).to_have_count(0)


def answer_the_rest(notebook: Notebook) -> None:
    notebook.fill({name: answer for name, answer in ANSWERS.items() if name != "parameters-dense"})
    notebook.type_over("parameters-why-image-answer", "YOUR ANSWER HERE", WORDS)
    notebook.page.keyboard.press("Shift+Enter")


def hand_in_scripts_from_a_terminal(course: GradedCourse, home: Path) -> None:
    """Mallory's: an answer for the public test alone, with HTML in its output, in a text and in a new cell."""
    path = course.root / "release" / LIGHT / f"{LIGHT}.ipynb"
    notebook = fill_in(nbformat.read(path, as_version=4), ANSWERS)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["parameters-dense"].source = (
        "from IPython.display import HTML, Javascript, display\n\n\n"
        "def dense_parameters(n_in, n_out):\n    return 16\n\n\n"
        f"display(HTML({f'Mallory was here. {ALL_SCRIPTS}'!r}), Javascript('top.hacked = 6'))"
    )
    written = f"Mallory wrote. {ALL_SCRIPTS}"
    cells["parameters-why-image-answer"].source = written
    notebook.cells.append(nbformat.v4.new_markdown_cell(written, id="mine"))
    work = home / "work" / LIGHT
    work.mkdir(parents=True)
    nbformat.write(notebook, work / f"{LIGHT}.ipynb")
    settings = {"JUPYTER_CONFIG_DIR": str(home / "configuration"), "JUPYTER_DATA_DIR": str(home / "data")}
    must(work.parent, "nbgrader", "submit", LIGHT, **settings)


def mark_beside_the_scheme(instructor: Page, formgrader: FrameLocator) -> None:
    """The instructor gives one point for Ada's written answer, and a comment."""
    question = open_answer(formgrader, "ada", "Lovelace, Ada", "parameters-why-image")
    expect(question).to_contain_text("One point for each problem with its remedy")
    expect(formgrader.get_by_role("heading", name="Question 1")).to_have_count(1)
    expect(formgrader.get_by_text(WORDS)).to_be_visible()
    mark(instructor, question, points=1, comment=COMMENT)


def look_at_what_mallory_wrote(instructor: Page, formgrader: FrameLocator) -> None:
    """What she showed and wrote is there, and no script of hers runs."""
    formgrader.get_by_role("link", name="Manual Grading").click()
    table = formgrader.locator("#main-table")
    table.locator(f"a[href$='/gradebook/{LIGHT}']").click()
    table.locator(f"a[href$='/gradebook/{LIGHT}/{LIGHT}']").click()
    formgrader.get_by_role("button", name="Show All Names").click()
    formgrader.get_by_role("link", name="Archer, Mallory").click()
    expect(formgrader.locator(".output").get_by_text("Mallory was here.")).to_be_visible()
    expect(formgrader.get_by_text("Mallory wrote.")).to_have_count(2)
    assert_nothing_ran(instructor)


# --- what is promised -------------------------------------------------------------------------------------------------


def assert_nothing_ran(page: Page) -> None:
    for frame in page.frames:
        frame.wait_for_load_state("load")
        expect(frame.locator("[href^='javascript:']")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    assert "hacked" not in page.title()


def test_the_scripts_run_where_nobody_stops_them(context):
    for number, script in enumerate(SCRIPTS, start=1):
        page = context.new_page()
        page.set_content(script)
        page.wait_for_function("number => window.hacked === number", arg=number)
        assert page.title() == "hacked"


def assert_feedback_is_harmless(course: GradedCourse, page: Page, student: str) -> None:
    """It shows no hidden test, mark scheme or stack, and runs no script."""
    page.goto((course.root / "feedback" / student / LIGHT / f"{LIGHT}.html").as_uri())
    assert_nothing_ran(page)
    for secret in SECRETS:
        assert secret not in page.inner_html("body"), f"{student}'s feedback shows {secret}"


def assert_feedback_says_what_is_wrong(page: Page) -> None:
    """Mallory's, with what she showed."""
    expect(page.locator(".output_html").get_by_text("Mallory was here.")).to_be_visible()
    sentence = page.get_by_text("each neuron has one weight for each input, and one bias. See section 1.")
    expect(sentence.first).to_be_visible()
    expect(sentence).to_have_count(2)  # in the table, and at the test


def scores_of(course: GradedCourse) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(LIGHT)}


@pytest.mark.turns(6)
def test_an_assignment_from_release_to_feedback(course, instructor, ada, context, picture, tmp_path):
    formgrader = instructor.frame_locator("iframe")
    row = enrol_and_release(instructor, formgrader)
    picture(instructor, "1-release")

    list_assignments(ada)
    picture(ada, "2-fetch")
    notebook = fetch(ada)
    get_a_sentence_for_a_wrong_answer(notebook)
    picture(ada, "3-try")
    get_silence_for_a_right_one(notebook)
    answer_the_rest(notebook)
    box = validate(ada)
    picture(ada, "4-validate")
    box.get_by_role("button", name="Ok").click()
    submitted = submit(ada)
    picture(ada, "5-submit")
    hand_in_scripts_from_a_terminal(course, account(tmp_path, "mallory"))

    collect(formgrader, row, count=2)
    for student, points in BY_TESTS.items():
        autograde(formgrader, student, f"{points} / {MOST}")
    picture(instructor, "6-autograde")
    mark_beside_the_scheme(instructor, formgrader)
    picture(instructor, "7-mark")
    look_at_what_mallory_wrote(instructor, formgrader)
    give_feedback(formgrader, row)

    entry = open_feedback(ada, submitted)
    picture(ada, "8-fetch-feedback")
    read_feedback(ada, entry, f"{BY_TESTS['ada'] + 1:g} of {MOST:g} points", COMMENT)
    picture(ada, "9-feedback")
    assert scores_of(course) == BY_TESTS | {"ada": BY_TESTS["ada"] + 1}
    page = context.new_page()
    for student in ("ada", "mallory"):
        assert_feedback_is_harmless(course, page, student)
    assert_feedback_says_what_is_wrong(page)
