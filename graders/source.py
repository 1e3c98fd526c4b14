"""Reads the source of an assignment: a percent script with short headers (CONTRIBUTING.md)."""

import ast
import base64
import enum
import re
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from graders.errors import CourseError

# What notebooks that train read from the environment (CONTRIBUTING.md): what is released and graded, and a few steps.
RELEASED = {"COURSE_BUDGET": "laptop", "COURSE_SEED": "0"}
PROOF = {"COURSE_BUDGET": "proof", "COURSE_SEED": "0"}


class Budget(enum.StrEnum):
    """How long notebooks train: as released, as a GPU allows, or a few steps."""

    LAPTOP = "laptop"
    GPU = "gpu"
    PROOF = "proof"


KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

HEADER = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?P<options>(?: .*)?)$")
PARTS = "parts"  # the folder of what notebooks share, beside source/: whatever lies in source/<a>/ is released
OPTION = re.compile(r'(?P<key>\w+)=(?:"(?P<text>[^"]*)"|(?P<number>\d+))(?=\s|$)')
SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)+$")
TEST = re.compile(r"-test(-\d+)?$")
PLACEHOLDER = "YOUR ANSWER HERE"  # in a text that a person grades

BEGIN_SOLUTION = re.compile(r"^\s*### BEGIN SOLUTION: (?P<sentence>\S.*\.)$")
END_SOLUTION = re.compile(r"^\s*### END SOLUTION$")
BEGIN_HIDDEN = re.compile(r"^\s*### BEGIN HIDDEN TESTS$")
END_HIDDEN = re.compile(r"^\s*### END HIDDEN TESTS$")
BEGIN_MARKS = re.compile(r"^=== BEGIN MARK SCHEME ===$")
END_MARKS = re.compile(r"^=== END MARK SCHEME ===$")
REGIONS = {
    "solution": (BEGIN_SOLUTION, END_SOLUTION),
    "test": (BEGIN_HIDDEN, END_HIDDEN),
    "answer": (BEGIN_MARKS, END_MARKS),
}
# Whatever looks like a delimiter has to be one: nbgrader would release a misspelt hidden test as it stands.
LOOKS_LIKE_A_DELIMITER = re.compile(
    r"\b(BEGIN|END)[ _-]*(SOLUTION|HIDDEN|MARK|TEST)|^\s*(#+|=+)\s*(BEGIN|END)\b", re.IGNORECASE
)


class SourceError(CourseError):
    """A mistake in a percent script, as one line: file, line, what is wrong and what to do."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}")


@dataclass
class Cell:
    """One cell of a percent script.

    Attributes:
        kind: ``prose``, ``code``, ``solution``, ``test`` or ``answer``; ``include`` until its part is read.
        slug: the task it belongs to; empty for prose and code; the name of a part.
        points: what a test or an answer is worth; 0 for the others.
        source: the text of the cell, without the comment marks of Markdown.
        line: the line of its header in the script, from 1.
        trained: a test that needs the training of the released budget, ``needs="training"``.
    """

    kind: str
    source: str
    line: int
    slug: str = ""
    points: int = 0
    grade_id: str = ""
    trained: bool = False


@dataclass
class Assignment:
    """A parsed and validated source script."""

    name: str
    path: Path
    cells: list[Cell] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Cell]:
        """The cells of one kind, in order."""
        return [cell for cell in self.cells if cell.kind == kind]

    @property
    def auto_points(self) -> int:
        """The points that the tests give."""
        return sum(cell.points for cell in self.of_kind("test"))

    @property
    def trained_points(self) -> int:
        """Those among them that need training; 0 for an assignment that does not train."""
        return sum(cell.points for cell in self.of_kind("test") if cell.trained)

    @property
    def files(self) -> Path:
        """The folder of the built notebook and of the files beside it."""
        return self.path.with_suffix("")

    @property
    def manual_points(self) -> int:
        """The points that a person gives."""
        return sum(cell.points for cell in self.of_kind("answer"))


def test_id(slug: str, number: int) -> str:
    """The grade id of a task's test, the first of which has number 1; `task_of` reads it."""
    return f"{slug}-test" + ("" if number == 1 else f"-{number}")


def task_of(grade_id: str) -> str:
    """The slug of the task that a graded cell belongs to: all tests of a task share it."""
    return TEST.sub("", grade_id)


def read_cells(path: Path, fragment: bool = False) -> list[Cell]:
    """Reads the cells of a percent script, those of the parts that it includes among them, and checks each by itself.

    A fragment (a fixture) holds answers as students write them: without delimiters, and perhaps not even Python.

    Raises:
        SourceError: at the first header, delimiter or line of code that is malformed.
    """
    text = path.read_text(encoding="utf-8")
    headers = [
        (number, HEADER.match(line), line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.startswith("# %%") or re.match(r"^#\s*%%", line)
    ]
    if not headers:
        raise SourceError(path, 1, "no cell: start each with a line '# %%' or '# %% [markdown]'")
    preamble = text.splitlines()[: headers[0][0] - 1]
    for number, line in enumerate(preamble, start=1):
        if line.strip() and not line.startswith("#"):
            raise SourceError(path, number, "code before the first '# %%' header: move it below one")
    body = "\n".join(text.splitlines()[headers[0][0] - 1 :]) + "\n"
    notebook = jupytext.reads(body, fmt="py:percent")
    if len(notebook.cells) != len(headers):
        raise SourceError(path, headers[0][0], "a string or comment holds a line that starts with '# %%': indent it")
    cells = []
    for (line, match, text_of_header), raw in zip(headers, notebook.cells, strict=True):
        cell = _cell(path, line, match, text_of_header, raw.source)
        if raw.cell_type != ("markdown" if match["markdown"] else "code"):
            raise SourceError(path, line, f"jupytext reads this as a {raw.cell_type} cell: is the header right?")
        if not fragment:
            _check_delimiters(path, cell)
        if not fragment and not match["markdown"]:
            _check_syntax(path, cell)
        cells += _included(path, cell) if cell.kind == "include" else [cell]
    return cells


def pictures_of(path: Path, cell: Cell) -> dict[str, dict[str, str]]:
    """What ``![a text](attachment:NAME.png)`` in prose shows, from parts/pictures/, as a notebook holds it.

    Raises:
        SourceError: if there is no such picture.
    """
    folder = path.resolve().parents[1] / PARTS / "pictures"
    found = {}
    for name in re.findall(r"\]\(attachment:([^)\s]+)\)", cell.source):
        if not (folder / name).is_file():
            there = ", ".join(sorted(picture.name for picture in folder.glob("*.png"))) or "none"
            raise SourceError(path, cell.line, f"no picture '{name}' in {PARTS}/pictures/: there are {there}")
        found[name] = {"image/png": base64.b64encode((folder / name).read_bytes()).decode()}
    return found


def _included(path: Path, cell: Cell) -> list[Cell]:
    """The cells of a part, in place of the cell that names it."""
    folder = path.resolve().parents[1] / PARTS
    known = sorted(part.stem for part in folder.glob("*.py"))
    if path.resolve().parent == folder:
        raise SourceError(path, cell.line, "a part includes no other: let the notebook include both")
    if cell.slug not in known:
        there = f"there are {', '.join(known)}" if known else "there are none"
        raise SourceError(path, cell.line, f"no part '{cell.slug}' in {PARTS}/: {there}")
    if cell.source:
        raise SourceError(path, cell.line + 1, "text below an include: start a cell of its own for it")
    part = folder / f"{cell.slug}.py"
    cells = read_cells(part)
    for one in cells:
        if one.kind not in ("prose", "code"):
            raise SourceError(part, one.line, f"a part holds prose and code alone: put the {one.kind} into a notebook")
    return cells


Options = dict[str, str | int]


def _cell(path: Path, line: int, match: re.Match | None, header: str, source: str) -> Cell:
    """The cell below a header; what the header says must go together."""
    if match is None:
        raise SourceError(path, line, f"malformed header '{header}': write '# %%' or '# %% [markdown]', then key=value")
    is_markdown = bool(match["markdown"])
    options = _options(path, line, match["options"])
    if "include" in options:
        if len(options) > 1 or is_markdown:
            raise SourceError(path, line, "include stands alone in its header: write '# %% include=\"setup\"'")
        return Cell("include", source, line, str(options["include"]))
    kind = _kind(path, line, options, is_markdown)
    if kind not in REGIONS:
        return Cell(kind, source, line)
    slug, points = _slug(path, line, options[kind]), _points(path, line, kind, options)
    return Cell(kind, source, line, slug, points, trained="needs" in options)


def _options(path: Path, line: int, text: str) -> Options:
    """The options in a header, ``test="vae-kl" points=2``."""
    options: Options = {}
    for option in OPTION.finditer(text):
        key = option["key"]
        if key in options:
            raise SourceError(path, line, f"'{key}' is given twice: keep one")
        options[key] = option["text"] if option["number"] is None else int(option["number"])
    left_over = OPTION.sub("", text).strip()
    if left_over:
        raise SourceError(
            path, line, f"cannot read '{left_over}' in the header: options look like test=\"conv-same\" points=2"
        )
    unknown = sorted(set(options) - set(REGIONS) - {"points", "needs", "include"})
    if unknown:
        raise SourceError(
            path, line, f"unknown option '{unknown[0]}': use solution, test, answer, points, needs or include"
        )
    return options


def _kind(path: Path, line: int, options: Options, is_markdown: bool) -> str:
    """What a cell is, by the options of its header."""
    kinds = [key for key in options if key in REGIONS]
    if "needs" in options and (options["needs"] != "training" or kinds != ["test"]):
        raise SourceError(path, line, 'needs on this cell cannot be read: only a test has it, as needs="training"')
    if len(kinds) > 1:
        raise SourceError(path, line, f"a cell cannot be both {' and '.join(kinds)}: split it")
    if not kinds:
        if "points" in options:
            raise SourceError(path, line, "points on a cell that is no test and no answer: remove them")
        return "prose" if is_markdown else "code"
    (kind,) = kinds
    if (kind == "answer") != is_markdown:
        wanted = "a [markdown] cell" if kind == "answer" else "a code cell"
        raise SourceError(path, line, f'{kind}="{options[kind]}" must be {wanted}: mend the header')
    return kind


def _slug(path: Path, line: int, slug: str | int) -> str:
    """The name of a task."""
    if not isinstance(slug, str) or not SLUG.match(slug):
        raise SourceError(path, line, f"'{slug}' is no slug: write <topic>-<task> in lower case, like \"vae-kl\"")
    if task_of(slug) != slug:
        raise SourceError(path, line, f"the slug '{slug}' ends as the id of a test does: rename it")
    return slug


def _points(path: Path, line: int, kind: str, options: Options) -> int:
    """What a test or an answer is worth; nothing for a solution."""
    points = options.get("points", 0)
    if kind == "solution":
        if "points" in options:
            raise SourceError(path, line, f"points on the solution '{options[kind]}': they belong to its test")
        return 0
    if not isinstance(points, int) or points < 1:
        raise SourceError(path, line, f"the {kind} '{options[kind]}' has no points: add points=1 or more")
    return points


def _check_delimiters(path: Path, cell: Cell) -> None:
    begin, end = REGIONS.get(cell.kind, (None, None))
    opened = 0
    regions = 0
    for number, line in enumerate(cell.source.splitlines(), start=cell.line + 1):
        if begin and begin.match(line):
            if opened:
                raise SourceError(path, number, f"a region begins inside the one of line {opened}: end that first")
            opened, regions = number, regions + 1
        elif end and end.match(line):
            if not opened:
                raise SourceError(path, number, "a region ends that never began: add its BEGIN line")
            opened = 0
        elif LOOKS_LIKE_A_DELIMITER.search(line):
            expected = {
                "solution": "'### BEGIN SOLUTION: <one sentence that says what to write>.' and '### END SOLUTION'",
                "test": "'### BEGIN HIDDEN TESTS' and '### END HIDDEN TESTS'",
                "answer": "'=== BEGIN MARK SCHEME ===' and '=== END MARK SCHEME ==='",
            }.get(cell.kind, "no delimiter at all in a cell without solution=, test= or answer=")
            raise SourceError(path, number, f"'{line.strip()}' is not a delimiter that works here: expected {expected}")
    if opened:
        raise SourceError(path, opened, "a region begins and never ends: add its END line")
    if cell.kind == "solution" and not regions:
        raise SourceError(
            path,
            cell.line,
            f"the solution '{cell.slug}' leaves no stub that raises: wrap it in "
            "'### BEGIN SOLUTION: <what to write>.' and '### END SOLUTION'",
        )
    if cell.kind == "answer" and not regions:
        raise SourceError(path, cell.line, f"the answer '{cell.slug}' has no mark scheme: add one")
    if cell.kind == "answer" and begin.match(cell.source.splitlines()[0]):
        raise SourceError(path, cell.line, f"the answer '{cell.slug}' has no question before its mark scheme: add it")


def _check_syntax(path: Path, cell: Cell) -> None:
    for what, text in (("the code", cell.source), ("the stub that students get", stub(cell.source))):
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            line = cell.line + (error.lineno or 1)
            raise SourceError(path, line, f"{what} is not plain Python (magics are not): {error.msg}") from None
    if cell.kind == "solution" and not any(_raises_not_implemented(node) for node in ast.walk(tree)):
        raise SourceError(path, cell.line, f"the stub of '{cell.slug}' does not raise: move BEGIN SOLUTION into code")


def _raises_not_implemented(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", None) == "NotImplementedError"
    )


def stub_lines(sentence: str) -> list[str]:
    """What stands in place of a solution in the release."""
    return ["# YOUR CODE HERE", f"raise NotImplementedError({_quoted(sentence)})"]


def _quoted(sentence: str) -> str:
    return '"' + sentence.replace("\\", "\\\\").replace('"', '\\"') + '"'


def stub(source: str) -> str:
    """The text of a solution cell as students get it: each region replaced by a line that raises its sentence."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        begin = BEGIN_SOLUTION.match(line)
        if begin:
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + new for new in stub_lines(begin["sentence"])]
            inside = True
        elif END_SOLUTION.match(line):
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def without_markers(source: str) -> str:
    """The text of a solution cell as someone would write it: without the delimiters."""
    return "\n".join(
        line for line in source.splitlines() if not (BEGIN_SOLUTION.match(line) or END_SOLUTION.match(line))
    )


def read_assignment(path: Path) -> Assignment:
    """Reads and validates the source of an assignment.

    Raises:
        SourceError: for a cell that is malformed, a duplicate slug, a solution without a test, a test
            without a solution before it, a task that no hidden test judges, or a picture that is not there.
    """
    assignment = Assignment(path.stem, path, read_cells(path))
    solutions: dict[str, Cell] = {}
    answers: set[str] = set()
    tests: dict[str, list[Cell]] = {}
    counters = {"prose": 0, "code": 0}
    for cell in assignment.cells:
        if cell.kind in counters:
            pictures_of(path, cell)
            counters[cell.kind] += 1
            cell.grade_id = f"{assignment.name}-{cell.kind}-{counters[cell.kind]:02d}"
        elif cell.kind == "test":
            if cell.slug not in solutions:
                raise SourceError(path, cell.line, f"the test '{cell.slug}' has no solution before it: add the task")
            tests[cell.slug].append(cell)
            cell.grade_id = test_id(cell.slug, len(tests[cell.slug]))
        else:
            if cell.slug in solutions or cell.slug in answers:
                raise SourceError(path, cell.line, f"the slug '{cell.slug}' is used twice: rename one")
            cell.grade_id = cell.slug
            if cell.kind == "answer":
                answers.add(cell.slug)
            else:
                solutions[cell.slug] = cell
                tests[cell.slug] = []
    for slug, cell in solutions.items():
        if not tests[slug]:
            raise SourceError(
                path, cell.line, f"the solution '{slug}' has no test: add '# %% test=\"{slug}\" points=1'"
            )
        if not any(BEGIN_HIDDEN.match(line) for test in tests[slug] for line in test.source.splitlines()):
            raise SourceError(path, tests[slug][0].line, f"no hidden test judges '{slug}': it could be hard-coded")
    return assignment


def to_notebook(assignment: Assignment) -> NotebookNode:
    """The source notebook: the cells with nbgrader's metadata, every id fixed, so that builds are byte-identical."""
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}})
    for cell in assignment.cells:
        make = nbformat.v4.new_markdown_cell if cell.kind in ("prose", "answer") else nbformat.v4.new_code_cell
        nbgrader = {
            "schema_version": 3,
            "grade_id": cell.grade_id,
            "grade": cell.kind == "test",
            "solution": cell.kind == "solution",
            "task": cell.kind == "answer",
            "locked": cell.kind != "solution",
        }
        if cell.points:
            nbgrader["points"] = cell.points
        pictures = pictures_of(assignment.path, cell) if cell.kind == "prose" else {}
        options = {"attachments": pictures} if pictures else {}
        notebook.cells.append(make(cell.source, id=cell.grade_id, metadata={"nbgrader": nbgrader}, **options))
        if cell.kind == "answer":
            # A task cell holds the question and the mark scheme and is locked: students write below it.
            notebook.cells.append(nbformat.v4.new_markdown_cell(PLACEHOLDER, id=f"{cell.grade_id}-answer"))
    return notebook
