"""What people see of a graded notebook: points by task, of a failed test its sentence alone, of students no script."""

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_task

from graders.headings import under_headings
from graders.sealed.inside.wire import alt_text
from graders.source import task_of


class PointsByTask(NbGraderPreprocessor):
    """Puts a table in front: the points of each task, and which answers wait for a person.

    nbgrader's own list calls every test "Test cell", and counts an answer that nobody has marked yet as 0 points.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Inserts the table as the first cell; see nbconvert's Preprocessor."""
        where = resources["nbgrader"]
        tasks: dict[str, tuple[str, list[Grade]]] = {}
        with Gradebook(where["db_url"]) as gradebook:
            found = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"])
            grades = {grade.cell.name: grade for grade in found.grades}
            for cell, heading in under_headings(nb.cells):
                if is_grade(cell) or is_task(cell):
                    name = cell.metadata.nbgrader.grade_id
                    title = heading.title if heading else where["notebook"]
                    tasks.setdefault(task_of(name), (title, []))[1].append(grades[name])
            lines = ["### Your points", "", "| | points |", "|---|---|"]
            lines += [_row(title, of_task) for title, of_task in tasks.values()]
            waiting = sum(grade.max_score for grade in grades.values() if grade.needs_manual_grade)
        if waiting:
            lines += ["", f"{waiting:g} points wait for a person: the score above counts them as 0 until then."]
        nb.cells.insert(0, nbformat.v4.new_markdown_cell("\n".join(lines), id="points-by-task"))
        return nb, resources


def _row(title: str, grades: list[Grade]) -> str:
    """A line of the table, with a link to the first test that failed."""
    lost = [grade for grade in grades if grade.score < grade.max_score]
    first = (lost or grades)[0]
    anchor = f"comment-{first.cell.name}" if first.cell.cell_type == "markdown" else first.cell.name
    points = f"{sum(grade.score for grade in grades):g} of {sum(grade.max_score for grade in grades):g}"
    if any(grade.needs_manual_grade for grade in grades):
        points = f"not marked yet, {sum(grade.max_score for grade in grades):g} at most"
    return f"| [{title}](#{anchor})&emsp; | {points} |"  # the page leaves no room between columns


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


def failures_of(notebook: dict) -> dict[str, str]:
    """The sentence of each failed test in a graded notebook, by grade id."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: sentence_of(output["ename"], output["evalue"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
        for output in cell["outputs"]
        if output["output_type"] == "error"
    }


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
