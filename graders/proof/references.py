"""Runs the reference solutions at some budget, in plain kernels, and reports what they reach, how fast, and on what.

For a machine with a GPU above all: nothing else trains there. It runs on a CPU as well.
"""

import base64
import csv
import datetime
import gc
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import jinja2
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from graders.course import Course
from graders.errors import InTheWayError, MissingError
from graders.headings import under_headings
from graders.plugins.feedback import sentence_of
from graders.proof.thresholds import checks_of, record_path
from graders.source import Assignment, Budget, Cell, to_notebook

SECONDS_PER_CELL = 3600  # a cell that hangs must not hold a machine for the night
FOLDERS = ("logs", "notebooks", "plots")
FILES = ("index.html", "metrics.csv", "references.json", "runs.csv", "summary.md")
MEBIBYTE = 2**20


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


@dataclass(frozen=True)
class Metric:
    """A measured quantity, what tests ask of it, and what it was at the released budget over many seeds."""

    assignment: str
    quantity: str
    value: float
    at_least: list[float]
    at_most: list[float]
    released_mean: float | None
    released_sd: float | None

    @property
    def asked(self) -> str:
        """What the tests ask for, in words."""
        return ", ".join([f"≥ {limit:g}" for limit in self.at_least] + [f"≤ {limit:g}" for limit in self.at_most])

    @property
    def holds(self) -> bool:
        """Whether every test is content with it."""
        return all(self.value >= limit for limit in self.at_least) and all(
            self.value <= limit for limit in self.at_most
        )


# --- in a kernel ------------------------------------------------------------------------------------------------------


def machine() -> dict:
    """What this machine is, and which devices TensorFlow sees on it."""
    import psutil
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "cuda": tf.sysconfig.get_build_info().get("cuda_version"),
        "gpus": [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus],
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")  # Linux, where Python knows the architecture alone
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def state_of(name: str, namespace: dict) -> dict:
    """What a notebook that has been run has used, and what the checks measure of it; by the names of `Reference`."""
    import resource

    import tensorflow as tf

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    gpus = [gpu.name.removeprefix("/physical_device:") for gpu in tf.config.list_physical_devices("GPU")]
    checks = checks_of(name)
    values = checks.measure(namespace) if hasattr(checks, "measure") else {}
    return {
        "memory_mib": most / MEBIBYTE,
        "variables": dict(sorted(where_variables_live(gc.get_objects()).items())),
        "gpu_mib": sum(tf.config.experimental.get_memory_info(gpu)["peak"] for gpu in gpus) / MEBIBYTE,
        "metrics": {quantity: float(value) for quantity, value in values.items()},
        "at_least": getattr(checks, "THRESHOLDS", {}),
        "at_most": getattr(checks, "CEILINGS", {}),
    }


def where_variables_live(objects: list) -> Counter[str]:
    """How many of TensorFlow's floating-point variables live on each device; counters live on the CPU in any case."""
    import tensorflow as tf

    return Counter(
        one.device.rpartition("device:")[2] for one in objects if isinstance(one, tf.Variable) and one.dtype.is_floating
    )


def _ask(client: NotebookClient, question: str) -> dict:
    """What a function of this module answers in the kernel; the cell that asks does not stay in the notebook.

    Raises:
        RuntimeError: where it stops with an error.
    """
    text = f"from graders.proof import references\ndisplay({{'application/json': references.{question}}}, raw=True)"
    client.nb.cells.append(nbformat.v4.new_code_cell(text))
    outputs = client.execute_cell(client.nb.cells[-1], len(client.nb.cells) - 1).outputs
    del client.nb.cells[-1]
    for output in outputs:
        if output.output_type == "error":
            raise RuntimeError(f"{output.ename}: {output.evalue}")
        if "application/json" in output.get("data", {}):
            return output.data["application/json"]
    raise RuntimeError(f"{question} gave no answer")


# --- one notebook -----------------------------------------------------------------------------------------------------


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
    to live on a GPU where that is required. Whatever goes wrong is in `Reference.failures`.

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
    environment = os.environ | {"COURSE_BUDGET": budget.value, "COURSE_SEED": str(seed)}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
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


def metrics_of(course: Course, reference: Reference) -> list[Metric]:
    """The measured quantities of a run, beside what tests ask for and what docs/thresholds/ has of the same name."""
    path = record_path(course, reference.assignment)
    recorded = json.loads(path.read_text(encoding="utf-8")).values() if path.is_file() else ()
    found = []
    for quantity, value in reference.metrics.items():
        values = [run[quantity] for run in recorded if quantity in run]
        found.append(
            Metric(
                reference.assignment,
                quantity,
                value,
                reference.at_least.get(quantity, []),
                reference.at_most.get(quantity, []),
                statistics.mean(values) if values else None,
                statistics.stdev(values) if len(values) > 1 else None,
            )
        )
    return found


# --- the report -------------------------------------------------------------------------------------------------------


def claim(folder: Path) -> None:
    """Makes the folder of a report, or empties that of an earlier one.

    Raises:
        InTheWayError: if something else is in it.
    """
    if folder.exists() and not folder.is_dir():
        raise InTheWayError(f"{folder} is a file: name a folder with --output")
    others = {path.name for path in folder.iterdir()} - {*FOLDERS, *FILES} if folder.is_dir() else ()
    if others:
        raise InTheWayError(f"{folder} holds other files, such as {min(others)}: name another folder with --output")
    for part in FOLDERS:
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)


def write_report(course: Course, folder: Path, references: list[Reference], about: dict) -> None:
    """Writes the page, the tables, the plots and the executed notebooks.

    Args:
        course: whose references.
        folder: where `claim` was called on.
        references: what was run.
        about: the budget, the seed and the machine.
    """
    finished = datetime.datetime.now(datetime.UTC).isoformat("T", "minutes")
    about = about | {"commit": _commit(course.root), "finished": finished}
    metrics = [metric for reference in references for metric in metrics_of(course, reference)]
    for reference in references:
        nbformat.write(reference.notebook, folder / "notebooks" / f"{reference.assignment}.ipynb")
        for plot in reference.plots:
            (folder / plot.file).write_bytes(plot.png)
    rows = [reference.row for reference in references]
    record = about | {"references": rows}
    (folder / "references.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    _write_csv(folder / "runs.csv", [about["budget"], about["seed"]], rows)
    with (folder / "metrics.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["assignment", "quantity", "value", "asked", "released_mean", "released_sd"])
        for one in metrics:
            writer.writerow([one.assignment, one.quantity, one.value, one.asked, one.released_mean, one.released_sd])
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name and ".html" in name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    for name in ("index.html", "summary.md"):
        page = templates.get_template(f"{name}.j2").render(
            about=about, references=references, metrics=metrics, longest=max(one.seconds for one in references)
        )
        (folder / name).write_text(page, encoding="utf-8")


def _write_csv(path: Path, first: list, rows: list[dict]) -> None:
    plain = ("assignment", "seconds", "slowest", "slowest_seconds", "memory_mib", "gpu_mib", "points", "max_points")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["budget", "seed", *plain, "devices", "failures"])
        for row in rows:
            devices = "; ".join(f"{device}: {count}" for device, count in row["variables"].items())
            writer.writerow([*first, *(row[key] for key in plain), devices, "; ".join(row["failures"])])


def _commit(root: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):  # a kit or an archive is no repository
        return "unknown"
    return done.stdout.strip()
