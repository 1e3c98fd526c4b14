"""`make lab` opens a JupyterLab in which the formgrader sees the course."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest
from conftest import ASSIGNMENTS, BIN, LIGHT, ROOT, make_course


@pytest.fixture
def lab(tmp_path):
    """The address of a running JupyterLab."""
    name = LIGHT
    make_course(tmp_path, ASSIGNMENTS[name])
    shutil.copy(ROOT / "source" / f"{name}.py", tmp_path / "source")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--IdentityProvider.token=secret",
    ]
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "configuration"),  # not that of whoever runs the test
    }
    log = tmp_path / "lab.log"
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [BIN / "jupyter", "lab", *options], cwd=tmp_path, stdout=stream, stderr=stream, env=environment
        ) as server,
    ):
        try:
            wait_until_it_listens(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_until_it_listens(port, server, log):
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)  # between two knocks at a closed door; nothing depends on its length
    raise AssertionError(log.read_text()[-3000:])


def get(url):
    request = urllib.request.Request(url, headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_formgrader_lists_the_assignment(lab):
    assert "JupyterLab" in get(f"{lab}/lab")
    assert "formgrader" in get(f"{lab}/formgrader")
    assignments = json.loads(get(f"{lab}/formgrader/api/assignments"))
    assert [(entry["name"], entry["status"]) for entry in assignments] == [(LIGHT, "draft")]
    assert assignments[0]["max_score"] == ASSIGNMENTS[LIGHT].auto_points + ASSIGNMENTS[LIGHT].manual_points
