"""Makes the release from the source: stubs that say what to write."""

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution

from graders.source import stub, without_markers


class SentenceStubs(ClearSolutions):
    """nbgrader's ClearSolutions with a stub for each task: ``### BEGIN SOLUTION: Return the count.`` raises that."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Replaces the solution regions of a cell; see nbconvert's Preprocessor."""
        if is_solution(cell):
            cell.source = stub(cell.source)
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


class WithoutMarkers(NbGraderPreprocessor):
    """Keeps the solutions and drops the delimiters around them, for the notebook that is handed out afterwards."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Removes the delimiter lines of a solution cell; see nbconvert's Preprocessor."""
        if is_solution(cell):
            cell.source = without_markers(cell.source)
        return cell, resources


class WithoutNoise(NbGraderPreprocessor):
    """Drops stderr from executed reference notebooks: TensorFlow's start-up lines carry times and process ids."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Removes stderr streams; see nbconvert's Preprocessor."""
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        return cell, resources


def hide(cell: NotebookNode) -> NotebookNode:
    """Takes the hidden tests and the mark scheme out of a cell, in place, as nbgrader does for the release."""
    ClearHiddenTests()._remove_hidden_test_region(cell)
    ClearMarkScheme()._remove_mark_scheme_region(cell)
    return cell
