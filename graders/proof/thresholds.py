"""How far thresholds on trained networks are from what the reference reaches, over many seeds of its training."""

import importlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.stats import t as student_t

from graders.course import Course
from graders.proof.rehearsal import rehearsal_of
from graders.source import RELEASED, Assignment

MOST_FALSE_FAILURES = 1e-3


@dataclass(frozen=True)
class Margin:
    """A quantity over seeds, against one of its thresholds.

    Attributes:
        quantity: what is measured.
        threshold: what the test asks for.
        values: one for each seed.
        at_most: whether the test asks for no more than the threshold, rather than no less.
    """

    quantity: str
    threshold: float
    values: list[float]
    at_most: bool = False

    @property
    def standard_deviations(self) -> float:
        """How far the mean is on the good side of the threshold; 0 where seeds do not differ and the mean is on it."""
        distance = (self.threshold - float(np.mean(self.values))) * (1 if self.at_most else -1)
        sd = float(np.std(self.values, ddof=1))
        return distance / sd if sd else math.copysign(math.inf, distance) if distance else 0.0

    @property
    def worst(self) -> float:
        """The value that is nearest to the threshold, or furthest beyond it."""
        return max(self.values) if self.at_most else min(self.values)

    @property
    def holds(self) -> bool:
        """Whether every recorded seed passes."""
        return self.worst <= self.threshold if self.at_most else self.worst >= self.threshold

    @property
    def is_too_close(self) -> bool:
        """Whether the reference would fail too often."""
        return self.false_failure_rate > MOST_FALSE_FAILURES

    @property
    def false_failure_rate(self) -> float:
        """The chance that one more seed misses the threshold: Student's t for a new draw from a normal."""
        n = len(self.values)
        return float(student_t.cdf(-self.standard_deviations / math.sqrt(1 + 1 / n), df=n - 1))


def measure(assignment: Assignment, seed: int) -> dict[str, float]:
    """Runs the reference at the released budget with a seed, without its tests; what the checks measure of it.

    The module of checks defines ``measure(namespace)``, and by the names of what that returns ``THRESHOLDS``, tuples
    of what a trained network must reach, and ``CEILINGS``, of what it must not exceed; one of the two may be missing.

    Raises:
        RuntimeError: if the reference stops with an error.
    """
    with rehearsal_of(assignment, RELEASED | {"COURSE_SEED": str(seed)}) as rehearsal:
        for cell in assignment.cells:
            if cell.kind in ("code", "solution"):
                error = rehearsal.run(cell.source, cell.grade_id)
                if error:
                    raise RuntimeError(f"{assignment.path}:{cell.line}: the reference stops with {error}")
        return checks_of(assignment.name).measure(rehearsal.namespace)


def checks_of(name: str) -> ModuleType:
    """The module of checks of an assignment."""
    return importlib.import_module(f"graders.checks.{name}")


def record_path(course: Course, name: str) -> Path:
    """Where the values are kept: docs/thresholds/<a>.json."""
    return course.root / "docs" / "thresholds" / f"{name}.json"


def write_record(course: Course, name: str, by_seed: dict[int, dict[str, float]]) -> None:
    """Writes the values of each seed."""
    path = record_path(course, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = {str(seed): {key: round(value, 4) for key, value in by_seed[seed].items()} for seed in sorted(by_seed)}
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def margins(course: Course, name: str) -> list[Margin]:
    """The recorded values against today's thresholds, one for each threshold."""
    by_seed = json.loads(record_path(course, name).read_text(encoding="utf-8"))
    checks = checks_of(name)
    return [
        Margin(quantity, threshold, [values[quantity] for values in by_seed.values()], at_most)
        for kind, at_most in (("THRESHOLDS", False), ("CEILINGS", True))
        for quantity, thresholds in getattr(checks, kind, {}).items()
        for threshold in thresholds
    ]
