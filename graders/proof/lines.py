"""How many lines of code a notebook gives, and how many its students write."""

import ast
from dataclasses import dataclass

from graders.source import REGIONS, Assignment, Cell

MOST = 5  # lines given for each that students write (CONTRIBUTING.md)


@dataclass(frozen=True)
class Lines:
    """Lines of code, without blank lines, comments and docstrings.

    Attributes:
        given: in locked cells, those of parts that every notebook includes among them; tests are not counted.
        own: between the delimiters of the reference's solutions.
    """

    given: int
    own: int

    @property
    def ratio(self) -> float:
        """How many lines are given for each that students write."""
        return self.given / self.own


def lines_of(assignment: Assignment) -> Lines:
    """Counts the lines of an assignment."""
    given = sum(len(_code_lines(cell.source)) for cell in assignment.of_kind("code"))
    return Lines(given, sum(_own(cell) for cell in assignment.of_kind("solution")))


def _code_lines(source: str) -> set[int]:
    """The numbers of lines that hold code."""
    told = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            told.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(source.splitlines(), start=1)
    return {number for number, line in lines if line.strip() and not line.strip().startswith("#")} - told


def _own(cell: Cell) -> int:
    begin, end = REGIONS["solution"]
    lines = cell.source.splitlines()
    first = next(number for number, line in enumerate(lines, start=1) if begin.match(line))
    last = next(number for number, line in enumerate(lines, start=1) if end.match(line))
    return len(_code_lines(cell.source) & set(range(first, last)))
