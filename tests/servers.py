"""Servers for tests, ended afterwards: JupyterLab with settings of its own, a Dask cluster."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from helpers import BIN, COURSE

COURSE_ID = COURSE.config().CourseDirectory.course_id
TOKEN = "secret"


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


@contextlib.contextmanager
def jupyter_lab(root: Path, home: Path, *options: str, **environment: str) -> Iterator[str]:
    """The address of a JupyterLab in the folder `root`, of someone whose home and settings are in `home`.

    Of the environment of whoever runs the test it has neither settings of Jupyter nor those of the course.
    """
    home.mkdir(exist_ok=True)
    port = free_port()
    command = [BIN / "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COURSE_")},
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "configuration"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        **environment,
    }
    log = home / "lab.log"
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [*command, f"--IdentityProvider.token={TOKEN}", *options],
            cwd=root,
            stdout=stream,
            stderr=stream,
            env=variables,
        ) as server,
    ):
        try:
            wait_until_it_answers(port, "/api", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(port: int, path: str, server: subprocess.Popen, log: Path) -> None:
    """Until `path` is there. A proxy listens before what is behind it does, and has nothing to show until then."""
    until = time.monotonic() + 240
    while time.monotonic() < until and server.poll() is None:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(asked):
            asked.request("GET", path)
            if asked.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.05)  # between two knocks at a closed door; nothing depends on its length
    raise AssertionError(log.read_text()[-3000:])


class DaskCluster:
    """A scheduler and workers as processes of their own."""

    def __init__(self, folder):
        self.file = folder / "scheduler.json"
        self.stack = contextlib.ExitStack()
        self.log = self.stack.enter_context((folder / "dask.log").open("wb"))
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers = []

    def start(self, what, *options, **environment):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(self.file)]
        process = subprocess.Popen(
            [*command, "--no-dashboard", *options],
            env={**os.environ, **environment},
            stdout=self.log,
            stderr=self.log,
            cwd=self.file.parent,
            process_group=0,
        )
        self.stack.callback(self.kill, process)
        return process

    def add(self, threads=1, **environment):
        """Starts a worker; it registers when it is ready."""
        options = ("--no-nanny", "--nthreads", str(threads), "--host", "127.0.0.1")
        self.workers.append(self.start("worker", *options, **environment))
        return self.workers[-1]

    def kill(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @property
    def address(self):
        until = time.monotonic() + 60
        while not self.file.is_file() and time.monotonic() < until:
            time.sleep(0.05)  # between two looks; nothing depends on its length
        return json.loads(self.file.read_text())["address"]
