"""Runs one reference from start to end, with all its tests, and looks at what it reached."""

import base64
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from graders.errors import MissingError
from graders.headings import under_headings
from graders.libraries import ONE_THREAD, QUIET
from graders.plugins.feedback import sentence_of
from graders.source import Assignment, Budget, Cell, to_notebook

SECONDS_PER_CELL = 3600  # a cell that hangs must not hold a machine for the night


class NoGPUError(MissingError):
    """TensorFlow sees no GPU, where one was asked for."""


@dataclass
class Plot:
    """A figure of a notebook: the heading above it, what it shows in words, and its file in the report."""

    heading: str
    alt: str
    file: str
    png: bytes = field(repr=False)

    @property
    def data_url(self) -> str:
        """The picture itself, for a page that needs no other file."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass
class Reference:
    """What became of one reference.

    Attributes:
        seconds: wall time of its cells, tests included.
        cpu_seconds: processor time of its kernel from start to end, imports and tests included, of all threads.
        slowest: the cell that took longest, by its id.
        slowest_seconds: how long that took.
        memory_mib: the most memory that its process has had.
        variables: how many of its trained arrays lived on each device, such as ``{"GPU:0": 12}``; empty where none did.
        gpu_mib: the most memory that TensorFlow has had on the GPUs.
        points: what the tests gave.
        max_points: what the tests that were judged can give.
        metrics: what the checks measure of a trained network; empty for an assignment that does not train.
        at_least: what tests ask of them; ``at_most`` likewise.
        failures: what went wrong, a sentence each.
    """

    assignment: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    slowest: str = ""
    slowest_seconds: float = 0.0
    memory_mib: float = 0.0
    variables: dict[str, int] = field(default_factory=dict)
    gpu_mib: float = 0.0
    points: int = 0
    max_points: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    at_least: dict[str, list[float]] = field(default_factory=dict)
    at_most: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list, repr=False)
    notebook: NotebookNode = field(default_factory=nbformat.v4.new_notebook, repr=False)

    @property
    def row(self) -> dict:
        """Its numbers alone, as JSON takes them."""
        return asdict(self, dict_factory=lambda pairs: {k: v for k, v in pairs if k not in ("plots", "notebook")})


def look_at_machine(log: Path, require_gpu: bool = False) -> dict:
    """What `machine` says, in a kernel that has ended when this returns, so that it holds no GPU.

    Args:
        log: a file for what the kernel writes, such as why TensorFlow does not find a library.
        require_gpu: whether there has to be a GPU.

    Raises:
        NoGPUError: if TensorFlow sees none and one is required.
    """
    client = NotebookClient(nbformat.v4.new_notebook(), allow_errors=True)
    with log.open("wb") as stream, client.setup_kernel(stderr=stream):
        found = _ask(client, "machine()")
    if require_gpu and not found["gpus"]:
        raise NoGPUError(
            f"no GPU: TensorFlow {found['tensorflow']} sees none here. `nvidia-smi` tells whether there is a driver, "
            f"`make cuda` installs the libraries, and {log} says what TensorFlow looked for."
        )
    return found


def run_reference(
    assignment: Assignment, budget: Budget, log: Path, seed: int = 0, require_gpu: bool = False
) -> Reference:
    """Runs the reference of an assignment with its tests, public and hidden, in a kernel in a folder of its own.

    With a few steps of training, the tests that need training are left out. The network of a reference that trains has
    to live on a GPU where that is required. Where it need not, it has one thread, unless the environment says how many:
    so its processor time is what grading it costs. Whatever goes wrong is in `Reference.failures`.

    Args:
        assignment: whose reference.
        budget: how long it trains.
        log: a file for what the kernel writes.
        seed: of its first weights and of the order of its data.
        require_gpu: whether it fails where no GPU was used.
    """
    notebook = to_notebook(assignment)
    cells = {cell.grade_id: cell for cell in assignment.cells}
    reference = Reference(assignment.name, notebook=notebook)
    environment = ({} if budget == Budget.GPU else ONE_THREAD) | os.environ
    environment |= {"COURSE_BUDGET": budget.value, "COURSE_SEED": str(seed), "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    environment |= QUIET
    with tempfile.TemporaryDirectory() as folder:
        if assignment.files.is_dir():
            shutil.copytree(assignment.files, folder, dirs_exist_ok=True)
        client = NotebookClient(
            notebook, timeout=SECONDS_PER_CELL, allow_errors=True, resources={"metadata": {"path": folder}}
        )
        try:
            with log.open("wb") as stream, client.setup_kernel(env=environment, stderr=stream):
                for place, one in enumerate(notebook.cells):
                    cell = cells.get(one.id)
                    if one.cell_type == "code" and not (cell.trained and budget == Budget.PROOF):
                        _run_cell(client, place, cell, reference)
                for key, value in _ask(client, f"state_of({assignment.name!r}, globals())").items():
                    setattr(reference, key, value)
        except CellTimeoutError:
            reference.failures.append(f"a cell ran longer than {SECONDS_PER_CELL} s, and the run ended there")
        except DeadKernelError:
            reference.failures.append("its kernel died, perhaps for want of memory")
        except RuntimeError as error:
            reference.failures.append(f"it could not be measured: {error}")
    if require_gpu and not used_gpu(assignment, reference):
        reference.failures.append(f"its network was not on a GPU, but on {', '.join(reference.variables) or 'nothing'}")
    reference.plots = list(_plots(reference))
    return reference


def used_gpu(assignment: Assignment, reference: Reference) -> bool:
    """Whether any trained array lived on a GPU; nothing is asked of an assignment that does not train."""
    return not assignment.trained_points or any(device.startswith("GPU") for device in reference.variables)


def _run_cell(client: NotebookClient, place: int, cell: Cell, reference: Reference) -> None:
    begun = time.perf_counter()
    outputs = client.execute_cell(client.nb.cells[place], place).outputs
    seconds = time.perf_counter() - begun
    reference.seconds += seconds
    if seconds > reference.slowest_seconds:
        reference.slowest, reference.slowest_seconds = cell.grade_id, seconds
    errors = [sentence_of(one.ename, one.evalue) for one in outputs if one.output_type == "error"]
    reference.failures += [f"{cell.grade_id}: {error}" for error in errors]
    if cell.kind == "test":
        reference.max_points += cell.points
        reference.points += 0 if errors else cell.points


def _plots(reference: Reference) -> Iterator[Plot]:
    count = 0
    for cell, heading in under_headings(reference.notebook.cells):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                count += 1
                alt = output.metadata.get("image/png", {}).get("alt") or f"Figure {count} of {reference.assignment}"
                png = base64.b64decode(output.data["image/png"])
                title = heading.plain if heading else reference.assignment
                yield Plot(title, alt, f"plots/{reference.assignment}-{count:02d}.png", png)


def _ask(client: NotebookClient, question: str) -> dict:
    """What a function of `probe` answers in the kernel; the cell that asks does not stay in the notebook.

    Raises:
        RuntimeError: where it stops with an error.
    """
    text = f"from graders.proof.references import probe\ndisplay({{'application/json': probe.{question}}}, raw=True)"
    client.nb.cells.append(nbformat.v4.new_code_cell(text))
    outputs = client.execute_cell(client.nb.cells[-1], len(client.nb.cells) - 1).outputs
    del client.nb.cells[-1]
    for output in outputs:
        if output.output_type == "error":
            raise RuntimeError(f"{output.ename}: {output.evalue}")
        if "application/json" in output.get("data", {}):
            return output.data["application/json"]
    raise RuntimeError(f"{question} gave no answer")
