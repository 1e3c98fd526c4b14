"""What people see of a graded notebook: of a failed test its sentence alone, and of students no script."""

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked

from graders.sealed.inside.wire import alt_text


class OneSentence(NbGraderPreprocessor):
    """Replaces the stack trace of a failed test, which quotes hidden lines, by one sentence."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Rewrites the errors of a test cell; see nbconvert's Preprocessor."""
        if is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [sentence_of(output.ename, output.evalue)]
        return cell, resources


class SafeHTML(NbGraderPreprocessor, SanitizeHTML):
    """Takes scripts and unsafe HTML out of what a student wrote or showed; the course's own prose stays as it is."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Cleans one cell; see nbconvert's Preprocessor."""
        if cell.cell_type == "markdown" and is_locked(cell):
            return cell, resources
        cell.metadata.pop("alt", None)
        for output in cell.get("outputs", []):
            if "metadata" in output:  # pages put the size of a picture into their HTML as it is
                output.metadata = NotebookNode(alt_text(output.metadata))
        return SanitizeHTML.preprocess_cell(self, cell, resources, cell_index)


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """Markdown as HTML, as nbconvert's ``markdown2html`` makes it, but ``[a link](javascript:...)`` leads nowhere."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, allow_harmful_protocols=False, attachments=attachments)
    return MarkdownWithMath(renderer=renderer).render(source)


def sentence_of(ename: str, evalue: str) -> str:
    """The failure of a test in one sentence, from the name and the text of what it raised."""
    message = " ".join(evalue.split())
    if ename in ("AssertionError", "Failure", "NotRun", "CellTimeoutError"):
        return message or "The test failed."
    if ename == "NotImplementedError":
        return f"Not written yet: {message}"
    if ename == "NameError":
        return f"{message[:1].upper()}{message[1:]}: the cell that defines it is missing, or stopped with an error."
    return f"The test stopped with {ename}: {message}"
