"""What an instructor and students do in a browser, to play an assignment with them."""

import contextlib
import io
import re
import shutil
from collections.abc import Callable, Iterator

from helpers import LIGHT, ROOT
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect, sync_playwright
from servers import TOKEN

from graders.sealed.sandbox import NoSandboxError, require_sandbox

PATIENCE = 120_000.0  # milliseconds for anything to appear; what takes longest is a TensorFlow on a busy machine
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1[:/]|([a-z]+\.)*localhost[:/])")
NO_BROWSER = "" if CHROMIUM else "Chromium is not installed: sudo apt-get install chromium"

Formgrader = FrameLocator | Page  # within JupyterLab, or with a tab of its own
OF_INSTRUCTORS = ("Formgrader", "Course List", "Create Assignment")


# --- the browser ------------------------------------------------------------------------------------------------------


def no_classroom() -> str:
    """Why sealed grading and a browser cannot be had here, or nothing."""
    try:
        require_sandbox()
    except NoSandboxError as error:
        return str(error)
    return NO_BROWSER


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def somebody(browser: Browser) -> BrowserContext:
    """A person at the browser, with cookies of their own, who reaches this machine and nothing else."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    context.route(ELSEWHERE, lambda route: route.abort())
    return context


def photograph(page: Page, name: str) -> None:
    """Keeps a picture of a page for docs/classroom.md."""
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    small = shot.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    small.save(ROOT / "docs" / "screenshots" / f"{name}.png", optimize=True)


# --- JupyterLab and the formgrader ------------------------------------------------------------------------------------


def opened(context: BrowserContext, address: str) -> Page:
    """JupyterLab at an address of `servers.jupyter_lab`."""
    page = context.new_page()
    page.goto(f"{address}/lab?token={TOKEN}")
    return page


def choose(page: Page, entry: str) -> None:
    """Chooses an entry of the Nbgrader menu."""
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def row_of(frame: Formgrader, text: str) -> Locator:
    """The row of a table of the formgrader."""
    return frame.locator("#main-table tr").filter(has=frame.get_by_text(text, exact=True))


def press(
    frame: Formgrader, button: Locator, answer: str, look: Callable[[Locator], object] = lambda box: None
) -> None:
    """Presses a button of the formgrader, which says in a box how it went; looks at that before it is closed."""
    button.click()
    box = frame.locator(".modal.in")
    expect(box).to_contain_text(answer)
    look(box)
    box.get_by_role("button", name="OK").click()
    expect(frame.locator(".modal")).to_have_count(0)


def enrol(frame: Formgrader, student: str, first_name: str, last_name: str) -> None:
    expect(frame.locator("#main-table")).not_to_contain_text("Loading")
    frame.get_by_role("link", name="Add new student").click()
    box = frame.locator(".modal.in")
    box.locator(".id").fill(student)
    box.locator(".first-name").fill(first_name)
    box.locator(".last-name").fill(last_name)
    box.get_by_role("button", name="Save").click()
    expect(frame.locator(".modal")).to_have_count(0)
    expect(row_of(frame, student)).to_contain_text(f"{last_name}, {first_name}")


def release(frame: Formgrader) -> Locator:
    """Releases the assignment; gives its row."""
    row = row_of(frame, LIGHT)
    expect(row.locator(".status")).to_have_text("draft")
    press(frame, row.locator(".release a"), f"Successfully released '{LIGHT}'")
    expect(row.locator(".status")).to_have_text("released")
    return row


def collect(frame: Formgrader, row: Locator, count: int, look: Callable[[Locator], object] = lambda box: None) -> None:
    """Collects what so many students have handed in, and opens the list of that."""
    press(frame, row.locator(".collect a"), f"Successfully collected submissions of '{LIGHT}'", look)
    row.locator(".num-submissions").get_by_role("link", name=str(count)).click()


def autograde(frame: Formgrader, student: str, score: str) -> None:
    """Grades what a student has handed in; it gets so many points."""
    line = row_of(frame, student)
    expect(line.locator(".status")).to_have_text("needs autograding")
    press(frame, line.locator(".autograde a"), f"Successfully autograded '{LIGHT}' for student '{student}'")
    expect(line.locator(".status")).to_have_text("needs manual grading")
    expect(line.locator(".score")).to_have_text(score)


def open_answer(frame: Formgrader, student: str, name: str, question: str) -> Locator:
    """Opens what a student has handed in; gives a question in it, with its place for points."""
    row_of(frame, student).get_by_role("link", name=name).click()
    table = frame.locator("#main-table")  # each link is in the table of one page alone: no click comes too early
    table.get_by_role("link", name=LIGHT, exact=True).click()
    return frame.locator(".nbgrader_cell").filter(has=frame.locator(f"#{question}"))


def mark(page: Page, task: Locator, points: int, comment: str) -> None:
    """Marks an answer, once the page is ready; what is written into a field is saved when the field is left."""
    frame = task.element_handle().owner_frame()
    frame.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")
    for field, text, saved in ((".score", str(points), "grade"), (".comment", comment, "comment")):
        task.locator(field).fill(text)
        with page.expect_response(re.compile(rf"/api/{saved}/")) as answer:
            task.locator(field).press("Tab")
        assert answer.value.ok


def give_feedback(frame: Formgrader, row: Locator) -> None:
    """Goes back to the assignments; makes the feedback of one, and releases it."""
    frame.get_by_role("link", name="Manual Grading").click()
    frame.get_by_role("link", name="Manage Assignments").click()
    press(frame, row.locator(".generate-feedback a"), "Successfully generated feedback")
    press(frame, row.locator(".release-feedback a"), "Successfully released feedback")


# --- a student's own -------------------------------------------------------------------------------------------------


def list_assignments(page: Page) -> None:
    """Opens the list of assignments, which is all that nbgrader's menu has for a student."""
    page.get_by_role("menuitem", name="Nbgrader").click()
    expect(page.get_by_role("menuitem", name="Assignment List")).to_be_visible()
    for absent in OF_INSTRUCTORS:
        expect(page.get_by_role("menuitem", name=absent)).to_have_count(0)
    page.get_by_role("menuitem", name="Assignment List", exact=True).click()
    expect(page.locator("#released_assignments_list")).to_contain_text(LIGHT)


def fetch(page: Page) -> "Notebook":
    """Fetches the assignment, and opens its notebook."""
    page.get_by_role("button", name="Fetch", exact=True).click()
    fetched = page.locator("#fetched_assignments_list")
    fetched.get_by_role("button", name=LIGHT).click()
    fetched.get_by_role("link", name=LIGHT, exact=True).click()
    return Notebook(page, f"{LIGHT}/{LIGHT}.ipynb")


def validate(page: Page) -> Locator:
    """Has nbgrader check the open notebook; gives the box that says that it passes."""
    page.get_by_role("button", name="Validate").click()
    box = page.get_by_role("dialog").filter(has_text="Validation Results")
    expect(box).to_contain_text("Your notebook passes all the tests.")
    return box


def submit(page: Page) -> Locator:
    """Submits the assignment; gives the list of what has been submitted."""
    page.get_by_role("tab", name="Assignments").click()
    page.get_by_role("button", name="Submit", exact=True).click()
    submitted = page.locator("#submitted_assignments_list")
    expect(submitted.get_by_role("button", name="Fetch Feedback")).to_be_visible()
    return submitted


def open_feedback(page: Page, submitted: Locator) -> Locator:
    """Fetches the feedback, and opens the folder with its page; gives the page's entry."""
    page.locator("#refresh_assignments_list").click()
    expect(submitted).to_contain_text("feedback available to fetch")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    submitted.get_by_text("view feedback").click()
    return page.get_by_role("listitem").filter(has_text=f"{LIGHT}.html")


def read_feedback(page: Page, entry: Locator, points: str, comment: str) -> None:
    """Opens the page, which says how many points there are and what the instructor has written."""
    entry.dblclick()
    feedback = page.frame_locator(".jp-HTMLViewer iframe")
    expect(feedback.get_by_text(comment)).to_be_visible()
    expect(feedback.get_by_text(points, exact=True)).to_be_visible()


class Notebook:
    """The open notebook of a student."""

    def __init__(self, page: Page, path: str):
        self.page = page
        page.wait_for_function("path => window.jupyterapp?.shell.currentWidget?.context?.path === path", arg=path)
        ids = page.evaluate(
            """async () => {
                const panel = jupyterapp.shell.currentWidget;
                await panel.revealed;
                await panel.sessionContext.ready;
                return [...panel.content.model.cells].map(cell => cell.id);
            }"""
        )
        cells = page.locator(".jp-NotebookPanel .jp-Cell")
        expect(cells).to_have_count(len(ids))
        self.place = {name: number for number, name in enumerate(ids)}
        self.cell = {name: cells.nth(number) for name, number in self.place.items()}

    def edit(self, name: str) -> Locator:
        """Puts the cursor into a cell; gives its editor."""
        self.page.evaluate(
            """async place => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = place;
                await notebook.scrollToItem(place, 'center');
                await jupyterapp.commands.execute('notebook:enter-edit-mode');
            }""",
            self.place[name],
        )
        editor = self.cell[name].locator(".cm-content")
        expect(editor).to_be_focused()
        return editor

    def type_over(self, name: str, line: str, text: str) -> None:
        """Types over the line that has these words."""
        editor = self.edit(name)
        editor.locator(".cm-line").filter(has_text=line).click()
        self.page.keyboard.press("Home")
        self.page.keyboard.press("Shift+End")
        self.page.keyboard.type(text)
        expect(editor).to_contain_text(text)

    def run(self, name: str, number: int) -> Locator:
        """Runs a cell, the given number in all; gives its output."""
        self.edit(name)
        self.page.keyboard.press("Control+Enter")
        expect(self.cell[name].locator(".jp-InputArea-prompt")).to_have_text(f"[{number}]:")
        return self.cell[name].locator(".jp-OutputArea-output")

    def fill(self, answers: dict[str, str]) -> None:
        """Writes into solution cells what would take long to type."""
        self.page.evaluate(
            """answers => {
                for (const cell of jupyterapp.shell.currentWidget.content.model.cells)
                    if (answers[cell.id]) cell.sharedModel.setSource(answers[cell.id]);
            }""",
            answers,
        )
