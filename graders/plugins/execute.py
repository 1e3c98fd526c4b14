"""Runs a submission so that every test cell ends with an outcome: passed, failed, or not reached and why."""

import subprocess

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Integer

from graders.plugins.notes import add_note


class TolerantExecute(Execute):
    """nbgrader's Execute, which goes on where a kernel dies, hangs or floods, and where noise is no failure.

    - A kernel that dies or cannot be interrupted ends the run; points earned before it are kept.
    - Output beyond `max_output_bytes` a cell is dropped with a line that says so.
    - In a test cell only an error costs points: what it writes to stderr is shown as ordinary output, and a value is
      no partial credit.
    """

    max_output_bytes = Integer(1_000_000, help="Output kept of one cell.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict, km: object = None) -> tuple[NotebookNode, dict]:
        """Runs the notebook; see nbconvert's ExecutePreprocessor."""
        self._stopped: str | None = None
        self._kept: dict[int, int] = {}
        sentence = f"This cell ran longer than {self.timeout} s and was stopped."
        self.error_on_timeout = {"ename": "CellTimeoutError", "evalue": sentence, "traceback": [sentence]}
        nb, resources = super().preprocess(nb, resources, km)
        for cell in list(nb.cells):
            for output in cell.get("outputs", []):
                if output.output_type == "error" and output.ename == "CellTimeoutError":
                    add_note(nb, f"The cell {cell.id} ran longer than {self.timeout} s and was stopped.")
            if is_grade(cell):
                _calm(cell)
        if self._stopped:
            add_note(nb, self._stopped)
        if any(size > self.max_output_bytes for size in self._kept.values()):
            add_note(nb, f"Output beyond {self.max_output_bytes // 1000} kB a cell was dropped.")
        return nb, resources

    def start_new_kernel(self, **kwargs: object) -> None:
        """Starts the kernel; what it writes past its own streams (TensorFlow's start-up lines) goes nowhere."""
        super().start_new_kernel(stderr=subprocess.DEVNULL, **kwargs)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """Runs one cell, or records why it was not reached."""
        if cell.cell_type != "code":
            return cell, resources
        if self._stopped is None:
            try:
                return super().preprocess_cell(cell, resources, index)
            except DeadKernelError:
                self._stopped = f"The kernel died in the cell {cell.id}; no cell after it was run."
            except CellTimeoutError:
                self._stopped = (
                    f"The cell {cell.id} ran longer than {self.timeout} s and could not be stopped; "
                    "no cell after it was run."
                )
        cell.outputs = [*cell.get("outputs", []), _error("NotRun", self._stopped)]
        return cell, resources

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Takes a message of the kernel, unless the cell has said enough."""
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            size = _size(msg["content"])
            kept = self._kept.get(cell_index, 0)
            self._kept[cell_index] = kept + size
            if kept > self.max_output_bytes:
                return None
            if kept + size > self.max_output_bytes:
                text = msg["content"].get("text", "")[: self.max_output_bytes - kept]
                msg = {
                    **msg,
                    "msg_type": "stream",
                    "header": {**msg.get("header", {}), "msg_type": "stream"},
                    "content": {"name": "stdout", "text": text + "\n... the rest of this output was dropped ...\n"},
                }
        return super().process_message(msg, cell, cell_index)


def _size(content: dict) -> int:
    if "text" in content:
        return len(content["text"])
    return sum(len(str(item)) for item in content.get("data", {}).values())


def _calm(cell: NotebookNode) -> None:
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            output.name = "stdout"
        elif output.output_type == "execute_result":
            output.output_type = "display_data"
            output.pop("execution_count", None)


def _error(ename: str, evalue: str) -> NotebookNode:
    return NotebookNode(output_type="error", ename=ename, evalue=evalue, traceback=[evalue])
