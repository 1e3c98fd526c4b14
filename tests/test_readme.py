"""What the README says of the course is so."""

import re

import pytest
from helpers import ASSIGNMENTS, NAMES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_readme_states_the_points(name):
    row = next(line for line in README.splitlines() if f"| `{name}` |" in line)
    points = re.search(r"\| (?P<auto>\d+)(?: \(\+ ?(?P<manual>\d+)\))? \|$", row)
    assert points, row
    assert (int(points["auto"]), int(points["manual"] or 0)) == (
        ASSIGNMENTS[name].auto_points,
        ASSIGNMENTS[name].manual_points,
    )


def test_readme_lists_the_assignments_in_the_order_of_the_course():
    assert re.findall(r"^\| \d+ \| `([^`]+)`", README, re.M) == NAMES


def test_readme_shows_a_figure_of_every_assignment_and_where_it_stands():
    assert sorted(re.findall(r"!\[[^\]]+\]\(docs/glance/([a-z]+)\.png\)", README)) == sorted(NAMES)
    assert {path.stem for path in (ROOT / "docs" / "glance").glob("*.png")} == set(NAMES)
    graph = re.search(r"Which builds on which:\n\n```mermaid\n(.*?)```", README, re.DOTALL)
    assert set(re.findall(r"[a-z]+", graph[1].split("\n", 1)[1])) == set(NAMES)


def test_every_target_of_make_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets
