"""Section 5: how good a classifier is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.stats
import sklearn.metrics

from graders.checks import domains
from graders.checks.ladder import Function, Result, draws

Scored = tuple[np.ndarray, np.ndarray]

# Rates of float32 are good to 1e-7; two points of a curve are never closer than 1e-3 in these checks.
CURVE_ATOL = 1e-5

MANY = domains.MANY // 2 + 2  # of each class: a prime again


def _distinct(rng: np.random.Generator, lenses: int, others: int, better: float = 0.0) -> Scored:
    """Labels in random order, and scores of which no two are equal; not probabilities, and some are negative."""
    labels = rng.permutation(np.repeat([1, 0], [lenses, others]))
    ranks = np.argsort(np.argsort(rng.normal(size=labels.size) + better * labels))
    return labels, 0.25 * ranks - 3.0


def _tied(rng: np.random.Generator, lenses: int, others: int, values: int) -> Scored:
    """Labels in random order, and scores with few different values."""
    labels = rng.permutation(np.repeat([1, 0], [lenses, others]))
    return labels, rng.integers(-1, values - 1, size=labels.size) + 0.5 * labels * rng.integers(0, 2, size=labels.size)


def _with_distinct_scores(seed: int) -> list[Scored]:
    sizes = [(1, 1), (4, 3), (3, 9), (25, 8), (40, 61)]
    cases = [
        _distinct(rng, *size, better)
        for rng, size, better in zip(draws(seed, len(sizes)), sizes, (0.0, 1.0, -1.0, 0.5, 1.5), strict=True)
    ]
    # Scores that are all but equal, or of any size, with heavy tails; labels in one byte.
    for labels, scores in list(cases[2:4]):
        cases.append((labels.astype(np.int8), 0.5 + 1e-9 * scores))
        cases.append((labels.astype(np.int8), scores**9))
        cases.append((labels, 20 * scores))
    labels, scores = _distinct(next(draws(10 * seed, count=1)), MANY, MANY, better=0.7)
    cases.append((labels.astype(np.int8), scores))  # a byte does not hold their number
    # Every lens above every non-lens, and the other way round.
    cases.append((np.array([0, 1, 1, 0, 1]), np.array([-2.0, 1.0, 7.0, 0.5, 3.0])))
    cases.append((np.array([1, 0, 0, 1, 0]), np.array([-2.0, 1.0, 7.0, 0.5, 3.0])))
    return cases


def _with_ties(seed: int) -> list[Scored]:
    sizes = [(4, 5, 3), (12, 7, 4), (9, 30, 5), (50, 45, 9)]
    cases = [_tied(rng, *size) for rng, size in zip(draws(seed, len(sizes)), sizes, strict=True)]
    cases += [(labels.astype(np.int8), 1e-9 * scores) for labels, scores in cases[1:3]]
    cases.append(_tied(next(draws(10 * seed, count=1)), MANY, MANY, 40))
    # All alike, with either class first; a tie at the top, and one at the bottom.
    cases.append((np.array([1, 1, 0, 0, 0]), np.full(5, 0.5)))
    cases.append((np.array([0, 0, 1, 1, 1]), np.full(5, 0.5)))
    cases.append((np.array([0, 1, 1, 0, 0]), np.array([0.9, 0.9, 0.4, 0.3, 0.2])))
    cases.append((np.array([1, 0, 0, 1, 1]), np.array([0.1, 0.1, 0.4, 0.5, 0.7])))
    return cases


def _same_curve(result: Result, labels: np.ndarray, scores: np.ndarray, why: str) -> None:
    """The curve as a line: points that lie on it may be left out or repeated, its corners may not be missed.

    Both rates never fall along the curve, so their sum tells where on it a point is.
    """
    parts = result.unpack("fpr", "tpr")
    fpr, tpr = (part.array() for part in parts)
    for part, values in zip(parts, (fpr, tpr), strict=True):
        if values.ndim != 1:
            part.fail(f"has the shape {values.shape}, expected an array with one number for each point of the curve.")
    if fpr.size != tpr.size:
        result.fail(f"returned {fpr.size} false-positive rates and {tpr.size} true-positive rates, expected as many.")
    if fpr.size < 2:
        result.fail(f"returned a curve of {fpr.size} points, expected at least (0, 0) and (1, 1).")
    expected = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
    true_fpr, true_tpr, thresholds = expected
    first, last = (fpr[0], tpr[0]), (fpr[-1], tpr[-1])
    if np.allclose(first, 1, atol=CURVE_ATOL) and np.allclose(last, 0, atol=CURVE_ATOL):
        result.fail(
            "runs from (1, 1) to (0, 0), expected from (0, 0) to (1, 1): let the threshold fall. See section 5."
        )
    if not np.allclose(first, 0, atol=CURVE_ATOL):
        result.fail(
            f"starts at ({first[0]:.4g}, {first[1]:.4g}), expected (0, 0): above all scores nothing is a candidate."
        )
    if not np.allclose(last, 1, atol=CURVE_ATOL):
        result.fail(
            f"ends at ({last[0]:.4g}, {last[1]:.4g}), expected (1, 1): at the lowest score everything is a candidate."
        )
    if np.min(np.diff(fpr)) < -CURVE_ATOL or np.min(np.diff(tpr)) < -CURVE_ATOL:
        result.fail("goes back: when the threshold falls, neither rate can. See section 5.")
    along, true_along = np.maximum.accumulate(fpr + tpr), true_fpr + true_tpr
    off = np.abs(np.interp(along, true_along, true_fpr) - fpr)
    if np.max(off) > CURVE_ATOL:
        worst = int(np.argmax(off))
        hint = "is the false-positive rate the first of the two? " if _mirrored(fpr, tpr, true_fpr, true_tpr) else ""
        result.fail(
            f"passes through ({fpr[worst]:.4g}, {tpr[worst]:.4g}), which is not on the curve: {hint}{why}. "
            "See section 5."
        )
    missed = np.abs(np.interp(true_along, along, fpr) - true_fpr)
    if np.max(missed) > CURVE_ATOL:
        worst = int(np.argmax(missed))
        result.fail(
            f"misses the point ({true_fpr[worst]:.4g}, {true_tpr[worst]:.4g}), where the threshold is the score "
            f"{thresholds[worst]:g}: {why}. See section 5."
        )


def _mirrored(fpr: np.ndarray, tpr: np.ndarray, true_fpr: np.ndarray, true_tpr: np.ndarray) -> bool:
    return bool(np.allclose(np.interp(fpr + tpr, true_fpr + true_tpr, true_tpr), fpr, atol=CURVE_ATOL))


def check_roc(roc: Callable[..., Any]) -> None:
    """The curve for distinct scores, as a line, against ``sklearn.metrics.roc_curve``."""
    student = Function(roc, "roc")
    for labels, scores in _with_distinct_scores(seed=511):
        _same_curve(
            student(labels, scores),
            labels,
            scores,
            "each score gives one step, up for a lens (by 1 / number of lenses) or right for a non-lens",
        )


def check_roc_ties(roc: Callable[..., Any]) -> None:
    """The curve for scores with ties, as a line, against ``sklearn.metrics.roc_curve``."""
    student = Function(roc, "roc")
    for labels, scores in _with_ties(seed=512):
        _same_curve(
            student(labels, scores), labels, scores, "objects with equal scores become candidates together, in one step"
        )


def check_auroc(auroc: Callable[..., Any]) -> None:
    """The area for distinct scores: ``sklearn.metrics.roc_auc_score``, and a closed form.

    The closed form is that of two unit Gaussians one apart, P(s+ > s-) = Phi(1 / sqrt 2) (Hanley & McNeil 1982, the
    binormal case). It is asked for 1000 scores of each class that sit at the Gaussians' quantiles, which is within
    1e-4 of it; the tolerance is 5e-4.
    """
    student = Function(auroc, "auroc")
    for labels, scores in _with_distinct_scores(seed=521):
        student(labels, scores).close(
            sklearn.metrics.roc_auc_score(labels, scores),
            "it is the fraction of all pairs of a lens and a non-lens in which the lens has the higher score, and it "
            "may be below one half. See section 5.",
        )
    quantiles = scipy.stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    labels = np.repeat([0, 1], 1000)
    scores = np.concatenate([quantiles, quantiles + 1.0])
    order = next(draws(seed=522, count=1)).permutation(labels.size)
    student(labels[order], scores[order]).close(
        scipy.stats.norm.cdf(1 / np.sqrt(2)),
        "the scores are those of two Gaussians of width 1 with means that are 1 apart. See section 5.",
        rtol=0,
        atol=5e-4,
    )


def check_auroc_ties(auroc: Callable[..., Any]) -> None:
    """The area for scores with ties, against ``sklearn.metrics.roc_auc_score``."""
    student = Function(auroc, "auroc")
    for labels, scores in _with_ties(seed=523):
        student(labels, scores).close(
            sklearn.metrics.roc_auc_score(labels, scores),
            "a lens and a non-lens with equal scores count one half. See section 5.",
        )


def _best_tpr(labels: np.ndarray, scores: np.ndarray, false_positives: int) -> float:
    fpr, tpr, _ = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
    counts = np.rint(fpr * np.sum(labels == 0))
    return float(np.max(tpr[counts <= false_positives]))


def _check_tpr(tpr_at: Callable[..., Any], cases: Sequence[Scored], why: str) -> None:
    student = Function(tpr_at, "tpr_at")
    for labels, scores in cases:
        for allowed in (0, 1, 2, 3, 10, 100) if labels.size < MANY else (25, 700):
            student(labels, scores, allowed).close(_best_tpr(labels, scores, allowed), f"{why}. See section 5.")


def check_tpr(tpr_at: Callable[..., Any]) -> None:
    """The largest TPR with at most so many false positives, distinct scores: ``sklearn.metrics.roc_curve``."""
    cases = _with_distinct_scores(seed=531)
    # The highest score is that of a non-lens: no threshold finds a lens without it.
    cases.append((np.array([1, 0, 1, 0, 1, 0]), np.array([2.5, 3.0, 1.5, 2.0, -1.0, 1.0])))
    _check_tpr(
        tpr_at, cases, "it is the fraction of the lenses above the lowest threshold with no more false positives"
    )


def check_tpr_ties(tpr_at: Callable[..., Any]) -> None:
    """The largest TPR with at most so many false positives, with ties: ``sklearn.metrics.roc_curve``."""
    _check_tpr(
        tpr_at,
        _with_ties(seed=532),
        "a threshold takes every object with that score or a higher one, non-lenses that tie with a lens too",
    )
