"""How far thresholds on trained networks are from what the reference reaches, over many seeds of its training."""

import importlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import t as student_t

from graders.rehearsal import rehearsal_of
from graders.source import RELEASED, Assignment

MOST_FALSE_FAILURES = 1e-3


@dataclass(frozen=True)
class Margin:
    """A quantity over seeds, against one of its thresholds.

    Attributes:
        quantity: what is measured.
        threshold: what the test asks for.
        values: one for each seed.
    """

    quantity: str
    threshold: float
    values: list[float]

    @property
    def false_failure_rate(self) -> float:
        """The chance that one more seed is below the threshold: Student's t for a new draw from a normal."""
        n, mean, sd = len(self.values), float(np.mean(self.values)), float(np.std(self.values, ddof=1))
        return float(student_t.cdf((self.threshold - mean) / (sd * math.sqrt(1 + 1 / n)), df=n - 1))


def measure(assignment: Assignment, seed: int) -> dict[str, float]:
    """Runs the reference at the released budget with a seed, without its tests; what the checks measure of it.

    The module of checks defines ``measure(namespace)`` and ``THRESHOLDS``, quantities and numbers by the same names.
    """
    with rehearsal_of(assignment, RELEASED | {"COURSE_SEED": str(seed)}) as rehearsal:
        for cell in assignment.cells:
            if cell.kind in ("code", "solution"):
                error = rehearsal.run(cell.source, cell.grade_id)
                if error:
                    raise RuntimeError(f"{assignment.path}:{cell.line}: the reference stops with {error}")
        return checks_of(assignment.name).measure(rehearsal.namespace)


def checks_of(name: str) -> object:
    """The module of checks of an assignment."""
    return importlib.import_module(f"graders.checks.{name}")


def record_path(root: Path, name: str) -> Path:
    """Where the values are kept: docs/thresholds/<a>.json."""
    return root / "docs" / "thresholds" / f"{name}.json"


def write_record(root: Path, name: str, by_seed: dict[int, dict[str, float]]) -> None:
    """Writes the values of each seed."""
    path = record_path(root, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = {str(seed): {key: round(value, 4) for key, value in by_seed[seed].items()} for seed in sorted(by_seed)}
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def margins(root: Path, name: str) -> list[Margin]:
    """The recorded values against today's thresholds, one for each threshold."""
    by_seed = json.loads(record_path(root, name).read_text(encoding="utf-8"))
    return [
        Margin(quantity, threshold, [values[quantity] for values in by_seed.values()])
        for quantity, thresholds in checks_of(name).THRESHOLDS.items()
        for threshold in thresholds
    ]
