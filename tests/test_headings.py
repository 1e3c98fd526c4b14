"""Notebooks have one form (CONTRIBUTING.md): tasks that say what they are worth, numbered sections, true references."""

import ast
import re
from collections.abc import Iterator

import pytest
from helpers import ASSIGNMENTS, NAMES, ROOT

from graders.headings import Heading, headings_in, under_headings
from graders.proof.lines import MOST, lines_of
from graders.source import Cell, task_of, to_notebook

SECTION = re.compile(r"(\d+(?:\.\d+)?) \S.*")
TASK = re.compile(
    r"\d+\.\d+ (?P<kind>Task|Question) (?P<number>\d+): \S.* \((?P<points>\d+ points?)(?P<by_hand>, by hand)?\)"
)
TIME = re.compile(
    r"^\*\*Time\*\*: about \d+ minutes\. There are (\d+) tasks, worth (\d+) points, "
    r"and one written question, worth (\d+)\.$",
    re.MULTILINE,
)
# A reference to a section of the notebook; of a paper, of the lecture or of another notebook it follows a comma.
REFERENCE = re.compile(r"(?<!, )\bsections? (\d+(?:\.\d+)*)", re.IGNORECASE)
SEE = re.compile(r"\bsee section\b ?(\d+(?:\.\d+)*)?", re.IGNORECASE)


def headings_of(name: str) -> list[Heading]:
    return [found for cell in ASSIGNMENTS[name].cells if _is_text(cell) for found in headings_in(cell.source)]


def _is_text(cell: Cell) -> bool:
    return cell.kind in ("prose", "answer")


def sections_of(name: str) -> list[str]:
    """The numbers of the sections and of their parts."""
    return [found[1] for heading in headings_of(name) if (found := SECTION.fullmatch(heading.text))]


def plural(points: int) -> str:
    return f"{points} point{'s' if points != 1 else ''}"


@pytest.mark.parametrize("name", NAMES)
def test_sections_and_their_parts_are_numbered_to_the_last(name):
    title, how, *rest = headings_of(name)
    assert (title.level, how) == (1, Heading(2, "How this notebook works"))
    assert {heading.level for heading in rest} == {2, 3}
    numbers, section, part = [], 0, 0
    for heading in rest:
        section, part = (section + 1, 0) if heading.level == 2 else (section, part + 1)
        numbers.append((heading.level, str(section) if heading.level == 2 else f"{section}.{part}"))
    assert [(heading.level, heading.text.split()[0]) for heading in rest] == numbers
    assert [heading.text for heading in rest if heading.level == 2][-1] == f"{section} What you have learnt"


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_a_heading_with_its_number_and_its_points(name):
    cells = ASSIGNMENTS[name].cells
    points: dict[str, int] = {}
    for cell in cells:
        points[cell.slug] = points.get(cell.slug, 0) + cell.points
    tasks = [cell for cell in cells if cell.kind in ("solution", "answer")]
    above = {cell.id: heading.text for cell, heading in under_headings(to_notebook(ASSIGNMENTS[name]).cells) if heading}
    counts = {"Task": 0, "Question": 0}
    for cell in tasks:
        kind = "Task" if cell.kind == "solution" else "Question"
        counts[kind] += 1
        found = TASK.fullmatch(above[cell.grade_id])
        assert found, f"{cell.grade_id}: '{above[cell.grade_id]}'"
        said = (found["kind"], int(found["number"]), found["points"], bool(found["by_hand"]))
        assert said == (kind, counts[kind], plural(points[cell.slug]), kind == "Question"), cell.grade_id
    looks_like_one = re.compile(r"Task \d|Question \d|\d points?\b")
    assert [heading.text for heading in headings_of(name) if looks_like_one.search(heading.text)] == [
        above[cell.grade_id] for cell in tasks
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_first_cell_says_what_is_learnt_and_how_long_it_takes(name):
    assignment = ASSIGNMENTS[name]
    first = assignment.cells[0].source
    assert "\n**What you will learn**\n" in first
    said = [tuple(map(int, found)) for found in TIME.findall(first)]
    assert said == [(len(assignment.of_kind("solution")), assignment.auto_points, assignment.manual_points)]
    assert len(assignment.of_kind("answer")) == 1


# --- references -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_sections_that_a_notebook_refers_to_exist(name):
    text = {cell.grade_id: " ".join(cell.source.split()) for cell in ASSIGNMENTS[name].cells}
    named = {(place, found) for place, source in text.items() for found in REFERENCE.findall(source)}
    assert [(place, section) for place, section in named if section not in sections_of(name)] == []


def definitions_of(name: str) -> dict[str, list[ast.stmt]]:
    """What the checks of an assignment define, by name, in a module or a package."""
    checks = ROOT / "graders" / "checks"
    found: dict[str, list[ast.stmt]] = {}
    for path in [checks / f"{name}.py", *(checks / name).glob("*.py")]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else ():
            targets = node.targets if isinstance(node, ast.Assign) else [node]
            for target in targets:
                label = getattr(target, "name", getattr(target, "id", None))
                found.setdefault(label or f"line {node.lineno}", []).append(node)
    return found


def names_in(nodes: list[ast.stmt]) -> set[str]:
    walked = [node for top in nodes for node in ast.walk(top)]
    return {node.id for node in walked if isinstance(node, ast.Name)} | {
        node.attr for node in walked if isinstance(node, ast.Attribute)
    }


def sections_named(nodes: list[ast.stmt]) -> Iterator[str]:
    """The sections that sentences tell to see; empty where the number is not written there."""
    for node in (node for top in nodes for node in ast.walk(top)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from SEE.findall(node.value)


def judges_of(name: str) -> dict[str, set[str]]:
    """The sections and their parts where the tests stand that use a definition of the checks, by its name."""
    definitions = definitions_of(name)
    uses = {label: names_in(nodes) & definitions.keys() for label, nodes in definitions.items()}
    found: dict[str, set[str]] = {label: set() for label in definitions}
    of_task: dict[str, str] = {}
    for cell, heading in under_headings(to_notebook(ASSIGNMENTS[name]).cells):
        options = cell.metadata.get("nbgrader", {})
        if options.get("solution"):
            of_task[cell.id] = heading.text
        if not (options.get("grade") and heading):
            continue
        parts = {text.split()[0] for text in (heading.text, of_task[task_of(cell.id)])}
        reached, waiting = set(), names_in(ast.parse(cell.source).body) & definitions.keys()
        while waiting:
            label = waiting.pop()
            reached.add(label)
            waiting |= uses[label] - reached
        for label in reached:
            found[label] |= parts | {part.split(".")[0] for part in parts}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_sentences_of_checks_send_to_the_section_of_their_task(name):
    judged = judges_of(name)
    named = {(label, section) for label, nodes in definitions_of(name).items() for section in sections_named(nodes)}
    assert len(named) >= len(ASSIGNMENTS[name].of_kind("solution"))
    assert sorted((label, section) for label, section in named if section not in judged[label]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_gives_at_most_five_lines_for_each_that_students_write(name):
    assert lines_of(ASSIGNMENTS[name]).ratio <= MOST
