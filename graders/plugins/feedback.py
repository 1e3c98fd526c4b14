"""What people see of a graded notebook: of a failed test its sentence alone, of students no script."""

from collections.abc import Iterable, Iterator

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters import ansi2html, strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_task
from traitlets import Integer

from graders.checks.ladder import NOT_NUMPY
from graders.plugins import pictures
from graders.plugins.reading import text_of
from graders.plugins.rendering import render
from graders.plugins.safe_html import plain
from graders.sealed.inside.wire import NO_INPUT, alt_text
from graders.source import stub_lines
from graders.text import one_line

LONGEST_STREAM = 1_000_000  # characters of what is printed at one place
_SHOWN = ("image/png", "image/jpeg", "text/plain")  # what is no text is made HTML, or left out


class HideTests(ClearHiddenTests):
    """nbgrader's ClearHiddenTests, which stops at the marks of hidden tests that a student has written."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clears a test of the course; see nbconvert's Preprocessor."""
        return super().preprocess_cell(cell, resources, cell_index) if is_grade(cell) else (cell, resources)


class HideMarkScheme(ClearMarkScheme):
    """nbgrader's ClearMarkScheme, which stops at the marks of a mark scheme that a student has written."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clears a question of the course; see nbconvert's Preprocessor."""
        return super().preprocess_cell(cell, resources, cell_index) if is_task(cell) else (cell, resources)


class OneSentence(NbGraderPreprocessor):
    """Replaces the stack trace of a failed test, which quotes hidden lines, by one sentence."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Rewrites the errors of all test cells; see nbconvert's Preprocessor."""
        self._code = _code_in(nb)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Rewrites the errors of a test cell; see nbconvert's Preprocessor."""
        if is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [sentence_of(output.ename, output.evalue, self._code)]
        return cell, resources


class SafeHTML(NbGraderPreprocessor):
    """Makes what a student showed fit for a page: no HTML but what is harmless, no kind that runs, and not too much."""

    most_outputs = Integer(1000, help="Outputs of a notebook that a page shows.").tag(config=True)
    most_megabytes = Integer(20, help="Of all outputs of a notebook that a page shows.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Cleans a notebook; see nbconvert's Preprocessor."""
        render.begin_page()
        self._outputs, self._bytes = self.most_outputs, self.most_megabytes * 10**6
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Cleans one cell; see nbconvert's Preprocessor."""
        if cell.cell_type == "raw":
            cell.source = plain(cell.source)
        cell.metadata.pop("alt", None)
        if "outputs" in cell:
            cell.outputs = list(self._shown(cell.outputs))
        return cell, resources

    def _shown(self, outputs: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
        """The outputs of a cell; a line in place of those for which the page has no room."""
        for output in outputs:
            self._outputs -= 1
            self._bytes -= sum(map(len, output.get("data", {}).values())) + len(output.get("text", ""))
            if self._outputs < 0 or self._bytes < 0:
                yield nbformat.v4.new_output("stream", text="... this page has no room for more outputs ...")
                return
            yield _harmless(output)


def _harmless(output: NotebookNode) -> NotebookNode:
    """An output of which every kind can be shown as it is."""
    if output.output_type == "error":
        output.traceback = ["\n".join(map(str, output.traceback))]
    if "data" in output:
        text = {kind: _text(value) for kind, value in output.data.items()}
        kept = [kind for kind in _SHOWN if kind in text and not _is_too_large(kind, text[kind])]
        output.data = NotebookNode({kind: text[kind] for kind in kept})
        for kind, way in (("latex", "markdown"), ("markdown", "markdown"), ("html", "html")):
            if f"text/{kind}" in text:
                output.data["text/html"] = of_student(render(way, text[f"text/{kind}"]))
        left_out = [kind for kind in text if kind.startswith(("image/", "application/pdf")) and kind not in kept]
        is_picture_lost = left_out and not any(kind.startswith(("image/", "text/html")) for kind in output.data)
        if is_picture_lost or not output.data:  # of a figure there is its size in words, too
            what = pictures.NOT_SHOWN if is_picture_lost else "an output of a kind that no page shows"
            output.data["text/plain"] = f"... {what} ..."
        # pages put the size of a picture into their HTML as it is
        output.metadata = NotebookNode(alt_text(output.get("metadata")))
    return output


def _is_too_large(kind: str, content: str) -> bool:
    """Whether it is a picture that a page does not show."""
    return kind.startswith("image/") and not pictures.kind_of(content)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "".join(map(str, value)) if isinstance(value, list) else ""


# --- the filters of pages: every way by which text becomes HTML -------------------------------------------------------


def of_student(page: str) -> str:
    """Keeps MathJax, which the formgrader's pages load, out of what a student has written: formulas are drawn already.

    Else they could make it run for long, place things over the page, and make links of its own.
    """
    return f'<div class="tex2jax_ignore">{page}</div>'


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """Markdown as HTML, in place of nbconvert's ``markdown2html``; the course's own may hold any HTML."""
    cell = context.get("cell", {})
    is_ours = cell.get("cell_type") == "markdown" and is_locked(cell) and source == cell.source
    page = render("markdown", source, attachments=cell.get("attachments", {}), trusted=is_ours)
    return page if is_ours else of_student(page)


def code_to_html(source: str, **_: object) -> str:
    """Code in colours, in place of nbconvert's ``highlight_code``."""
    return render("code", source)


def html_to_html(text: str) -> str:
    """Harmless HTML, in place of nbconvert's ``clean_html``."""
    return of_student(render("html", text))


def stream_to_html(text: str) -> str:
    """Text with the colours of a terminal, in place of nbconvert's ``ansi2html``, which copies it at each escape."""
    if len(text) > LONGEST_STREAM:
        text = text[:LONGEST_STREAM] + "\n... the rest is not shown here ..."
    if text.count("\x1b") * len(text) > 10**8:
        text = strip_ansi(text)
    return ansi2html(text)


FILTERS = {
    "markdown2html": markdown_to_html,
    "highlight_code": code_to_html,
    "clean_html": html_to_html,
    "ansi2html": stream_to_html,
}


def failures_of(notebook: dict) -> dict[str, str]:
    """The sentence of each failed test in a graded notebook, by grade id."""
    code = _code_in(notebook)
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: sentence_of(output["ename"], output["evalue"], code)
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
        for output in cell["outputs"]
        if output["output_type"] == "error"
    }


def _code_in(notebook: dict) -> str:
    return "\n".join(text_of(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")


def sentence_of(ename: str, evalue: str, code: str | None = None) -> str:
    """The failure of a test in one sentence.

    Args:
        ename: the name of what it raised.
        evalue: its text.
        code: of the notebook, in which a stub that is still to be written stands; where it is not given, a
            NotImplementedError is taken for a stub's.
    """
    plain_text = strip_ansi(evalue)
    message = one_line(plain_text)
    if ename in ("AssertionError", "Failure", "NotRun", "CellTimeoutError"):
        return message or "The test failed."
    if ename == "NotImplementedError" and (said := _said_by_a_stub(plain_text, code)) is not None:
        return f"Not written yet: {one_line(said)}"
    if ename == "NameError":
        return (
            f"{message[:1].upper()}{message[1:]}: no cell above defines it, or the one that does stopped with an error."
        )
    if ename == "StdinNotImplementedError":  # a kernel's word for it
        return f"The test stopped: {NO_INPUT}."
    hint = f" {NOT_NUMPY}" if "Cannot convert a symbolic" in message else ""
    return f"The test stopped with {one_line(ename)}{': ' if message else ''}{message}{hint}"


def _said_by_a_stub(text: str, code: str | None) -> str | None:
    """The sentence of a stub that a NotImplementedError tells; libraries raise others, and wrap that of a stub."""
    if code is None:
        return text
    begin = "raise NotImplementedError("
    stubs = {begin + line.partition(begin)[2].rstrip() for line in code.splitlines() if begin in line}
    lines = [line.strip().removeprefix("NotImplementedError: ") for line in text.splitlines()]
    return next((line for line in lines if stub_lines(line)[1] in stubs), None)
