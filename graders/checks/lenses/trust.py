"""Section 7: where a classifier can be trusted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats
import sklearn.calibration

from graders.checks.domains import MANY
from graders.checks.ladder import Function, Result, draws


def _with_gaps(result: Result, expected: np.ndarray, why: str) -> None:
    """Compares an array that has nan where a bin is empty; everything else about it climbs the usual ladder."""
    try:
        got = np.array(result.value, dtype=np.float64)
    except Exception:  # whatever this is, the ladder has a sentence for it
        got = np.zeros(())
    if got.shape != expected.shape:
        result.array(expected.shape)  # fails with its sentence
    gaps = np.isnan(expected)
    for index in np.flatnonzero(np.isnan(got) != gaps):
        if gaps[index]:
            result.fail(f"has {got[index]:.6g} in bin {index}, expected nan: no object falls into it. See section 7.")
        result.fail(f"has nan in bin {index}, expected {expected[index]:.6g}: {why}")
    Result(np.where(gaps, 0.0, got), result.called).close(np.where(gaps, 0.0, expected), why, atol=1e-12)


def _completeness(scores: np.ndarray, theta_E: np.ndarray, edges: np.ndarray, threshold: float) -> np.ndarray:
    lenses = np.isfinite(theta_E)
    # SciPy closes the last bin at its upper edge. One more bin after it takes that edge.
    found = scipy.stats.binned_statistic(
        theta_E[lenses], (scores[lenses] >= threshold).astype(float), "mean", bins=[*edges, 1e6]
    )
    return found.statistic[:-1]


def check_completeness(completeness: Callable[..., Any]) -> None:
    """The fraction of found lenses in bins, against ``scipy.stats.binned_statistic``."""
    student = Function(completeness, "completeness")
    why = (
        "it is the fraction of the lenses in the bin, lower edge included and upper edge not, with a score of at least "
        "the threshold. See section 7."
    )
    for rng in draws(seed=711, count=4):
        theta_E = rng.uniform(0.3, 2.2, size=60)
        theta_E[rng.random(60) < 0.4] = np.nan
        scores = rng.uniform(-2, 2, size=60)
        edges = np.array([0.5, 0.75, 1.0, 1.5, 1.75])
        threshold = float(scores[np.flatnonzero(np.isfinite(theta_E))[3]])  # the score of one of the lenses
        _with_gaps(student(scores, theta_E, edges, threshold), _completeness(scores, theta_E, edges, threshold), why)
    # Lenses on every edge; the second bin is empty; two bins have lenses, none or all of them found, and one has a
    # single lens. What does not belong to the last bin would change its fraction.
    theta_E = np.array([1.0, 1.0, 2.5, 2.5, 3.0, 4.0, 0.5, np.nan, np.nan, 2.0, 3.5, 3.5, 5.0, 5.0])
    scores = np.array([0.9, 0.1, 0.2, 0.3, 0.8, 0.1, 0.9, 0.9, 0.9, 0.2, 0.5, 0.5, 0.1, 0.9])
    for edges in ([1.0, 1.5, 2.0, 3.0, 4.0], [1.0, 1.5, 2.0, 3.0, 4.0, 5.0], [3.0, 4.0]):
        some = scores, theta_E, np.array(edges), 0.5
        _with_gaps(student(*some), _completeness(*some), why)
    # Bins that begin at 0, where a nan that was turned into 0 would fall.
    theta_E, scores = np.array([np.nan, 0.5, 1.5, np.nan, 0.25]), np.array([0.9, 0.1, 0.7, 0.9, 0.8])
    edges = np.array([0.0, 1.0, 2.0])
    _with_gaps(student(scores, theta_E, edges, 0.5), _completeness(scores, theta_E, edges, 0.5), why)
    # As many bins as objects.
    theta_E, scores, edges = np.array([1.5, 0.5]), np.array([0.7, 0.1]), np.array([0.0, 1.0, 2.0])
    _with_gaps(student(scores, theta_E, edges, 0.5), _completeness(scores, theta_E, edges, 0.5), why)
    # Logits in place of probabilities, many of them, and a single lens.
    (rng,) = draws(seed=712, count=1)
    theta_E, scores = rng.uniform(0.3, 2.2, size=MANY), 60 * rng.normal(size=MANY)
    for count in (MANY, 1):
        some = scores[:count], theta_E[:count], np.array([0.0, 1.0, 1.3, 1.8, 3.0]), float(scores[0])
        _with_gaps(student(*some), _completeness(*some), why)
    # Scores that differ by a billionth from the threshold.
    scores = 0.5 + 1e-9 * np.array([-1, 0, 1, 2])
    some = scores, np.array([0.6, 0.7, 1.2, 1.3]), np.array([0.5, 1.0, 1.5]), 0.5 + 1e-9
    _with_gaps(student(*some), _completeness(*some), why)
    # Just below an edge, as single precision tells it: it belongs to the bin below.
    theta_E = np.array([1 - 2.0**-24, 1.5, 2 - 2.0**-23, 2 - 2.0**-23])
    some = np.array([0.9, 0.1, 0.9, 0.9]), theta_E, np.array([0.5, 1.0, 2.0]), 0.5
    _with_gaps(student(*some), _completeness(*some), why)
    # A signal to noise in wide bins: the function knows nothing of arcseconds.
    theta_E, scores = np.array([12.0, 90.0, 35.0, np.nan, 200.0]), np.array([0.3, 0.6, 0.4, 0.9, 0.7])
    edges = np.array([10.0, 30.0, 100.0])
    _with_gaps(student(scores, theta_E, edges, 0.35), _completeness(scores, theta_E, edges, 0.35), why)


def _reliability_parts(result: Result, n_bins: int) -> tuple[Result, Result, np.ndarray]:
    mean, fraction, count = result.unpack("the mean probability", "the fraction of lenses", "the count")
    return mean, fraction, count.array((n_bins,))


def _same_counts(result: Result, got: np.ndarray, expected: np.ndarray, why: str) -> None:
    if not np.array_equal(got, expected):
        worst = int(np.flatnonzero(got != expected)[0])
        result.fail(f"counts {got[worst]:g} objects in bin {worst}, expected {expected[worst]:g}: {why} See section 7.")


def check_reliability(reliability: Callable[..., Any]) -> None:
    """Means, fractions and counts where every bin is filled: ``sklearn.calibration.calibration_curve``, NumPy."""
    student = Function(reliability, "reliability")
    # In two bins of so many, a byte does not hold their number.
    cases = ((1, 40, 0.0), (3, 40, 0.0), (5, 40, 0.0), (10, 40, 0.0), (64, MANY, 0.0), (4, 0, -6.0), (2, MANY, 0.0))
    for rng, (n_bins, more, faint) in zip(draws(seed=721, count=len(cases)), cases, strict=True):
        # Six or more in each bin, in random order, none within 1% of a bin from an edge: rounding decides nothing.
        index = rng.permutation(np.concatenate([np.repeat(np.arange(n_bins), 6), rng.integers(0, n_bins, size=more)]))
        # The first bin may hold small numbers alone.
        place = rng.uniform(0.01, 0.99, size=index.size) * np.where(index == 0, 10.0**faint, 1.0)
        probabilities = (index + place) / n_bins
        labels = (rng.random(index.size) < 0.2 + 0.5 * probabilities).astype(np.int8)
        expected_fraction, expected_mean = sklearn.calibration.calibration_curve(labels, probabilities, n_bins=n_bins)
        result = student(labels, probabilities, n_bins)
        mean, fraction, count = _reliability_parts(result, n_bins)
        _with_gaps(mean, expected_mean, "it is the mean of the probabilities in the bin. See section 7.")
        _with_gaps(
            fraction, expected_fraction, "it is the fraction of the objects in the bin that are lenses. See section 7."
        )
        expected_count = np.histogram(probabilities, bins=n_bins, range=(0, 1))[0]
        _same_counts(result, count, expected_count, "the bins are equally wide and cover 0 to 1.")


def check_reliability_edges(reliability: Callable[..., Any]) -> None:
    """Empty bins, and probabilities on the edges of bins, against ``scipy.stats.binned_statistic``."""
    student = Function(reliability, "reliability")
    labels = np.array([0, 0, 1, 1, 0, 1, 1, 0, 1])
    below = 2.0**-20 * np.array([0, 1, 0, 1, 0, 1, 0, 1, 0])  # an edge, by a millionth
    cases = [
        # The edges of 4 and 8 bins are exact in binary, as are these probabilities.
        (4, np.array([0.0, 0.25, 0.25, 0.5, 0.625, 0.75, 1.0, 1.0, 0.125])),
        (8, np.array([0.0, 0.25, 0.25, 0.5, 0.625, 0.75, 1.0, 1.0, 0.125])),
        (4, np.array([0.0, 0.125, 0.0625, 1.0, 1.0, 0.875, 0.8125, 1.0, 0.0])),
        (8, np.array([0.25, 0.25, 0.3125, 0.5, 0.5625, 0.25, 0.3125, 0.5, 0.5])),  # nothing in the first and last bins
        (4, np.array([0.25, 0.5, 0.75, 1.0, 0.0, 0.25, 0.5, 0.75, 1.0]) - below),
        (2, np.array([0.5, 0.5, 0.75, 0.5, 0.625, 0.875, 1.0, 0.5, 0.5])),
        (1, np.array([0.0, 0.5, 0.75, 0.5, 0.625, 0.875, 1.0, 0.5, 1.0])),
    ]
    for n_bins, probabilities in cases:
        result = student(labels, probabilities, n_bins)
        mean, fraction, count = _reliability_parts(result, n_bins)
        expected_mean, expected_fraction = scipy.stats.binned_statistic(
            probabilities, [probabilities, labels.astype(float)], "mean", bins=n_bins, range=(0, 1)
        ).statistic
        expected_count = scipy.stats.binned_statistic(
            probabilities, probabilities, "count", bins=n_bins, range=(0, 1)
        ).statistic
        why = "a bin holds its lower edge, not its upper one; the last bin holds 1 too."
        _same_counts(result, count, expected_count, why)
        _with_gaps(mean, expected_mean, f"{why} See section 7.")
        _with_gaps(fraction, expected_fraction, f"{why} See section 7.")


def _posterior(x: np.ndarray, prevalence: float, shift: float, width: float) -> np.ndarray:
    """Bayes' rule for a feature x that is N(shift, width) for lenses and N(0, 1) for the others."""
    lens = prevalence * scipy.stats.norm.pdf(x, shift, width)
    return lens / (lens + (1 - prevalence) * scipy.stats.norm.pdf(x))


def check_prevalence(at_prevalence: Callable[..., Any]) -> None:
    """Probabilities at another prevalence: Bayes' rule on two Gaussians with known densities."""
    student = Function(at_prevalence, "at_prevalence")
    cases = [
        (0.5, 0.001, 1.0, 1.0, 9),
        (0.4, 0.02, 1.5, 0.7, 1),
        (0.1, 0.6, 0.8, 1.3, MANY),
        (0.75, 0.3, -1.0, 1.0, 9),
        (0.3, 0.3, 1.0, 1.0, 2),
        (0.02, 0.5, 1.2, 0.9, 9),
        (0.5, 1e-6, 1.0, 1.0, 9),
        (1e-4, 0.9, 1.0, 1.0, 9),
    ]
    for rng, (trained, prevalence, *gaussian, n) in zip(draws(seed=731, count=len(cases)), cases, strict=True):
        x = rng.uniform(-2, 2.5, size=n)
        student(_posterior(x, trained, *gaussian), trained, prevalence).close(
            _posterior(x, prevalence, *gaussian),
            "what the image says (the ratio of the two densities) stays, and only the fractions of the classes change; "
            "the two probabilities must add up to one. See section 7.",
            atol=0,
        )


def check_prevalence_ends(at_prevalence: Callable[..., Any]) -> None:
    """Probabilities of 0 and 1 stay, small ones keep their digits, and one is a millionth from 1: closed forms."""
    student = Function(at_prevalence, "at_prevalence")
    for trained, prevalence in ((0.5, 0.001), (0.3, 0.9), (0.9, 0.05)):
        student(np.array([0.0, 1.0, 0.0]), trained, prevalence).close(
            [0.0, 1.0, 0.0], "what is certain stays certain. See section 7.", rtol=0, atol=1e-12
        )
        ratio = prevalence * (1 - trained) / (trained * (1 - prevalence))
        for small in (np.array([1e-7, 3e-10, 2e-15]), np.array([1e-30, 4e-60])):
            student(small, trained, prevalence).close(
                ratio * small, "a small probability changes by the ratio of the odds. See section 7.", atol=0
            )
    # A millionth from 1, in a number that single precision holds: odds of 2^20 - 1, and of as many millionths.
    odds = (2**20 - 1) * 1e-6 / (1 - 1e-6)
    student(np.array([1 - 2.0**-20]), 0.5, 1e-6).close(
        [odds / (1 + odds)], "a probability close to 1 changes by the ratio of the odds, too. See section 7.", rtol=5e-3
    )


def _toy_classifier(unit: float) -> Callable[[np.ndarray], np.ndarray]:
    """The notebook's: sigmoid of a weighted sum of pixels, in some unit; row i and column j weigh (1 + i - 2j) / 10."""

    def toy_classifier(images: np.ndarray) -> np.ndarray:
        images = np.asarray(images, dtype=float)
        if images.ndim != 3:
            raise ValueError(f"a classifier takes images of shape (n, s, s), not {images.shape}")
        rows, columns = np.indices(images.shape[1:])
        z = np.sum((1 + rows - 2 * columns) / 10 * images / unit, axis=(1, 2))
        return 1 / (1 + np.exp(-z))

    return toy_classifier


def _toy_drops(image: np.ndarray, size: int, value: float, unit: float) -> np.ndarray:
    """The drops in closed form: covering a square takes sum of w (x - value) away from z.

    The difference of two sigmoids, p - q, is p (1 - q) (1 - exp(z_q - z_p)), which has no cancellation.
    """
    squares = len(image) // size
    rows, columns = np.indices(image.shape)
    weights = (1 + rows - 2 * columns) / 10 / unit
    lost = (weights * (image - value)).reshape(squares, size, squares, size).sum(axis=(1, 3))
    z = np.sum(weights * image)
    return -scipy.special.expit(z) * scipy.special.expit(lost - z) * np.expm1(-lost)


def check_occlusion(occlusion_map: Callable[..., Any]) -> None:
    """The drops of the notebook's toy classifier, against their closed form; faint and bright images, small drops."""
    student = Function(occlusion_map, "occlusion_map")
    cases = [
        (4, 2, 0.0, 1, 1),
        (6, 2, 0.0, 1, 1),
        (8, 2, 0.3, 200, 200),
        (9, 3, -0.5, 1, 1),
        (12, 3, 0.1, 1e-9, 1e-9),
        (5, 1, 0.2, 1, 1),
        (6, 6, 0.4, 1, 1),
        (12, 6, 1.0, 1, 1),
        (1, 1, 0.2, 1, 1),
        (8, 2, -0.1, 1, 1e4),
    ]
    for rng, (side, size, value, scale, unit) in zip(draws(seed=741, count=len(cases)), cases, strict=True):
        image, value = scale * rng.normal(0.1, 0.3, size=(side, side)).T, scale * value
        result = student(_toy_classifier(unit), image, size, value)
        squares = side // size
        drops = _toy_drops(image, size, value, unit)
        # The probabilities of a network are good to single precision, and so are their differences.
        tolerance = max(1e-4 * np.abs(drops).max(), 2e-7)
        if squares > 1:
            got = result.array((squares, squares))
            for wrong, what in (
                (drops.T, "its rows and columns are swapped: drop[k, l] covers rows k * size onwards"),
                (-drops, "its sign is wrong: a drop is p(image) - p(covered)"),
                (_toy_drops(image, size, 0.0, unit), f"the squares are filled with {value:g} here, not with 0"),
            ):
                fits, right = (np.allclose(got, other, rtol=1e-4, atol=tolerance) for other in (wrong, drops))
                if fits and not right:
                    result.fail(f"is not the map: {what}. See section 7.")
        why = "each square is covered alone, all others show the image as it is. See section 7."
        result.close(drops, why, atol=tolerance)
