"""What is right in `lenses`: data, metrics and networks, against scikit-learn, SciPy, Keras and closed forms.

Augmentation is judged by what came out: every stamp is random, so each output tells which input it was and which of
the eight symmetries it went through. All inputs come from seeded generators. Trained networks are judged on
a held-out set, graders/data/lenses.npz, that is in no release.
"""

import functools
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import scipy.spatial
import scipy.special
import scipy.stats
import sklearn.calibration
import sklearn.metrics
from sklearn.metrics import roc_auc_score

from graders.checks.ladder import Function, Result, beside, draws, fail, parameters_of, require

# --- section 1: the stretch -------------------------------------------------------------------------------------------


def check_stretch(asinh_stretch: Callable[..., Any]) -> None:
    """Pixel values for several shapes and noises, against arcsinh(x) = sign(x) ln(|x| + sqrt(x^2 + 1)) and x = sinh."""
    student = Function(asinh_stretch, "asinh_stretch")
    cases = [
        ((5, 5), 0.01, "divide by the noise before you take the arcsinh"),
        ((7,), 2.0, "divide by the noise before you take the arcsinh"),
        ((3, 6, 6), 0.5, "each pixel is stretched by itself, whatever the others are"),
        ((2, 4, 4, 3), 0.25, "each pixel is stretched by itself, whatever the others are"),
    ]
    for rng, (shape, noise, why) in zip(draws(seed=411, count=len(cases)), cases, strict=True):
        stretched = rng.uniform(-5.0, 9.0, size=shape)
        student(noise * np.sinh(stretched), noise).close(stretched, f"{why}. See section 1.")
    values = np.array([0.0, 0.3, -0.3, 40.0, -40.0])
    expected = np.sign(values) * np.log(np.abs(values) + np.sqrt(values**2 + 1.0))
    student(values, 1.0).close(expected, "the sign of a pixel stays, and zero stays zero. See section 1.")


# --- section 2: the split ---------------------------------------------------------------------------------------------

PARTS = ("train", "valid", "test")


def _rows(student: Function, objects: np.ndarray, fractions: Sequence[float], seed: int) -> list[np.ndarray]:
    """The three parts, sorted, once each is a list of rows that exist and no row is in two of them or in none."""
    rows = []
    result = student(objects, list(fractions), seed)
    for name, part in zip(PARTS, result.unpack(*PARTS), strict=True):
        if np.asarray(part.value, dtype=object).size == 0:
            part.fail("is empty. See section 2.")
        if np.asarray(part.value).dtype.kind == "b":
            part.fail("holds True and False, expected numbers of rows. See section 2.")
        array = part.array()
        require(array.ndim == 1, f"{name} from {result.called} has shape {array.shape}, expected one axis of rows.")
        whole = np.all(array == np.round(array)) and array.min() >= 0 and array.max() < len(objects)
        require(
            whole,
            f"{name} from {result.called} holds {array.min():g} to {array.max():g}, expected rows of the array, whole "
            f"numbers from 0 to {len(objects) - 1}, not names of objects. See section 2.",
        )
        rows.append(np.sort(array.astype(int)))
    count = np.bincount(np.concatenate(rows), minlength=len(objects))
    if count.max() > 1:
        result.fail(
            f"puts {int(np.sum(count > 1))} rows into more than one place, expected each in one part. See section 2."
        )
    if count.min() < 1:
        result.fail(
            f"leaves out {int(np.sum(count < 1))} of {len(objects)} rows: every image is in some part. See section 2."
        )
    return rows


def _sizes(result: str, found: Sequence[int], fractions: Sequence[float], total: int, why: str) -> None:
    for name, size, fraction in zip(PARTS, found, fractions, strict=True):
        # Two roundings, so that the last part may get what both lost: less than 2 away.
        require(
            abs(size - fraction * total) < 2.0,
            f"{result} puts {size} of {total} objects into {name}, expected {fraction * total:g}, give or take one: "
            f"{why}. See section 2.",
        )


def check_split(split: Callable[..., Any]) -> None:
    """A shuffled partition that depends on the seed, where every object was imaged once, or where rows are all we ask.

    Chance: a right split fails one of the twelve comparisons with the hypergeometric distribution (6 sigma; below 3e-9
    each, `scipy.stats.hypergeom`) or is the same for two seeds (below 1e-60) less than once in 1e7.
    """
    student = Function(split, "split")
    cases = [
        (1000, (0.7, 0.15, 0.15), 0),
        (600, (0.5, 0.2, 0.3), 1),
        (47, (0.6, 0.2, 0.2), 5),
        (200, (0.1, 0.1, 0.8), 31),
    ]
    for rng, (total, fractions, seed) in zip(draws(seed=421, count=len(cases)), cases, strict=True):
        objects = rng.permutation(10 * total)[:total]
        parts = _rows(student, objects, fractions, seed)
        called = student.describe(objects, list(fractions), seed)
        _sizes(called, [len(part) for part in parts], fractions, total, "the fractions are those of train, valid, test")
        if total >= 600:
            for which in (objects, np.sort(objects)):
                for name, part in zip(PARTS, _rows(student, which, fractions, seed), strict=True):
                    _require_spread(called, name, part, total)
    # Where some objects have several images a part has no certain number of rows, but it is still a partition.
    for rng in draws(seed=422, count=3):
        objects = _with_twins(rng, 120)
        _rows(student, objects, (0.7, 0.15, 0.15), int(rng.integers(100)))
    objects = np.arange(300)
    fractions = (0.6, 0.2, 0.2)
    one, again, other = (_rows(student, objects, fractions, seed) for seed in (3, 3, 4))
    for name, a, b, c in zip(PARTS, one, again, other, strict=True):
        if not np.array_equal(a, b):
            fail(f"Two calls of split with the same seed gave two different parts {name}: draw from a generator that "
                 "you make from the seed. See section 2.")  # fmt: skip
        if np.array_equal(a, c):
            fail(
                f"split gave the same part {name} for the seeds 3 and 4: another seed gives another split. "
                "See section 2."
            )


def _require_spread(called: str, name: str, part: np.ndarray, total: int) -> None:
    """As many rows of the part in the first half of the file as chance gives, within 6 sigma."""
    drawn = scipy.stats.hypergeom(total, total // 2, len(part))
    found = int(np.sum(part < total // 2))
    require(
        abs(found - drawn.mean()) <= 6 * drawn.std(),
        f"{called} takes {found} of the {len(part)} rows of {name} from the first half of the file: shuffle the "
        "objects before you cut, because a file may be sorted. See section 2.",
    )


def _with_twins(rng: np.random.Generator, number: int) -> np.ndarray:
    """Objects in random order, with names that say nothing; a third of them twice or three times, far apart."""
    names = rng.permutation(20 * number)[:number] + 5
    return rng.permutation(np.repeat(names, rng.choice([1, 1, 1, 1, 2, 3], size=number)))


def check_split_objects(split: Callable[..., Any]) -> None:
    """No object in two parts, and the fractions are of objects; objects have one to three images. Exact."""
    student = Function(split, "split")
    fractions = ((0.7, 0.15, 0.15), (0.5, 0.25, 0.25), (0.34, 0.33, 0.33), (0.8, 0.1, 0.1))
    for rng, shares in zip(draws(seed=423, count=4), fractions, strict=True):
        seed = int(rng.integers(1000))
        objects = _with_twins(rng, 400)
        if shares[0] == 0.5:
            objects = np.sort(objects)
        parts = [np.unique(objects[rows]) for rows in _rows(student, objects, shares, seed)]
        called = student.describe(objects, list(shares), seed)
        for a, b in ((0, 2), (0, 1), (1, 2)):
            shared = np.intersect1d(parts[a], parts[b])
            require(
                shared.size == 0,
                f"{called} puts {shared.size} objects both into {PARTS[a]} and into {PARTS[b]}: give out objects, not "
                "rows, and take all images of each. See section 2.",
            )
        _sizes(called, [len(part) for part in parts], shares, 400, "the fractions are of objects, not of images")


# --- section 3: symmetries --------------------------------------------------------------------------------------------


def _eight(images: np.ndarray) -> np.ndarray:
    """The orbit, (8, n, s, s, c): pixel p of an image comes from pixel M p, for each signed permutation matrix M.

    Coordinates count from the centre of the stamp. The first is the identity; the first four are rotations.
    """
    size = images.shape[1]
    at = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(at, at, indexing="ij")
    quarter, mirror = np.array([[0, -1], [1, 0]]), np.array([[1, 0], [0, -1]])
    orbit = []
    for flip in (np.eye(2, dtype=int), mirror):
        for turns in range(4):
            matrix = np.linalg.matrix_power(quarter, turns) @ flip
            rows, columns = np.rint(np.tensordot(matrix, [y, x], axes=1) + (size - 1) / 2).astype(int)
            orbit.append(images[:, rows, columns, :])
    return np.stack(orbit)


def check_dihedral(dihedral: Callable[..., Any]) -> None:
    """The eight symmetries of the square, each once, in any order, against signed permutation matrices."""
    student = Function(dihedral, "dihedral")
    for rng, shape in zip(
        draws(seed=431, count=6),
        ((1, 4, 4, 1), (3, 5, 5, 1), (4, 4, 4, 2), (2, 6, 6, 3), (8, 3, 3, 8), (2, 2, 2, 2)),
        strict=True,
    ):
        images = rng.uniform(-1.0, 1.0, size=shape)
        result = student(images)
        got = result.array((8, *shape))
        wanted = _eight(images)
        same = np.array([[np.allclose(a, b, rtol=1e-4, atol=1e-5) for b in wanted] for a in got])
        if not same.any(axis=1).all():
            result.fail(_diagnosis(got[~same.any(axis=1)], wanted, images))
        if not same.any(axis=0).all():
            result.fail(
                f"has {int(same.any(axis=0).sum())} different images in its 8 places, expected each of the eight once: "
                "a half turn is the same as two mirrors. See section 3."
            )


def _diagnosis(strange: np.ndarray, wanted: np.ndarray, images: np.ndarray) -> str:
    """What an entry is that is none of the eight."""
    start = f"has {len(strange)} of 8 entries that are none of the eight symmetries"
    for axes, what in (((0,), "the images have changed places"), ((3,), "the channels have changed places")):
        if any(np.allclose(np.flip(entry, axes), other, atol=1e-5) for entry in strange for other in wanted):
            return f"{start}: {what}, expected that only axes 1 and 2 are touched. See section 3."
    return f"{start}, about the centre of the stamp: axes 1 and 2 are those of the image. See section 3."


def _orbits(images: np.ndarray, seen: Result) -> tuple[np.ndarray, np.ndarray]:
    """For each image that came back, which input it is and which symmetry it went through; -1 if it is none.

    The inputs are uniform in [-1, 1], of at least 3 x 3 pixels. A mirror moves at least three pairs of pixels, so that
    two symmetries of a stamp agree to 1e-5 with probability (1e-5)^3: below 1e-10 in a thousand stamps.
    """
    known = _eight(images).reshape(8 * len(images), -1)
    tree = scipy.spatial.KDTree(known)
    _, found = tree.query(seen.array(images.shape).reshape(len(images), -1), p=np.inf, distance_upper_bound=1e-5)
    strange = found == len(known)
    return np.where(strange, -1, found % len(images)), np.where(strange, -1, found // len(images))


def _epoch_case(rng: np.random.Generator, n: int, size: int, channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(-1.0, 1.0, size=(n, size, size, channels)), rng.integers(0, 2, size=n)


@dataclass(frozen=True)
class _Epoch:
    """One call: which image each output was, through which symmetry, its label, and the call in words."""

    which: np.ndarray
    symmetry: np.ndarray
    labels: np.ndarray
    called: str


def _epoch(
    student: Function, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, training: bool
) -> _Epoch:
    called = f"epoch(images, labels, rng, {training}) with {len(images)} images"
    first, second = Result(student(images, labels, rng, training).value, called).unpack("images", "labels")
    which, symmetry = _orbits(images, first)
    if (which < 0).any():
        fail(
            f"{called} returned {int(np.sum(which < 0))} images that are none of the eight symmetries of any image "
            "that went in: turn and mirror the images about their centre, and change no pixel value. See section 3."
        )
    return _Epoch(which, symmetry, second.array((len(images),)), called)


def check_epoch_shuffle(epoch: Callable[..., Any]) -> None:
    """Order and labels, whatever the symmetries: each image once, with its label, in an order that the generator draws.

    Chance: a right epoch of n images repeats an order with probability 1/n!, n >= 30; its rank correlation with the
    input (standard deviation 1/sqrt(n - 1)) exceeds 6 sigma with probability 2e-9; of the images that follow their old
    neighbour there are 1 on average, Poisson, and more than 12 with probability 6e-11. In all less than 1e-8.
    """
    student = Function(epoch, "epoch")
    for rng, (n, size, channels) in zip(draws(seed=432, count=3), ((30, 3, 1), (41, 4, 2), (1000, 3, 1)), strict=True):
        images, labels = _epoch_case(rng, n, size, channels)
        generator = np.random.default_rng(n)
        first, second = (_epoch(student, images, labels, generator, True) for _ in range(2))
        for seen in (first, second):
            _require_complete(seen, labels)
        require(
            not np.array_equal(first.which, np.arange(n)),
            f"{first.called} returned the images in the order in which they went in: shuffle them. See section 3.",
        )
        require(
            not np.array_equal(first.which, second.which),
            f"Two calls of epoch with one generator, one after the other, gave the same order of {n} images: draw the "
            "order from `rng`, and make no generator of your own. See section 3.",
        )
        again = _epoch(student, images, labels, np.random.default_rng(n), True)
        require(
            np.array_equal(first.which, again.which),
            "Two calls of epoch with generators of the same seed gave different orders: take all random numbers from "
            "`rng`. See section 3.",
        )
        if n >= 1000:
            correlation = np.corrcoef(np.arange(n), first.which)[0, 1]
            followed = int(np.sum(np.diff(first.which) == 1))
            require(
                abs(correlation) <= 6 / np.sqrt(n - 1) and followed <= 12,
                f"{first.called} left {followed} images behind the one that they followed before, and the order has a "
                f"correlation of {correlation:.2f} with the old one: every order must be as likely. See section 3.",
            )
        kept = _epoch(student, images, labels, generator, False)
        require(
            np.array_equal(kept.which, np.arange(n)),
            f"{kept.called} changed the order of the images: without training they stay as they are. See section 3.",
        )
        _require_complete(kept, labels)


def _require_complete(seen: _Epoch, labels: np.ndarray) -> None:
    count = np.bincount(seen.which, minlength=len(labels))
    require(
        np.all(count == 1),
        f"{seen.called} returned {int(np.sum(count == 0))} of the images not at all and {int(np.sum(count > 1))} more "
        "than once: an epoch shows each image once. See section 3.",
    )
    wrong = int(np.sum(seen.labels != labels[seen.which]))
    require(
        wrong == 0,
        f"{seen.called} returned {wrong} images with a label that is not theirs: put the labels into the same order. "
        "See section 3.",
    )


def check_epoch_augment(epoch: Callable[..., Any]) -> None:
    """Symmetries, whatever the order: uniform over the eight, drawn for each image and each epoch, none in validation.

    Three epochs of 1024 stamps give four chi-square statistics, compared with their quantile at 1e-6: the eight
    symmetries (7 degrees of freedom, 384 of each expected), and the pairs of two outputs, of two inputs that lie beside
    each other, and of one image in two epochs (63, at least 16 expected). A right epoch fails with a probability of
    less than 2e-5 (the pairs' tails are a little heavier than chi-square: simulated).
    """
    student = Function(epoch, "epoch")
    for rng, (n, size, channels) in zip(draws(seed=433, count=3), ((9, 4, 3), (12, 5, 1), (1024, 3, 1)), strict=True):
        images, labels = _epoch_case(rng, n, size, channels)
        generator = np.random.default_rng(n)
        kept = _epoch(student, images, labels, generator, False)
        require(
            np.all(kept.symmetry == 0),
            f"{kept.called} turned or mirrored {int(np.sum(kept.symmetry != 0))} of them: without training the images "
            "stay as they are. See section 3.",
        )
        _epoch(student, images, labels, generator, True)
    epochs = [_epoch(student, images, labels, generator, True) for _ in range(3)]
    called = epochs[0].called
    used = np.bincount(np.concatenate([seen.symmetry for seen in epochs]), minlength=8)
    alike = max(np.bincount(seen.symmetry).max() for seen in epochs)
    if used[0] == used.sum():
        fail(f"{called} changed no image: turn and mirror them in training. See section 3.")
    if alike == n:
        fail(f"{called} put the whole batch through the same symmetry: draw one for each image. See section 3.")
    if np.any(used == 0):
        fail(
            f"{called} used {int(np.sum(used > 0))} of the eight symmetries: there are four rotations, and each with a "
            "mirror. See section 3."
        )
    shares = ", ".join(f"{share:.2f}" for share in sorted(used / used.sum()))
    _require_uniform(used, f"{called} used the eight symmetries with the frequencies {shares}: all are as likely.")
    in_order = [seen.symmetry for seen in epochs]
    by_image = [_by_image(seen, n) for seen in epochs]
    _require_independent(
        [(by_image[0], by_image[1])],
        f"{called}, twice: the symmetry of an image in one epoch tells that in the next: draw it anew from `rng`.",
    )
    for what, symmetries in (("output", in_order), ("image that goes in", by_image)):
        _require_independent(
            [(seen[0::2], seen[1::2]) for seen in symmetries],
            f"{called}: the symmetry of one {what} tells that of the next: draw one for each image, without a look at "
            "the others.",
        )
    one, two = (_epoch(student, images, labels, np.random.default_rng(8), True) for _ in range(2))
    require(
        np.array_equal(one.symmetry, two.symmetry) or np.array_equal(_by_image(one, n), _by_image(two, n)),
        "Two calls of epoch with generators of the same seed gave different symmetries: take all random numbers from "
        "`rng`. See section 3.",
    )


def _by_image(seen: _Epoch, n: int) -> np.ndarray:
    """The symmetry of each input, in the order of the inputs; -1 for one that did not come back."""
    symmetry = np.full(n, -1)
    symmetry[seen.which] = seen.symmetry
    return symmetry


def _require_independent(pairs: Sequence[tuple[np.ndarray, np.ndarray]], sentence: str) -> None:
    one, two = (np.concatenate(side) for side in zip(*pairs, strict=True))
    both = (one >= 0) & (two >= 0)
    _require_uniform(np.bincount(8 * one[both] + two[both], minlength=64), sentence)


def _require_uniform(counts: np.ndarray, sentence: str) -> None:
    statistic = np.sum((counts - counts.mean()) ** 2) / counts.mean()
    require(statistic <= scipy.stats.chi2.isf(1e-6, len(counts) - 1), f"{sentence} See section 3.")


# --- section 4: a baseline --------------------------------------------------------------------------------------------


def _profile(images: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Means in annuli by ``scipy.stats.binned_statistic``, whose last bin alone would hold its upper edge."""
    y, x = np.indices(images.shape[1:]) - (images.shape[1] - 1) / 2
    beyond = [*edges, edges[-1] + images.shape[1]]
    flat = images.reshape(len(images), -1)
    return scipy.stats.binned_statistic(np.hypot(y, x).ravel(), flat, "mean", bins=beyond).statistic[:, :-1]


def check_profile(radial_profile: Callable[..., Any]) -> None:
    """Mean pixel values in annuli without a pixel on an edge, against ``scipy.stats.binned_statistic``."""
    student = Function(radial_profile, "radial_profile")
    cases = [
        (1, 5, [0.0, 0.5, 1.2, 2.1], "the centre of a stamp of 5 pixels is that of pixel (2, 2)"),
        (
            3,
            6,
            [0.0, 1.1, 2.3, 3.3],
            "the centre of a stamp of 6 pixels lies between pixels 2 and 3: ((s - 1)/2, (s - 1)/2)",
        ),
        (4, 9, [0.3, 1.9, 2.1, 4.05, 5.5], "pixels before the first or beyond the last edge are in no annulus"),
        (2, 12, [1.7, 4.4, 7.7], "it is the mean over an annulus, not the sum, and there is a row for each image"),
        (3, 8, [2.0, 6.0], "the edges are in pixels, and give one annulus less than there are edges"),
        (7, 48, [0.0, 0.9, 2.2, 3.1, 6.7, 11.3, 23.9, 30.2], "each image has its own profile"),
    ]
    for rng, (n, size, edges, why) in zip(draws(seed=441, count=len(cases)), cases, strict=True):
        images = rng.normal(0.3, 1.0, size=(n, size, size))
        edges = np.array(edges)
        student(images, edges).close(_profile(images, edges), f"{why}. See section 4.")


def check_profile_edges(radial_profile: Callable[..., Any]) -> None:
    """Pixels on an edge: they belong to the outer annulus, and beyond the last edge to none. Whole radii are exact."""
    student = Function(radial_profile, "radial_profile")
    cases = [
        (
            2,
            7,
            [0.0, 1.0, 2.0, 3.0],
            "a pixel at exactly 1 pixel is in the annulus that begins at 1, not in the one that ends",
        ),
        (1, 11, [1.0, 3.0, 5.0], "a pixel at exactly the last edge is in no annulus"),
        (3, 13, [0.0, 5.0, 6.0], "a pixel at exactly the last edge is in no annulus"),
    ]
    for rng, (n, size, edges, why) in zip(draws(seed=442, count=len(cases)), cases, strict=True):
        images = rng.normal(0.3, 1.0, size=(n, size, size))
        edges = np.array(edges)
        student(images, edges).close(_profile(images, edges), f"{why}. See section 4.")


Scored = tuple[np.ndarray, np.ndarray]

# Rates of float32 are good to 1e-7; two points of a curve are never closer than 1e-3 in these checks.
CURVE_ATOL = 1e-5


# --- section 5: how good is a classifier? -----------------------------------------------------------------------------


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
    # Every lens above every non-lens, and the other way round.
    cases.append((np.array([0, 1, 1, 0, 1]), np.array([-2.0, 1.0, 7.0, 0.5, 3.0])))
    cases.append((np.array([1, 0, 0, 1, 0]), np.array([-2.0, 1.0, 7.0, 0.5, 3.0])))
    return cases


def _with_ties(seed: int) -> list[Scored]:
    sizes = [(4, 5, 3), (12, 7, 4), (9, 30, 5), (50, 45, 9)]
    cases = [_tied(rng, *size) for rng, size in zip(draws(seed, len(sizes)), sizes, strict=True)]
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
        for allowed in (0, 1, 2, 3, 10, 100):
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


# --- section 7: where can you trust it? -------------------------------------------------------------------------------


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
    Result(np.where(gaps, 0.0, got), result.called).close(np.where(gaps, 0.0, expected), why)


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
    # Lenses on every edge, found or not; the second bin is empty; two bins have lenses, none or all of them found.
    theta_E = np.array([1.0, 1.0, 2.5, 2.5, 3.0, 4.0, 0.5, np.nan, np.nan, 2.0, 3.5, 3.5])
    scores = np.array([0.9, 0.1, 0.2, 0.3, 0.8, 0.9, 0.9, 0.9, 0.9, 0.2, 0.5, 0.5])
    edges = np.array([1.0, 1.5, 2.0, 3.0, 4.0])
    _with_gaps(student(scores, theta_E, edges, 0.5), _completeness(scores, theta_E, edges, 0.5), why)
    # Bins that begin at 0, where a nan that was turned into 0 would fall.
    theta_E, scores = np.array([np.nan, 0.5, 1.5, np.nan, 0.25]), np.array([0.9, 0.1, 0.7, 0.9, 0.8])
    edges = np.array([0.0, 1.0, 2.0])
    _with_gaps(student(scores, theta_E, edges, 0.5), _completeness(scores, theta_E, edges, 0.5), why)
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
    for rng, n_bins in zip(draws(seed=721, count=4), (1, 3, 5, 10), strict=True):
        # Six or more in each bin, in random order, none within 1% of a bin from an edge: rounding decides nothing.
        index = rng.permutation(np.concatenate([np.repeat(np.arange(n_bins), 6), rng.integers(0, n_bins, size=40)]))
        probabilities = (index + rng.uniform(0.01, 0.99, size=index.size)) / n_bins
        labels = (rng.random(index.size) < 0.2 + 0.5 * probabilities).astype(int)
        expected_fraction, expected_mean = sklearn.calibration.calibration_curve(labels, probabilities, n_bins=n_bins)
        result = student(labels, probabilities, n_bins)
        mean, fraction, count = _reliability_parts(result, n_bins)
        _with_gaps(
            mean, expected_mean, "it is the mean of the probabilities in the bin, not its middle. See section 7."
        )
        _with_gaps(fraction, expected_fraction, "it is the fraction of the objects in the bin that are lenses.")
        expected_count = np.histogram(probabilities, bins=n_bins, range=(0, 1))[0]
        _same_counts(result, count, expected_count, "the bins are equally wide and cover 0 to 1.")


def check_reliability_edges(reliability: Callable[..., Any]) -> None:
    """Empty bins, and probabilities on the edges of bins, against ``scipy.stats.binned_statistic``."""
    student = Function(reliability, "reliability")
    labels = np.array([0, 0, 1, 1, 0, 1, 1, 0, 1])
    cases = [
        # The edges of 4 and 8 bins are exact in binary, as are these probabilities.
        (4, np.array([0.0, 0.25, 0.25, 0.5, 0.625, 0.75, 1.0, 1.0, 0.125])),
        (8, np.array([0.0, 0.25, 0.25, 0.5, 0.625, 0.75, 1.0, 1.0, 0.125])),
        (4, np.array([0.0, 0.125, 0.0625, 1.0, 1.0, 0.875, 0.8125, 1.0, 0.0])),
        (8, np.array([0.25, 0.25, 0.3125, 0.5, 0.5625, 0.25, 0.3125, 0.5, 0.5])),  # nothing in the first and last bins
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
        (0.5, 0.001, 1.0, 1.0),
        (0.4, 0.02, 1.5, 0.7),
        (0.1, 0.6, 0.8, 1.3),
        (0.75, 0.3, -1.0, 1.0),
        (0.3, 0.3, 1.0, 1.0),
        (0.02, 0.5, 1.2, 0.9),
    ]
    for rng, (trained, prevalence, shift, width) in zip(draws(seed=731, count=len(cases)), cases, strict=True):
        x = rng.uniform(-2, 2.5, size=9)
        student(_posterior(x, trained, shift, width), trained, prevalence).close(
            _posterior(x, prevalence, shift, width),
            "what the image says (the ratio of the two densities) stays, and only the fractions of the classes change; "
            "the two probabilities must add up to one. See section 7.",
            atol=1e-9,
        )


def check_prevalence_ends(at_prevalence: Callable[..., Any]) -> None:
    """Probabilities of 0 and 1 stay, and small ones keep their digits: closed forms."""
    student = Function(at_prevalence, "at_prevalence")
    for trained, prevalence in ((0.5, 0.001), (0.3, 0.9), (0.9, 0.05)):
        student(np.array([0.0, 1.0, 0.0]), trained, prevalence).close(
            [0.0, 1.0, 0.0], "what is certain stays certain. See section 7.", rtol=0, atol=1e-12
        )
        small = np.array([1e-7, 3e-10, 2e-15])
        ratio = prevalence * (1 - trained) / (trained * (1 - prevalence))
        result = student(small, trained, prevalence)
        got = result.array((3,))
        if not np.allclose(got / small, ratio, rtol=1e-4):
            result.fail(
                f"changed 2e-15 by the factor {got[2] / small[2]:.6g}, expected {ratio:.6g}: a small probability "
                "changes by the ratio of the odds, so do not cut it off, and use float64. See section 7."
            )


def toy_classifier(images: np.ndarray) -> np.ndarray:
    """The notebook's: sigmoid of a weighted sum; the pixel in row i and column j weighs (1 + i - 2j) / 10."""
    images = np.asarray(images, dtype=float)
    if images.ndim != 3:
        raise ValueError(f"a classifier takes images of shape (n, s, s), not {images.shape}")
    rows, columns = np.indices(images.shape[1:])
    z = np.sum((1 + rows - 2 * columns) / 10 * images, axis=(1, 2))
    return 1 / (1 + np.exp(-z))


def _toy_drops(image: np.ndarray, size: int, value: float) -> np.ndarray:
    """The drops in closed form: covering a square takes sum of w (x - value) away from z."""
    squares = len(image) // size
    rows, columns = np.indices(image.shape)
    weights = (1 + rows - 2 * columns) / 10
    lost = (weights * (image - value)).reshape(squares, size, squares, size).sum(axis=(1, 3))
    z = np.sum(weights * image)
    return scipy.special.expit(z) - scipy.special.expit(z - lost)


def check_occlusion(occlusion_map: Callable[..., Any]) -> None:
    """The drops of the notebook's toy classifier, against their closed form."""
    student = Function(occlusion_map, "occlusion_map")
    cases = [(4, 2, 0.0), (6, 2, 0.0), (8, 2, 0.3), (9, 3, -0.5), (12, 3, 0.1), (5, 1, 0.2), (6, 6, 0.4), (12, 6, 1.0)]
    for rng, (side, size, value) in zip(draws(seed=741, count=len(cases)), cases, strict=True):
        image = rng.normal(0.1, 0.3, size=(side, side))
        result = student(toy_classifier, image, size, value)
        squares = side // size
        if squares > 1:
            got = result.array((squares, squares))
            drops = _toy_drops(image, size, value)
            for wrong, what in (
                (drops.T, "its rows and columns are swapped: drop[k, l] covers rows k * size onwards"),
                (-drops, "its sign is wrong: a drop is p(image) - p(covered)"),
                (_toy_drops(image, size, 0.0), f"the squares are filled with {value:g} here, not with 0"),
            ):
                if np.allclose(got, wrong, rtol=1e-4, atol=1e-6) and not np.allclose(got, drops, rtol=1e-4, atol=1e-6):
                    result.fail(f"is not the map: {what}. See section 7.")
        result.close(
            _toy_drops(image, size, value),
            "each square is covered alone, all others show the image as it is. See section 7.",
        )


ROOT = Path(__file__).parents[2]
MOST_COMPACT = 8000  # parameters
# Area under the ROC curve on the held-out set, tier by tier. What the reference reaches over seeds, and how often it
# would miss them: docs/thresholds/lenses.json and `course seeds lenses`. The baseline on the radial profile has 0.56.
THRESHOLDS = {"classify": (0.85, 0.90, 0.95), "classify_compact": (0.75, 0.80)}


# --- section 6 and 8: networks ------------------------------------------------------------------------------------


@functools.cache
def held_out() -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 48, 48) in electrons/s and labels (n,) that are in no release: graders/data/lenses.npz."""
    reader = importlib.util.spec_from_file_location("course_lens_data", ROOT / "source" / "lenses" / "lens_data.py")
    module = importlib.util.module_from_spec(reader)
    sys.modules[reader.name] = module  # dataclasses look their module up
    reader.loader.exec_module(module)
    stamps = module.read_lenses(ROOT / "graders" / "data" / "lenses.npz")
    return stamps.images, stamps.labels.astype(int)


def held_out_auroc(classify: Callable[..., Any], name: str) -> float:
    """The area under the ROC curve that a classifier of raw images reaches on the held-out set."""
    images, labels = held_out()
    scores = Function(classify, name)(images).array(labels.shape)
    return float(roc_auc_score(labels, scores))


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    return {name: held_out_auroc(namespace[name], name) for name in THRESHOLDS}


def check_held_out(classify: Callable[..., Any], name: str, tier: int) -> None:
    """The skill of a trained network on 2,000 images that were never released, by scikit-learn's AUROC.

    A trained network differs from seed to seed; `THRESHOLDS` says where the false-failure rate is written.
    """
    at_least = THRESHOLDS[name][tier - 1]
    area = held_out_auroc(classify, name)
    if area >= at_least:
        return
    images, _ = held_out()
    spread = np.ptp(np.asarray(classify(images[:200]), dtype=np.float64))
    if spread < 1e-6:
        why = "all images get the same score: has it been trained, and on stretched images?"
    elif area < 0.4:
        why = "below 0.5 the scores run the wrong way: are the classes swapped?"
    else:
        why = (
            "does the validation loss still fall at the end, and are the same stretch and the right labels used in "
            "training? See section 6."
        )
    fail(
        f"The AUROC of {name} on {len(images)} images that it has never seen is {area:.3f}, expected at least "
        f"{at_least:.3f}: {why}"
    )


def check_compact_held_out(classify_compact: Callable[..., Any], compact: Any, tier: int) -> None:
    """The skill of the compact network, as `check_held_out`, which counts if it is within the limit."""
    count = parameters_of(compact)
    require(count <= MOST_COMPACT, f"The compact network has {count} parameters, expected at most {MOST_COMPACT}.")
    check_held_out(classify_compact, "classify_compact", tier)


def _stamps(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(1.0, 1.5, size=(n, 48, 48, 1)).astype(np.float32)


def _check_network(build: Callable[..., Any], name: str, most: int) -> Any:
    model = Function(build, name)().keras_model()
    require(
        tuple(model.input_shape) == (None, 48, 48, 1),
        f"{name}() takes images of shape {model.input_shape}, expected (None, 48, 48, 1). See the task.",
    )
    require(
        tuple(model.output_shape) == (None, 1),
        f"{name}() gives an output of shape {model.output_shape}, expected (None, 1): one probability an image.",
    )
    count = parameters_of(model)
    require(count <= most, f"{name}() has {count} parameters, expected at most {most}: use fewer filters.")
    require(
        sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) > 0,
        f"{name}() has no trainable parameters: it cannot learn.",
    )
    for rng in draws(seed=611, count=2):
        images = _stamps(rng, 32)
        p = np.asarray(model(10 * images, training=False))
        require(bool(np.isfinite(p).all()), f"{name}() gave values that are nan or infinite.")
        require(
            bool((p >= 0).all() and (p <= 1).all()),
            f"{name}() gave values between {p.min():.3g} and {p.max():.3g}, expected probabilities between 0 "
            "and 1: which activation has the last layer?",
        )
        p = np.asarray(model(images, training=False))
        require(
            float(np.ptp(p)) > 0,
            f"{name}() gave {p[0, 0]:.4g} for each of 32 different images: does it depend on the image?",
        )
    return model


def _check_loss(model: Any, name: str) -> None:
    require(
        getattr(model, "optimizer", None) is not None and getattr(model, "loss", None) is not None,
        f"{name}() returned a model without an optimiser and a loss: compile it.",
    )
    for rng in draws(seed=612, count=3):
        images = _stamps(rng, 32)
        labels = rng.integers(0, 2, size=32).astype(np.float32)
        p = np.asarray(model(images, training=False), dtype=np.float64)[:, 0].clip(1e-7, 1 - 1e-7)
        # The loss at these labels less that at the opposite ones: a penalty on the weights drops out. Asked of values
        # rather than by `evaluate`: in a graph, Keras leaves out a sigmoid whose output is taken for a logit.
        got = 0.0
        for sign, answers in ((1, labels), (-1, 1 - labels)):
            try:
                loss = model.compute_loss(y=answers[:, None], y_pred=p.astype(np.float32)[:, None])
            except Exception as error:
                fail(f"The loss of {name}() stopped with {type(error).__name__}: does it fit one number an image?")
            got += sign * float(np.asarray(loss))
        cross_entropy = np.mean(np.where(labels == 1, 1, -1) * (np.log(1 - p) - np.log(p)))
        if not np.isclose(got, cross_entropy, rtol=2e-3, atol=2e-4):
            fail(
                f"Turning all labels around changes the loss of {name}() by {-got:.4f}; the binary cross-entropy of "
                f"its probabilities changes by {-cross_entropy:.4f}: is a sigmoid applied twice, or another loss? "
                "See section 6."
            )


def check_classifier(build_classifier: Callable[..., Any]) -> None:
    """Shapes, size and probabilities of the untrained network, asked of the Keras model; `width` widens it."""
    count = parameters_of(_check_network(build_classifier, "build_classifier", 100_000))
    wide = Function(build_classifier, "build_classifier")(width=3).keras_model()
    require(
        parameters_of(wide) > 4 * count,
        f"build_classifier(width=3) has {parameters_of(wide)} parameters, build_classifier() has "
        f"{count}: three times as many filters in every layer give nearly nine times as many.",
    )


def check_loss(build_classifier: Callable[..., Any]) -> None:
    """The compiled loss is the cross-entropy of the predicted probabilities: the formula in float64."""
    _check_loss(Function(build_classifier, "build_classifier")().keras_model(), "build_classifier")


def check_compact(build_compact: Callable[..., Any]) -> None:
    """Size, shapes, probabilities and loss of the compact network, asked of the Keras model."""
    _check_loss(_check_network(build_compact, "build_compact", MOST_COMPACT), "build_compact")


def _play(training_callbacks: Any, patience: int, val_losses: list[float]) -> tuple:
    """A training of which only the callbacks are real: the one weight of the model is the epoch's number.

    Returns:
        What came back in place of a list of callbacks, if it is none; the last epoch; the weight then; the weight in
        the file: None without a file, or the name of the error if it cannot be read.
    """

    def is_callback(item: Any) -> bool:
        return isinstance(item, keras.callbacks.Callback)

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "best.weights.h5")
        items = training_callbacks(path, patience)
        if not isinstance(items, (list, tuple)) or not all(is_callback(item) for item in items):
            return "one callback" if is_callback(items) else "something that is no list of Keras callbacks", 0, 0, 0
        model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1, use_bias=False)])
        model.stop_training = False
        played = keras.callbacks.CallbackList(list(items), model=model)
        played.on_train_begin()
        last = 0
        for last, val_loss in enumerate(val_losses):
            played.on_epoch_begin(last)
            model.set_weights([np.full((1, 1), float(last))])
            played.on_epoch_end(last, {"loss": 9.0 - 0.1 * last, "val_loss": val_loss})
            if model.stop_training:
                break
        played.on_train_end()
        left = float(model.get_weights()[0][0, 0])
        saved = None
        if Path(path).is_file():
            try:
                model.load_weights(path)
                saved = float(model.get_weights()[0][0, 0])
            except Exception as error:
                saved = type(error).__name__
        return None, last, left, saved


def _played(training_callbacks: Callable[..., Any], patience: int, losses: list[float]) -> tuple:
    """The last epoch, the weight then and that in the file, of a training with a student's callbacks."""
    Function(training_callbacks, "training_callbacks").fits("best.weights.h5", patience)
    try:
        wrong, last, left, saved = beside(training_callbacks, _play, training_callbacks, patience, losses)
    except NotImplementedError as error:
        fail(f"training_callbacks is not written yet: {error}")
    except Exception as error:
        fail(f"A training with your callbacks stopped with {type(error).__name__}: {error}")
    if wrong:
        fail(f"training_callbacks returned {wrong}, expected a list: make an object of each class. See section 6.")
    return last, left, saved


def _losses(rng: np.random.Generator, patience: int) -> tuple[list[float], int]:
    """Validation losses that improve now and then, never twice `patience` epochs apart before the best; its epoch."""
    losses, level = [], 3.0
    for _ in range(int(rng.integers(3, 6))):
        level -= float(rng.uniform(0.05, 0.3))
        losses.append(level)
        losses += [level + float(rng.uniform(0.01, 0.5)) for _ in range(int(rng.integers(0, patience)))]
    best = int(np.argmin(losses))
    losses = losses[: best + 1] + [level + float(rng.uniform(0.01, 0.5)) for _ in range(3 * patience)]
    return losses, best


def check_early_stopping(training_callbacks: Callable[..., Any]) -> None:
    """The last epoch and the weights left, for played validation losses: by the definition of patience."""
    for rng, patience in zip(draws(seed=621, count=4), (3, 1, 5, 2), strict=True):
        losses, best = _losses(rng, patience)
        last, left, _ = _played(training_callbacks, patience, losses)
        shown = ", ".join(f"{loss:.2f}" for loss in losses[: best + patience + 2])
        require(
            last == best + patience,
            f"With patience {patience} and validation losses {shown} ... the last epoch was {last}, expected "
            f"{best + patience}: the best is epoch {best}, and {patience} more bring nothing. See section 6.",
        )
        require(
            left == best,
            f"After early stopping the network has the weights of epoch {left:.0f}, expected those of the best, "
            f"{best}. See section 6.",
        )


def check_checkpoint(training_callbacks: Callable[..., Any]) -> None:
    """The file holds the best weights at any time, also when the training was not stopped early."""
    for rng, patience in zip(draws(seed=622, count=3), (3, 2, 4), strict=True):
        losses, best = _losses(rng, patience)
        for shown in (losses, losses[: best + 2], losses[: best + 1]):
            _, _, saved = _played(training_callbacks, patience, shown)
            require(saved is not None, "training_callbacks wrote no file at the path given. See section 6.")
            if isinstance(saved, str):
                fail(f"The file of training_callbacks holds no weights of the network: {saved}.")
            require(
                saved == best,
                f"After {len(shown)} epochs, the best of them {best}, the file has the weights of epoch {saved:.0f}. "
                "See section 6.",
            )
