"""The rooms of `graders`: imports point down and form no circle, and what a person can mend is one hierarchy."""

import ast
import graphlib
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from helpers import ROOT

import graders
from graders import errors
from graders.errors import CourseError

GRADERS = ROOT / "graders"


def imported(path: Path) -> Iterator[str]:
    """The rooms that a module imports from, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"graders.{one.name}" for one in node.names] if node.module == "graders" else [node.module]
        else:
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        yield from (name.split(".")[1] for name in names if name.startswith("graders."))


def test_imports_between_rooms_form_no_circle():
    rooms: dict[str, set[str]] = {}
    for path in GRADERS.rglob("*.py"):
        room = path.relative_to(GRADERS).parts[0].removesuffix(".py")
        rooms.setdefault(room, set()).update(one for one in imported(path) if one != room)
    assert {"checks", "sealed", "plugins", "proof", "classroom", "kit"} <= rooms.keys()
    tuple(graphlib.TopologicalSorter(rooms).static_order())  # raises a CycleError that names the circle


def test_no_module_is_longer_than_one_reads_at_once():
    """CONTRIBUTING.md: a module of checks past 900 lines becomes a package, by the notebook's parts."""
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in GRADERS.rglob("*.py")}
    assert not {path: count for path, count in lines.items() if count > 900}


def test_the_diagram_of_errors_shows_all_of_them():
    for module in pkgutil.walk_packages(graders.__path__, "graders."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type) -> Iterator[str]:
        yield kind.__name__
        for one in kind.__subclasses__():
            yield from below(one)

    assert sorted(below(CourseError)) == sorted(re.findall(r"\b\w+Error\b", errors.__doc__))
