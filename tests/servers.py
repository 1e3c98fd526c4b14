"""JupyterLab servers for tests: on a free port, with settings of their own, ended afterwards."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from helpers import BIN

TOKEN = "secret"


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
            wait_until_it_listens(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_listens(port: int, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)  # between two knocks at a closed door; nothing depends on its length
    raise AssertionError(log.read_text()[-3000:])
