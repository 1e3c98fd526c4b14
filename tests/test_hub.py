"""The JupyterHub of docs/running-a-class.md, brought up from what stands there, and a class that is played through it.

It runs on a machine of its own (machine.py), where root makes the accounts: each person is a user of the system, so
that the rights in the exchange are real.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import helpers
import nbformat
import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, ROOT, copy_script
from machine import Machine, machine, why_no_machine
from people import (
    NO_BROWSER,
    autograde,
    choose,
    chromium,
    collect,
    enrol,
    fetch,
    give_feedback,
    list_assignments,
    mark,
    open_answer,
    open_feedback,
    read_feedback,
    release,
    row_of,
    somebody,
    submit,
    validate,
)
from playwright.sync_api import Browser, Locator, Page, expect
from servers import free_port, wait_until_it_answers

from graders.proof.fixtures import fill_in, reference_answers

ASSIGNMENT = ASSIGNMENTS[LIGHT]
ANSWERS = reference_answers(ASSIGNMENT)
BY_TESTS, BY_HAND = ASSIGNMENT.auto_points, ASSIGNMENT.manual_points
COMMENT = "The first problem is right. The second has no remedy."
CLASS, HERS = Path("/opt/class"), Path("/home/lise/course")
EXCHANGE = Path("/srv/nbgrader/exchange") / COURSE.config().CourseDirectory.course_id
NEWS = "/home/lise/.jupyter/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
PEOPLE = ("lise", "ada", "emmy")
NODE = shutil.which("node")
PROXY = shutil.which("configurable-http-proxy", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
BROUGHT = re.compile(r"\b(install|git clone|-m venv)\b")  # lines that bring what is here already


def why_not() -> str:
    """Why no hub can be had here, or nothing."""
    if not helpers.FULL:
        return "A hub is part of the second ring: --full"
    if not (BIN / "jupyterhub").exists():
        return "JupyterHub is not installed: make hub"
    if NODE is None or PROXY is None:
        return "JupyterHub's proxy is not installed: make hub, with npm"
    return why_no_machine() or why_no_sandbox() or NO_BROWSER


def why_no_sandbox() -> str:
    """Why the instructor, who is not root, could not grade sealed here, or nothing."""
    if shutil.which("bwrap") is None:
        return "Bubblewrap is not installed: make sandbox"
    someone = {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": "/"}
    walls = ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "true"]
    tried = subprocess.run(walls, capture_output=True, text=True, check=False, **someone)
    return f"An ordinary user may not isolate here: {tried.stderr.strip()}" if tried.returncode else ""


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


# --- the place, as the document says ----------------------------------------------------------------------------------


def blocks() -> list[tuple[str, str]]:
    """The blocks of the document's part about JupyterHub: their languages and texts."""
    text = (ROOT / "docs" / "running-a-class.md").read_text(encoding="utf-8")
    part = text.partition("**JupyterHub.**")[2].partition("\n**A gradebook")[0]
    return re.findall(r"^```(\w*)\n(.*?)^```$", part, re.M | re.S)


def commands(holding: str) -> list[str]:
    """The lines of the block that has these words, without what brings something."""
    (text,) = (text for language, text in blocks() if language == "" and holding in text)
    return [line.removeprefix("sudo ") for line in text.splitlines() if not BROUGHT.search(line)]


def setting(holding: str) -> str:
    """The block of Python that has these words."""
    (text,) = (text for language, text in blocks() if language == "python" and holding in text)
    return text


def write(place: Machine, path: str, text: str, user: str = "root") -> None:
    place.do(f"mkdir --parents {Path(path).parent}", f"cat >{path} <<'END'\n{text}\nEND", user=user)


@dataclass
class Hub:
    """A running hub."""

    machine: Machine
    address: str

    def log_in(self, browser: Browser, name: str, domain: str = "") -> Page:
        """JupyterLab of somebody, who has just logged in; each server may have a domain of its own."""
        page = somebody(browser).new_page()
        page.goto(self.address)
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(password(name))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{domain or self.address}/user/{name}/lab**")
        return page


def password(name: str) -> str:
    return f"{name} has a long password"


@pytest.fixture(scope="module")
def machine_of_the_class() -> Iterator[Machine]:
    """A machine on which all has been done that stands in the document, but for starting the hub."""
    programs = [Path(program).absolute().parents[1] for program in (NODE, PROXY)]  # with the libraries beside them
    with machine(keep=[Path(sys.base_prefix), Path(sys.prefix), *programs]) as place:
        stand_in_for_the_environment(place)
        place.do(*commands("labextension disable"))
        place.do(*commands("useradd"), *(f"echo '{name}:{password(name)}' | chpasswd" for name in PEOPLE))
        place.do(*commands("exchange"))
        write(place, "/etc/jupyter/nbgrader_config.py", setting("Exchange.root"))
        write(place, "/etc/jupyterhub/jupyterhub_config.py", setting("pre_spawn_hook"))
        write(place, NEWS, '{"fetchNews": "false"}', "lise")  # what JupyterLab asks her on the first day
        stand_in_for_the_clone(place)
        place.do(*commands("course build"), user="lise")
        yield place


@pytest.fixture
def hub(machine_of_the_class) -> Iterator[Hub]:
    port = free_port()
    with running(machine_of_the_class, port):
        yield Hub(machine_of_the_class, f"http://127.0.0.1:{port}")


def stand_in_for_the_environment(place: Machine) -> None:
    """An environment in /opt/class that nobody can write to: this one, with other scripts and settings."""
    place.do(
        f"mkdir {CLASS} && mount --bind {sys.prefix} {CLASS} && mount -o remount,bind,ro {CLASS}",
        f"for part in bin etc; do cp -a {CLASS}/$part /opt/$part && mount --bind /opt/$part {CLASS}/$part; done",
        f"grep -rlI '{sys.prefix}' {CLASS}/bin | xargs sed -i 's|{sys.prefix}|{CLASS}|g'",
    )


def stand_in_for_the_clone(place: Machine) -> None:
    """The course, with one assignment; under the path of this one as well, where the environment looks for it."""
    there = place.root / HERS.relative_to("/")
    for folder in ("graders", "simulations", *(f"{kind}/{LIGHT}" for kind in ("source", "release", "solutions"))):
        shutil.copytree(ROOT / folder, there / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, there)
    copy_script(LIGHT, there)
    place.do(
        f"mkdir {HERS}/.venv && chown -R lise: {HERS}",
        f"mount --bind {sys.prefix} {HERS}/.venv && mount -o remount,bind,ro {HERS}/.venv",
        f"mount --rbind {HERS} {ROOT}",
    )


@contextlib.contextmanager
def running(place: Machine, port: int, *options: str) -> Iterator[None]:
    """Starts the hub as its service does, on other ports."""
    (service,) = (text for _, text in blocks() if "[Service]" in text)
    entries = dict(line.split("=", 1) for line in service.splitlines()[1:])
    pid = f"{entries['WorkingDirectory']}/hub.pid"
    command = [
        *(entries["ExecStart"], f"--JupyterHub.pid_file={pid}", f"--JupyterHub.bind_url=http://127.0.0.1:{port}"),
        *(f"--JupyterHub.hub_port={free_port()}", f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}"),
        *("--Spawner.args=--LabApp.expose_app_in_browser=True", *options),  # which people.Notebook asks
    ]
    place.do(f"mkdir --parents --mode=700 {entries['WorkingDirectory']}")
    path = f"{CLASS}/bin:{Path(PROXY).parent}:{Path(NODE).parent}:$PATH"
    log = place.root / "srv" / "hub.log"
    with (
        log.open("w") as stream,
        subprocess.Popen(
            place.command(f"cd {entries['WorkingDirectory']} && PATH={path} exec {' '.join(command)}"),
            stdout=stream,
            stderr=stream,
        ) as server,
    ):
        try:
            wait_until_it_answers(port, "/hub/api/", server, log)
            yield
        finally:
            place.run(f"kill $(cat {pid})")  # it stops the servers and the proxy, and then itself
            server.wait()
            print(log.read_text()[-10_000:])  # pytest shows it where something fails


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


# --- what is tried there ----------------------------------------------------------------------------------------------


def assert_servers_belong_to(hub: Hub, *names: str) -> None:
    """Each server and each kernel runs as its person."""
    running = hub.machine.do("ps -e -o user= -o args=").splitlines()
    owners = {line.split()[0] for line in running if "jupyterhub-singleuser" in line or "ipykernel_launcher" in line}
    assert owners == set(names)


def assert_the_lab_shows_no_formgrader(hub: Hub, lise: Page) -> None:
    """JupyterHub lets no page of a server be shown within another; of nbgrader's issue 1870."""
    with lise.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        choose(lise, "Formgrader")
    expect(lise.frame_locator("iframe").locator("#main-table")).to_have_count(0)


def enrol_and_release(hub: Hub, lise: Page) -> tuple[Page, Locator]:
    """The instructor has the formgrader in a tab of its own; gives that, and the assignment's row."""
    formgrader = lise.context.new_page()
    formgrader.goto(f"{hub.address}/user/lise/formgrader")
    formgrader.get_by_role("link", name="Manage Students").click()
    enrol(formgrader, "ada", "Ada", "Lovelace")
    formgrader.get_by_role("link", name="Manage Assignments").click()
    return formgrader, release(formgrader)


def answer_and_submit(hub: Hub, ada: Page) -> Locator:
    list_assignments(ada)
    fetch(ada).fill(ANSWERS)
    validate(ada).get_by_role("button", name="Ok").click()
    assert_servers_belong_to(hub, "lise", "ada")
    return submit(ada)


def hand_in_from_a_terminal(hub: Hub) -> None:
    """What Emmy does: an answer that looks around, under her own name, and then under Ada's."""
    place, folder = hub.machine, Path("/home/emmy") / LIGHT
    place.do(f"{CLASS}/bin/nbgrader fetch_assignment {LIGHT}", user="emmy")
    path = place.root / folder.relative_to("/") / f"{LIGHT}.ipynb"
    notebook = fill_in(nbformat.read(path, as_version=4), ANSWERS)
    look = f"from pathlib import Path\n\nprint([Path(path).exists() for path in ({str(HERS)!r}, '/srv', '/home')])"
    notebook.cells.append(nbformat.v4.new_code_cell(look, id="look"))
    nbformat.write(notebook, path)
    place.do(f"{CLASS}/bin/nbgrader submit {LIGHT}", user="emmy")
    place.do(f"{CLASS}/bin/nbgrader submit {LIGHT} --CourseDirectory.student_id=ada", user="emmy")


def collect_what_belongs_to_whom_it_says(formgrader: Page, row: Locator, picture: Callable) -> None:
    said = []

    def look(box: Locator) -> None:
        said.append(box.inner_text())
        picture(formgrader, "10-hub")

    collect(formgrader, row, 2, look)
    (set_aside,) = re.findall(r"Set aside: (.+)", said[0])
    assert re.fullmatch(r"ada\+.+: it belongs to emmy", set_aside)


def seen_by_emmy(hub: Hub) -> list[bool]:
    """Which of the places that she has asked for were there when she was graded."""
    path = hub.machine.root / HERS.relative_to("/") / "autograded" / "emmy" / LIGHT / f"{LIGHT}.ipynb"
    (cell,) = (cell for cell in nbformat.read(path, as_version=4).cells if "Path(path).exists()" in cell.source)
    return json.loads(cell.outputs[0].text.lower())


def assert_emmy_reads_her_feedback(hub: Hub) -> None:
    hub.machine.do(f"{CLASS}/bin/nbgrader fetch_feedback {LIGHT}", user="emmy")
    (page,) = (hub.machine.root / "home/emmy" / LIGHT / "feedback").rglob("*.html")
    assert f"{BY_TESTS:g} of {BY_TESTS:g} points" in page.read_text(encoding="utf-8")  # beside what is not marked yet


def assert_everyone_has_their_own(hub: Hub, emmy: Page) -> None:
    """What Emmy tries, in a terminal and in the browser, to get at what is not hers."""
    ada = hub.machine.do("id --user ada").strip()
    for attempt in (
        f"ls {EXCHANGE}/inbound",
        f"ls {EXCHANGE}/feedback",
        f"touch {EXCHANGE}/feedback/mine.html",
        f"touch {EXCHANGE}/outbound/{LIGHT}/{LIGHT}.ipynb",
        f"mv {EXCHANGE} /srv/nbgrader/exchange/old",
        f"ls {HERS}",
        f"cat {HERS}/gradebook.db",
        f"cat {HERS}/source/{LIGHT}.py",
        f"cat {ROOT}/graders/checks/{LIGHT}.py",
        f"{CLASS}/bin/python -c 'import graders'",
        "ls /home/ada",
        "ls /srv/jupyterhub",
        f"touch {CLASS}/bin/mine",
    ):
        done = hub.machine.run(attempt, "emmy")
        assert done.returncode != 0, attempt
        assert re.search("Permission denied|Operation not permitted|Read-only", done.stderr), done.stderr
    found = hub.machine.run(f"find /home /srv /tmp /opt -uid {ada} -type f -readable", "emmy").stdout
    assert LIGHT not in found
    for name in ("lise", "ada"):
        answer = emmy.goto(f"{hub.address}/user/{name}/api/contents/")
        assert answer.status == 403, answer.status


def test_an_assignment_through_a_hub(hub, browser, picture):
    lise = hub.log_in(browser, "lise")
    assert_the_lab_shows_no_formgrader(hub, lise)
    formgrader, row = enrol_and_release(hub, lise)
    ada = hub.log_in(browser, "ada")
    submitted = answer_and_submit(hub, ada)
    emmy = hub.log_in(browser, "emmy")  # she is not in the gradebook yet
    hand_in_from_a_terminal(hub)

    collect_what_belongs_to_whom_it_says(formgrader, row, picture)
    for student in ("ada", "emmy"):
        autograde(formgrader, student, f"{BY_TESTS} / {BY_TESTS + BY_HAND}")
    assert seen_by_emmy(hub) == [False, False, False]
    question = open_answer(formgrader, "ada", "Lovelace, Ada", "parameters-why-image")
    mark(formgrader, question, points=1, comment=COMMENT)
    give_feedback(formgrader, row)

    read_feedback(ada, open_feedback(ada, submitted), f"{BY_TESTS + 1:g} of {BY_TESTS + BY_HAND:g} points", COMMENT)
    assert_emmy_reads_her_feedback(hub)
    assert_everyone_has_their_own(hub, emmy)
    assert "ada" in hub.machine.do(f"cd {HERS} && .venv/bin/course grades {LIGHT}", user="lise")


def test_where_each_server_has_a_domain_the_lab_shows_the_formgrader(machine_of_the_class, browser):
    name = "hub.localhost"  # browsers know the domains below it as this machine
    place, port = machine_of_the_class, free_port()
    write(place, "/home/lise/.jupyter/jupyter_server_config.py", setting("frame-ancestors"), "lise")
    with running(place, port, f"--JupyterHub.subdomain_host=http://{name}:{port}"):
        hub = Hub(place, f"http://{name}:{port}")
        lise = hub.log_in(browser, "lise", f"http://lise.{name}:{port}")
        choose(lise, "Formgrader")
        row = row_of(lise.frame_locator("iframe"), LIGHT)
        row.get_by_role("link", name=LIGHT).click()
        expect(lise.get_by_role("listitem").filter(has_text=f"{LIGHT}.ipynb")).to_be_visible()
