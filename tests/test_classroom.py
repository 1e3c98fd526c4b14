"""One assignment in a real browser, from its release to the feedback, as an instructor and a student meet it.

With --screenshots, what they see goes into docs/screenshots/, for docs/classroom.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, GradedCourse, make_course, nbgrader
from nbgrader.api import Gradebook
from people import (
    NO_BROWSER,
    autograde,
    choose,
    chromium,
    enrol,
    fetch,
    list_assignments,
    mark,
    open_feedback,
    press,
    release,
    row_of,
    somebody,
    submit,
)
from playwright.sync_api import BrowserContext, Page, expect
from servers import TOKEN, jupyter_lab

from graders.proof.fixtures import fill_in, reference_answers
from graders.sealed.sandbox import NoSandboxError, require_sandbox

ASSIGNMENT = ASSIGNMENTS[LIGHT]
COURSE_ID = COURSE.config().CourseDirectory.course_id

# Ways for a page to run a script, each told from the others by its number.
SCRIPTS = [
    "<script>HACK(1)</script>",
    '<img src="nowhere.png" onerror="HACK(2)">',
    '<svg onload="HACK(3)"></svg>',
    '<details open ontoggle="HACK(4)"><summary>open</summary></details>',
    """<iframe srcdoc="<script>HACK(5)</script>"></iframe>""",
]
SCRIPTS = [script.replace("HACK", "top.document.title = 'hacked'; top.hacked = Number") for script in SCRIPTS]


def why_not() -> str:
    """Why a classroom cannot be had here, or nothing."""
    try:
        require_sandbox()
    except NoSandboxError as error:
        return str(error)
    return NO_BROWSER


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


# --- the place --------------------------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path) -> GradedCourse:
    """A course with one assignment, and an empty exchange beside it."""
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    (tmp_path / "course").mkdir()
    return make_course(tmp_path / "course", ASSIGNMENT)


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


def account(folder: Path, student: str) -> Path:
    """The home of a student, whom nbgrader knows by this name and not by that of the account that runs the test."""
    home = folder / student
    (home / "configuration").mkdir(parents=True)
    (home / "configuration" / "nbgrader_config.py").write_text(
        f"c = get_config()\n"
        f"c.CourseDirectory.course_id = {COURSE_ID!r}\n"
        f"c.CourseDirectory.student_id = {student!r}\n"
        f"c.Exchange.root = {str(folder / 'exchange')!r}\n"
    )
    return home


def without(home: Path, *extensions: str) -> None:
    """Switches off parts of JupyterLab."""
    settings = home / "configuration" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"disabledExtensions": dict.fromkeys(extensions, True)}))


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/lab?token={TOKEN}")
    return page


def hand_in_from_a_terminal(course: GradedCourse, home: Path, written: str, shown: str) -> None:
    """Someone's notebook: an answer for the public test alone, with HTML in its output, in a text and in a new cell."""
    path = course.root / "release" / LIGHT / f"{LIGHT}.ipynb"
    notebook = fill_in(nbformat.read(path, as_version=4), reference_answers(ASSIGNMENT))
    cells = {cell.id: cell for cell in notebook.cells}
    cells["parameters-dense"].source = (
        "from IPython.display import HTML, Javascript, display\n\n\n"
        "def dense_parameters(n_in, n_out):\n    return 16\n\n\n"
        f"display(HTML({shown!r}), Javascript('top.hacked = 6'))"
    )
    cells["parameters-why-image-answer"].source = written
    notebook.cells.append(nbformat.v4.new_markdown_cell(written, id="mine"))
    work = home / "work" / LIGHT
    work.mkdir(parents=True)
    nbformat.write(notebook, work / f"{LIGHT}.ipynb")
    settings = {"JUPYTER_CONFIG_DIR": str(home / "configuration"), "JUPYTER_DATA_DIR": str(home / "data")}
    done = nbgrader(work.parent, "submit", LIGHT, **settings)
    assert done.returncode == 0, done.stderr[-3000:]


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


@pytest.mark.turns(6)
def test_an_assignment_from_release_to_feedback(course, instructor, ada, context, picture, tmp_path):
    # The instructor enters the students and releases the assignment.
    choose(instructor, "Formgrader")
    instructor.keyboard.press("Control+b")  # room for its tables, in place of the list of files
    formgrader = instructor.frame_locator("iframe")
    formgrader.get_by_role("link", name="Manage Students").click()
    enrol(formgrader, "ada", "Ada", "Lovelace")
    enrol(formgrader, "mallory", "Mallory", "Archer")
    formgrader.get_by_role("link", name="Manage Assignments").click()
    row = release(formgrader)
    picture(instructor, "1-release")

    # A student fetches it and opens it.
    ada.get_by_role("menuitem", name="Nbgrader").click()
    expect(ada.get_by_role("menuitem", name="Assignment List")).to_be_visible()
    expect(ada.get_by_role("menuitem", name="Formgrader")).to_have_count(0)
    ada.keyboard.press("Escape")
    list_assignments(ada)
    picture(ada, "2-fetch")
    notebook = fetch(ada)

    # A wrong answer is told in a sentence, a right one in silence.
    notebook.run("parameters-code-01", 1)
    notebook.run("parameters-code-02", 2)
    notebook.type_over("parameters-dense", "raise NotImplementedError", "return n_in * n_out")
    notebook.run("parameters-dense", 3)
    sentence = "dense_parameters(3, 4) is 12, expected 16: 3 weights and 1 bias for each neuron."
    expect(notebook.run("parameters-dense-test", 4)).to_contain_text(sentence)
    picture(ada, "3-try")
    notebook.type_over("parameters-dense", "return n_in", "return (n_in + 1) * n_out")
    notebook.run("parameters-dense", 5)
    expect(notebook.run("parameters-dense-test", 6)).to_have_count(0)

    # She answers the rest, checks and submits.
    answers = reference_answers(ASSIGNMENT)
    del answers["parameters-dense"]
    notebook.fill(answers)
    words = (
        "The weights grow with the number of pixels, so a large image needs more memory and more data; "
        "a kernel has the same size for every image. Dense layers are also slow."
    )
    notebook.type_over("parameters-why-image-answer", "YOUR ANSWER HERE", words)
    ada.keyboard.press("Shift+Enter")
    ada.get_by_role("button", name="Validate").click()
    box = ada.get_by_role("dialog").filter(has_text="Validation Results")
    expect(box).to_contain_text("Your notebook passes all the tests.")
    picture(ada, "4-validate")
    box.get_by_role("button", name="Ok").click()
    submitted = submit(ada)
    picture(ada, "5-submit")
    scripts = "\n\n".join([*SCRIPTS, "[a link](javascript:top.hacked=7)"])
    mallory = account(tmp_path, "mallory")
    hand_in_from_a_terminal(course, mallory, f"Mallory wrote. {scripts}", f"Mallory was here. {scripts}")

    # The instructor collects and grades.
    press(formgrader, row.locator(".collect a"), f"Successfully collected submissions of '{LIGHT}'")
    row.locator(".num-submissions").get_by_role("link", name="2").click()
    points = ASSIGNMENT.auto_points
    missed = sum(cell.points for cell in ASSIGNMENT.of_kind("test") if cell.slug == "parameters-dense")
    most = points + ASSIGNMENT.manual_points
    for student, score in (("ada", points), ("mallory", points - missed)):
        autograde(formgrader, student, f"{score} / {most}")
    picture(instructor, "6-autograde")

    # The written answer is marked by hand, with the mark scheme beside it.
    table = formgrader.locator("#main-table")  # each link is in the table of one page alone: no click comes too early
    row_of(formgrader, "ada").get_by_role("link", name="Lovelace, Ada").click()
    table.get_by_role("link", name=LIGHT, exact=True).click()
    task = formgrader.locator(".nbgrader_cell").filter(has=formgrader.locator("#parameters-why-image"))
    expect(task).to_contain_text("One point for each problem with its remedy")
    expect(formgrader.get_by_role("heading", name="Question 1")).to_have_count(1)
    expect(formgrader.get_by_text(words)).to_be_visible()
    comment = "The first problem is right. The second has no remedy."
    mark(instructor, task, points=1, comment=comment)
    picture(instructor, "7-mark")

    # No script of the other student's runs while hers is looked at, though what she showed and wrote is there.
    formgrader.get_by_role("link", name="Manual Grading").click()
    table.locator(f"a[href$='/gradebook/{LIGHT}']").click()
    table.locator(f"a[href$='/gradebook/{LIGHT}/{LIGHT}']").click()
    formgrader.get_by_role("button", name="Show All Names").click()
    formgrader.get_by_role("link", name="Archer, Mallory").click()
    expect(formgrader.locator(".output").get_by_text("Mallory was here.")).to_be_visible()
    expect(formgrader.get_by_text("Mallory wrote.")).to_have_count(2)
    assert_nothing_ran(instructor)

    # Feedback goes out to all.
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    press(formgrader, row.locator(".generate-feedback a"), "Successfully generated feedback")
    press(formgrader, row.locator(".release-feedback a"), "Successfully released feedback")

    # The student fetches hers and reads it.
    listed = open_feedback(ada, submitted)
    picture(ada, "8-fetch-feedback")
    listed.dblclick()
    feedback = ada.frame_locator(".jp-HTMLViewer iframe")
    expect(feedback.get_by_text(comment)).to_be_visible()
    expect(feedback.get_by_text(f"{points + 1:g} of {most:g} points", exact=True)).to_be_visible()
    picture(ada, "9-feedback")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        scores = {submission.student.id: submission.score for submission in gradebook.assignment_submissions(LIGHT)}
    assert scores == {"ada": points + 1, "mallory": points - missed}

    # Feedback says what is wrong, shows no hidden test, mark scheme or stack, and runs no script.
    page = context.new_page()
    for student in scores:
        page.goto((course.root / "feedback" / student / LIGHT / f"{LIGHT}.html").as_uri())
        assert_nothing_ran(page)
        for secret in ("HIDDEN TESTS", "graders.checks", "check_dense", "MARK SCHEME", "with its remedy", "Traceback"):
            assert secret not in page.inner_html("body"), f"{student}'s feedback shows {secret}"
    expect(page.locator(".output_html").get_by_text("Mallory was here.")).to_be_visible()
    sentence = page.get_by_text("each neuron has one weight for each input, and one bias. See section 1.")
    expect(sentence.first).to_be_visible()
    expect(sentence).to_have_count(2)  # in the table, and at the test
