"""`make lab` opens a JupyterLab in which the formgrader sees the course."""

import json
import urllib.request

import pytest
from helpers import ASSIGNMENTS, LIGHT, make_course
from servers import TOKEN, jupyter_lab


@pytest.fixture
def lab(tmp_path):
    """The address of a running JupyterLab."""
    make_course(tmp_path, ASSIGNMENTS[LIGHT])
    with jupyter_lab(tmp_path, tmp_path / "home") as address:
        yield address


def get(url):
    request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_formgrader_lists_the_assignment(lab):
    assert "JupyterLab" in get(f"{lab}/lab")
    assert "formgrader" in get(f"{lab}/formgrader")
    assignments = json.loads(get(f"{lab}/formgrader/api/assignments"))
    assert [(entry["name"], entry["status"]) for entry in assignments] == [(LIGHT, "draft")]
    assert assignments[0]["max_score"] == ASSIGNMENTS[LIGHT].auto_points + ASSIGNMENTS[LIGHT].manual_points
