"""Statistics of scores and tasks, and the sentences that failed tests have in common."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike


def difficulty(points: ArrayLike, worth: float) -> float:
    """The mean fraction of a task's points, from 0 (nobody has any) to 1; NaN for none, or a task worth nothing."""
    points = np.asarray(points, dtype=float)
    return float(points.mean() / worth) if points.size and worth > 0 else float("nan")


def item_rest_correlations(points: ArrayLike) -> np.ndarray:
    """How well each task tells apart those who do well in the others: corr(x_i, sum of x_j for j != i).

    The Pearson correlation of the points in a task with those in the rest of the assignment. Where a task is passed or
    failed it is the point-biserial correlation; a task is left out of the total that it is held against, so that it
    does not correlate with itself (S. Henrysson, Psychometrika 28, 1963, 211).

    Args:
        points: shape (students, tasks).

    Returns:
        Shape (tasks,), from -1 to 1; NaN where the task or the rest is the same for everyone.
    """
    points = np.asarray(points, dtype=float)
    rest = points.sum(axis=1, keepdims=True) - points
    x, y = (table - table.mean(axis=0) if len(table) else table for table in (points, rest))
    sizes = np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0))
    scale = np.sqrt((points**2).sum(axis=0) * (rest**2).sum(axis=0))
    defined = sizes > 1e-12 * scale  # what is left of a constant is rounding
    result = np.full(points.shape[1], np.nan)
    np.divide((x * y).sum(axis=0), sizes, out=result, where=defined)
    return result


def cronbach_alpha(points: ArrayLike) -> float:
    """Internal consistency: k / (k - 1) * (1 - sum of the tasks' variances / variance of the total).

    L. J. Cronbach, Psychometrika 16, 1951, 297. At most 1; NaN for fewer than two tasks or two students, or where all
    have the same total.

    Args:
        points: shape (students, tasks).
    """
    points = np.asarray(points, dtype=float)
    students, tasks = points.shape
    if students < 2 or tasks < 2:
        return float("nan")
    total = points.sum(axis=1).var(ddof=1)
    if total <= 1e-12 * (points**2).sum():
        return float("nan")
    return float(tasks / (tasks - 1) * (1 - points.var(axis=0, ddof=1).sum() / total))


def by_chance(students: int) -> float:
    """The correlation that 1 in 20 unrelated tasks exceeds, about: 2 / sqrt(n); at most 1, NaN for nobody."""
    return min(1.0, 2 / np.sqrt(students)) if students else float("nan")


# --- sentences --------------------------------------------------------------------------------------------------------

_MAX_LENGTH = 400  # characters of a sentence that are looked at and shown
# A bracket with nothing but numbers in it, or a number that is no part of a name.
_VALUE = re.compile(
    r"([\[(][\s\d.,eE+\-−()\[\]]*[\])]|(?<![\w.])[-+−]?(?:\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?|nan|inf)\b)"
)


def common_sentences(by_student: Sequence[Iterable[str]]) -> list[tuple[str, int]]:
    """Sentences and the number of students who got each, the commonest first.

    Sentences that differ in numbers alone are one; where the numbers differ it has `…`.

    Args:
        by_student: the sentences that each student got.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    values: dict[tuple[str, ...], list[Sequence[str]]] = {}
    for sentences in by_student:
        seen = set()
        for sentence in sentences:
            shown = sentence if len(sentence) <= _MAX_LENGTH else sentence[:_MAX_LENGTH] + " …"
            parts = _VALUE.split(shown)
            key = tuple(parts[::2])
            values.setdefault(key, []).append(parts[1::2])
            seen.add(key)
        counts.update(seen)
    found = [(_merged(key, values[key]), count) for key, count in counts.items()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _merged(texts: Sequence[str], values: list[Sequence[str]]) -> str:
    shown = [_common(column) for column in zip(*values, strict=True)]
    return "".join(text + value for text, value in zip(texts, [*shown, ""], strict=True))


def _common(values: Sequence[str]) -> str:
    if len(set(values)) == 1:
        return values[0]
    brackets = {value[0] + value[-1] for value in values}
    return {"()": "(…)", "[]": "[…]"}.get(brackets.pop() if len(brackets) == 1 else "", "…")
