"""The report on many references: a page, tables, plots and the executed notebooks."""

import csv
import datetime
import json
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat

from graders.course import Course
from graders.errors import InTheWayError
from graders.proof.references.run import Reference
from graders.proof.thresholds import record_path
from graders.templates import templates_in

FOLDERS = ("logs", "notebooks", "plots")
FILES = ("index.html", "metrics.csv", "references.json", "runs.csv", "summary.md")


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
    templates = templates_in(Path(__file__).parent)
    for name in ("index.html", "summary.md"):
        page = templates.get_template(f"{name}.j2").render(
            about=about, references=references, metrics=metrics, longest=max(one.seconds for one in references)
        )
        (folder / name).write_text(page, encoding="utf-8")


def _write_csv(path: Path, first: list, rows: list[dict]) -> None:
    times = ("seconds", "cpu_seconds", "slowest", "slowest_seconds")
    plain = ("assignment", *times, "memory_mib", "gpu_mib", "points", "max_points")
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
