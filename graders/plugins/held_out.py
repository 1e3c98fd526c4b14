"""Keeps what hidden tests gave to a student's functions out of the page that the student gets back.

Whoever has been called by a test may keep what it was given, and show it later. So a page shows nothing of what a
student's code has shown from the first hidden test on, but what it had shown when it was handed in.
"""

import ast
import builtins
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from graders.checks.ladder import NOT_NUMPY
from graders.plugins.reading import best_notebook, outputs_handed_in
from graders.plugins.release import hide
from graders.sealed.inside.allowance import Allowance
from graders.sealed.inside.wire import NO_INPUT
from graders.sealed.outputs import THEIRS, outputs_of
from graders.source import stub

AS_HANDED_IN = "Output as you handed it in:\n"
NOT_SHOWN = "What this cell showed while it was graded is not shown here: it ran after a hidden test."
ENDED = "While it was graded, this cell ended with {}."
_OURS = {"AssertionError", "Failure", "NotRun", "CellTimeoutError"}  # the errors whose text a check has written
_LONGEST_SENTENCE = 400  # characters; ours are shorter, and may quote a name or a value that came back
_MOST_BYTES = 10_000_000  # of outputs of the notebook that was handed in
_FILLED_IN = ".{0,160}"  # what a sentence of given code may quote at each place: six numbers of 17 digits, in rows
_LONGEST_TEXT = 1000  # characters of what may be such a sentence: matching takes longer for more
_SHORT = 20  # characters: a longer text of a public test is no secret, and is not measured
_STOPPED = re.compile(r" stopped with (\w+)(: .*)?\.$", re.DOTALL)
_NOT_WRITTEN = re.compile(r"^(\w+ is not written yet: )(.*)$", re.DOTALL)
_OF_LIBRARIES = {  # by name, as the page knows no class
    *("LinAlgError", "AxisError", "UFuncTypeError", "JSONDecodeError"),
    *("InvalidArgumentError", "ResourceExhaustedError", "NotFoundError", "UnimplementedError", "InternalError"),
}


class WithoutHeldOut(NbGraderPreprocessor):
    """From the first hidden test on, shows of each cell the outputs that were handed in, and of tests their sentence.

    The graded notebook itself, which instructors look at, keeps all outputs of the run.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Replaces outputs; must come while hidden tests are still in the notebook. See nbconvert's Preprocessor."""
        coursedir = self.parent.parent.coursedir  # preprocessor -> exporter -> converter
        names = resources["nbgrader"]
        name = f"{names['notebook']}.ipynb"
        submitted = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        source = Path(coursedir.format_path(coursedir.source_directory, ".", names["assignment"])) / name
        return without_held_out(
            nb, outputs_handed_in(best_notebook(Path(submitted) / name)), Given.read(source)
        ), resources


@dataclass(frozen=True)
class Given:
    """What the code that students are given says itself, and a page may therefore repeat.

    Attributes:
        stubs: the texts of the stubs.
        errors: the class of each error that given code raises with a sentence, and the form of that sentence.
        texts: what public tests name things and explain, the longest first.
    """

    stubs: str = ""
    errors: tuple[tuple[str, re.Pattern], ...] = ()
    texts: tuple[str, ...] = ()

    @classmethod
    def read(cls, source: Path) -> "Given":
        """Reads it from the source notebook of an assignment, and the modules beside it."""
        if not source.is_file():
            return cls()
        cells = [cell for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"]
        given = [cell.source for cell in cells if not is_solution(cell) and not is_grade(cell)]
        given += [path.read_text(encoding="utf-8") for path in sorted(source.parent.glob("*.py"))]
        public = [hide(NotebookNode(source=cell.source)).source for cell in cells if is_grade(cell)]
        return cls(
            "\n".join(stub(cell.source) for cell in cells if is_solution(cell)),
            tuple(error for code in given for error in errors_raised_in(code)),
            tuple(sorted({text for code in public for text in texts_in(code)}, key=len, reverse=True)),
        )

    def says(self, ename: str, evalue: str) -> bool:
        """Whether an error is one that the given code raises, with what came back or what a public test says."""
        if len(evalue) > _LONGEST_TEXT:
            return False
        shorter = evalue
        for text in self.texts:
            shorter = shorter.replace(text, "")
        return any(ename == name and (form.fullmatch(evalue) or form.fullmatch(shorter)) for name, form in self.errors)


def errors_raised_in(code: str) -> Iterator[tuple[str, re.Pattern]]:
    """The errors that code raises with a sentence: their classes, and the forms of their sentences."""
    for node in _nodes_of(code):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr() | ast.Constant() as text])):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                forms = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else _FILLED_IN for part in parts]
                # Places beside each other are one: each place more would multiply the ways to try.
                forms = [form for form, _ in itertools.groupby(forms)]
                if forms != [_FILLED_IN]:
                    yield name, re.compile("".join(forms), re.DOTALL)


def texts_in(code: str) -> Iterator[str]:
    """The texts in code, those within f-strings too, but for short ones."""
    for node in _nodes_of(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > _SHORT:
            yield node.value


def _nodes_of(code: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(code))
    except SyntaxError:  # a cell with a magic command
        return


def without_held_out(nb: NotebookNode, handed_in: dict[str, list[list]], given: Given = Given()) -> NotebookNode:
    """A graded notebook with outputs that hold nothing of hidden tests.

    Args:
        nb: what was graded, with the hidden tests still in it; its outputs are replaced in place.
        handed_in: what each code cell showed when it was handed in; see `outputs_handed_in`. It is used up.
        given: what the code that students were given says itself.
    """
    allowance = Allowance(1_000_000, _MOST_BYTES)
    hidden = False
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        before = handed_in.get(cell.source.strip())
        outputs = before.pop(0) if before else None
        hidden = hidden or _has_hidden_tests(cell)
        if hidden and is_grade(cell):
            cell.outputs = [_sentence_alone(one, given) for one in cell.outputs if one.output_type == "error"]
        elif hidden:
            cell.outputs = list(_as_handed_in(cell, outputs, allowance))
    return nb


def _has_hidden_tests(cell: NotebookNode) -> bool:
    return is_grade(cell) and hide(NotebookNode(source=cell.source)).source != cell.source


def _as_handed_in(cell: NotebookNode, outputs: list | None, allowance: Allowance) -> Iterator[NotebookNode]:
    """What is shown of a cell that is no test: how it ended, if it is of the assignment, and what was handed in.

    How the student's own cells ended is not said: a notebook may have thousands of them, and each would tell something.
    """
    if "nbgrader" in cell.metadata:
        for error in [one.ename for one in cell.outputs if one.output_type == "error"][:1]:
            yield _line(ENDED.format(_known(error)))
    if outputs is None:
        yield _line(NOT_SHOWN)
    elif shown := outputs_of(_in_one_piece(outputs), allowance, 0.0):
        yield _line(AS_HANDED_IN)
        for output in shown:
            if output["output_type"] == "execute_result":
                output["execution_count"] = cell.execution_count
            yield nbformat.from_dict(output)


def _in_one_piece(outputs: list) -> list:
    """Outputs whose texts are not split into lines, as files have them."""
    joined = []
    for output in outputs:
        if isinstance(output, dict):
            data = output.get("data")
            data = {kind: _joined(text) for kind, text in data.items()} if isinstance(data, dict) else {}
            joined.append({**output, "text": _joined(output.get("text")), "data": data})
    return joined


def _joined(text: object) -> object:
    return "".join(line for line in text if isinstance(line, str)) if isinstance(text, list) else text


def _line(text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=text if text.endswith("\n") else f"{text}\n")


def _known(name: str) -> str:
    """The class of an error with its article, if it is not one of the student's own, whose name could say anything."""
    known = getattr(builtins, name, None)
    if name in _OF_LIBRARIES or (isinstance(known, type) and issubclass(known, BaseException)):
        return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    return "an error"


def _sentence_alone(error: NotebookNode, given: Given) -> NotebookNode:
    """The failure of a test without the text of an error that the student's code has raised."""
    text, name = error.evalue, error.ename
    if given.says(name, text):
        pass
    elif name == "EOFError" and text == NO_INPUT:
        name, text = "Failure", f"The test stopped: {NO_INPUT}."
    elif name in _OURS and not "".join(error.traceback[:1]).startswith(THEIRS):
        if stopped := _STOPPED.search(text):
            hint = f" {NOT_NUMPY}" if text.endswith(NOT_NUMPY) else ""
            text = f"{text[: stopped.start()]} stopped with {_known(stopped.group(1))}.{hint}"
        elif (waits := _NOT_WRITTEN.match(text)) and waits.group(2) not in given.stubs:
            text = f"{waits.group(1)}replace the stub with your code."
    elif name == "NotImplementedError" and text in given.stubs:
        pass
    elif name == "NameError":
        match = re.match(r"name '\w{1,40}' is not defined", text)
        text = match.group() if match else "a name is not defined"
    else:
        name, text = "Failure", f"The test stopped with {_known(name)}."
    text = text[:_LONGEST_SENTENCE]
    return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[text])
