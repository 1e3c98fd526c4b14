"""Sections 1 to 4: stretch, split, symmetries and radial profile.

Augmentation is judged by what came out: every stamp is random, so each output tells which input it was and which of
the eight symmetries it went through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.spatial
import scipy.stats

from graders.checks.domains import MANY, arrays, tiny
from graders.checks.ladder import Function, Result, beside, draws, fail, require

# --- section 1: the stretch -------------------------------------------------------------------------------------------


def check_stretch(asinh_stretch: Callable[..., Any]) -> None:
    """Pixel values against arcsinh(x) = sign(x) ln(|x| + sqrt(x^2 + 1)) and x = sinh.

    Images of any shape, from a billionth of the noise to a billion times it, and down to -74 times it; noises from
    1e-12 to 1e6.
    """
    student = Function(asinh_stretch, "asinh_stretch")
    why = "arcsinh of the image in units of the noise, pixel by pixel. See section 1."
    for number, x in enumerate(arrays(seed=412)):
        x, noise = np.maximum(x, -74), (0.01, 1.0, 1e6)[number % 3]
        expected = np.sign(x) * np.log1p(np.abs(x) + x**2 / (1 + np.sqrt(x**2 + 1)))
        student(x * noise, noise).close(expected, why, atol=tiny(expected))
    cases = [((5, 5), 1e-6), ((7,), 2.5), ((3, 6, 6), 0.5), ((2, 4, 4, 3), 0.25), ((1, 4, 4, 1), 37.5), ((3, 3), 1e-12)]
    for rng, (shape, noise) in zip(draws(seed=411, count=len(cases)), cases, strict=True):
        stretched = rng.uniform(-5.0, 9.0, size=shape)
        student(noise * np.sinh(stretched), noise).close(stretched, why)


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

    Few objects and fractions at which some ways to round leave a part empty; names of up to 10^18 of either sign.

    Chance: a right split fails one of the eighteen comparisons with the hypergeometric distribution (6 sigma; below
    3e-9 each, `scipy.stats.hypergeom`) or is the same for two seeds (below 1e-60) less than once in 1e7.
    """
    student = Function(split, "split", may_draw=True)
    cases = [
        (1000, (0.7, 0.15, 0.15), 0),
        (600, (0.5, 0.2, 0.3), 1),
        (47, (0.6, 0.2, 0.2), 5),
        (200, (0.1, 0.1, 0.8), 31),
        (1500, (0.8, 0.1, 0.1), 2),
        (4, (0.5, 0.25, 0.25), 7),
        # Each way to round that leaves a part empty, where another does not: up, down or to the nearest whole number,
        # each part or the sums. The last sum is a little less than 8.
        (3, (1 / 3, 1 / 3, 1 / 3), 9),
        (4, (0.375, 0.25, 0.375), 0),
        (5, (0.55, 0.25, 0.2), 3),
        (6, (0.25, 7 / 12, 1 / 6), 4),
        (10, (0.7, 0.1, 0.2), 6),
    ]
    for rng, (total, fractions, seed) in zip(draws(seed=421, count=len(cases)), cases, strict=True):
        objects = rng.permutation(10 * total)[:total] - 3 * total
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
    # Names that are neighbours and whose differences are large: single or double precision takes them for one.
    names = np.concatenate([sign * 10**18 + np.arange(20) for sign in (-1, 1)])
    for rng in draws(seed=424, count=1):
        parts = _rows(student, rng.permutation(names), (0.5, 0.25, 0.25), 3)
        called = student.describe(names, [0.5, 0.25, 0.25], 3)
        why = "names are any integers, such as 10**18 and 10**18 + 1"
        _sizes(called, [len(part) for part in parts], (0.5, 0.25, 0.25), 40, why)
    objects = np.arange(300)
    fractions = (0.6, 0.2, 0.2)
    for seed in (0, 3):
        one, again = (_rows(student, objects, fractions, seed) for _ in range(2))
        for name, a, b in zip(PARTS, one, again, strict=True):
            if not np.array_equal(a, b):
                fail(f"Two calls of split with the seed {seed} gave two different parts {name}: the same seed gives "
                     "the same split. See section 2.")  # fmt: skip
    for seed in (0, 4, 13, 103, 1003):
        for name, a, b in zip(PARTS, one, _rows(student, objects, fractions, seed), strict=True):
            if np.array_equal(a, b):
                fail(f"split gave the same part {name} for the seeds 3 and {seed}: another seed gives another split. "
                     "See section 2.")  # fmt: skip


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
    """Objects in random order, with names of either sign that say nothing; a third of them twice or three times."""
    names = rng.permutation(20 * number)[:number] - 10 * number
    return rng.permutation(np.repeat(names, rng.choice([1, 1, 1, 1, 2, 3], size=number)))


def check_split_objects(split: Callable[..., Any]) -> None:
    """No object in two parts, and the fractions are of objects; objects have one to three images. Exact."""
    student = Function(split, "split", may_draw=True)
    fractions = ((0.7, 0.15, 0.15), (0.5, 0.25, 0.25), (0.34, 0.33, 0.33), (0.8, 0.1, 0.1))
    for rng, shares in zip(draws(seed=423, count=4), fractions, strict=True):
        seed = int(rng.integers(1000))
        objects = _with_twins(rng, 400)
        for which in (objects, np.sort(objects)):  # the same names and seed: what is kept of the one is no answer
            parts = [np.unique(which[rows]) for rows in _rows(student, which, shares, seed)]
            called = student.describe(which, list(shares), seed)
            for a, b in ((0, 2), (0, 1), (1, 2)):
                shared = np.intersect1d(parts[a], parts[b])
                require(
                    shared.size == 0,
                    f"{called} puts {shared.size} objects both into {PARTS[a]} and into {PARTS[b]}: give out objects, "
                    "not rows, and take all images of each. See section 2.",
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
    shapes = (
        (1, 4, 4, 1),
        (3, 5, 5, 1),
        (4, 4, 4, 2),
        (2, 6, 6, 3),
        (8, 3, 3, 8),
        (2, 2, 2, 2),
        (MANY, 2, 2, 1),
        (3, 5, 5, 1),  # as before, with other images
    )
    scales = (1, 1, 1e-9, 200, 1, 1e9, 1, 1)
    for rng, shape, scale in zip(draws(seed=431, count=len(shapes)), shapes, scales, strict=True):
        images = scale * rng.uniform(-1.0, 1.0, size=shape)
        if len(images) == 2:
            images = _transposed_in_memory(images)
        result = student(images)
        got = result.array((8, *shape)) / scale
        images = images / scale
        wanted = _eight(images)
        same = np.array([[np.allclose(a, b, rtol=1e-4, atol=1e-5) for b in wanted] for a in got])
        if not same.any(axis=1).all():
            result.fail(_diagnosis(got[~same.any(axis=1)], wanted))
        if not same.any(axis=0).all():
            result.fail(
                f"has {int(same.any(axis=0).sum())} different views in its 8 places, expected each of the eight once. "
                "See section 3."
            )


def _transposed_in_memory(images: np.ndarray) -> np.ndarray:
    """The same images, in another order in memory."""
    return np.ascontiguousarray(images.T).T


def _diagnosis(strange: np.ndarray, wanted: np.ndarray) -> str:
    """What an entry is that is none of the eight."""
    start = f"has {len(strange)} of 8 entries that are none of the eight symmetries"
    for axes, what in (((0,), "the images have changed places"), ((3,), "the channels have changed places")):
        if any(np.allclose(np.flip(entry, axes), other, atol=1e-5) for entry in strange for other in wanted):
            return f"{start}: {what}, expected that only axes 1 and 2 are touched. See section 3."
    return f"{start}, about the centre of the stamp: axes 1 and 2 are those of the image. See section 3."


def _orbits(images: np.ndarray, seen: Result) -> tuple[np.ndarray, np.ndarray]:
    """For each image that came back, which input it is and which symmetry it went through; -1 if it is none.

    The inputs are uniform and of both signs, of at least 3 x 3 pixels. A mirror moves at least three pairs of pixels:
    two symmetries of a stamp agree to 1e-5 with probability (1e-5)^3, below 1e-10 in a thousand stamps.
    """
    largest = np.abs(images).max()
    known = _eight(images).reshape(8 * len(images), -1) / largest
    got = seen.array(images.shape).reshape(len(images), -1) / largest
    _, found = scipy.spatial.KDTree(known).query(got, p=np.inf, distance_upper_bound=1e-5)
    strange = found == len(known)
    return np.where(strange, -1, found % len(images)), np.where(strange, -1, found // len(images))


def _epoch_case(
    rng: np.random.Generator, n: int, size: int, channels: int = 1, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Images in another order in memory, and labels in one byte where they are few."""
    images = scale * rng.uniform(-1.0, 1.0, size=(n, size, size, channels))
    return _transposed_in_memory(images), rng.integers(0, 2, size=n).astype(np.int8 if n < 100 else int)


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
    neighbour there are 1 on average, Poisson, and more than 12 with probability 6e-11; one of n >= 1000 images is where
    it was in each of four epochs with probability 1/n^3, below 1e-9; the number of lenses in places where lenses were
    is hypergeometric (6 sigma: 2e-9). In all less than 1e-8.
    """
    student = Function(epoch, "epoch")
    cases = ((30, 3, 1, 1e-6), (41, 4, 2, 200.0), (30, 3, 1, 1.0), (MANY, 3, 1, 1.0))
    for rng, (n, size, channels, scale) in zip(draws(seed=432, count=len(cases)), cases, strict=True):
        images, labels = _epoch_case(rng, n, size, channels, scale)
        for training in (True, False):
            alone = _epoch(student, images[:1], labels[:1], np.random.default_rng(n), training)
            _require_complete(alone, labels[:1])
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
            third, fourth = (_epoch(student, images, labels, generator, True) for _ in range(2))
            _require_free(labels, [first, second, third, fourth])
        kept = _epoch(student, images, labels, generator, False)
        require(
            np.array_equal(kept.which, np.arange(n)),
            f"{kept.called} changed the order of the images: without training they stay as they are. See section 3.",
        )
        _require_complete(kept, labels)


def _state_of(generator: np.random.Generator) -> str:
    """Where a generator is in its sequence."""
    return str(generator.bit_generator.state)


def _require_free(labels: np.ndarray, epochs: Sequence[_Epoch]) -> None:
    """No image is tied to its place, and lenses are not tied to the places of lenses."""
    places = np.arange(len(labels))
    tied = int(np.sum(np.all([seen.which == places for seen in epochs], axis=0)))
    require(
        tied == 0,
        f"{epochs[0].called}, {len(epochs)} times, left {tied} images where they were each time: every order must be "
        "as likely. See section 3.",
    )
    lenses = int(np.sum(labels))
    drawn = scipy.stats.hypergeom(len(labels), lenses, lenses)
    found = int(np.sum(labels[epochs[0].which] * labels))
    require(
        abs(found - drawn.mean()) <= 6 * drawn.std(),
        f"{epochs[0].called} put {found} of {lenses} lenses into places where lenses were, expected about "
        f"{drawn.mean():.0f}: shuffle lenses and non-lenses together. See section 3.",
    )


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

    Three epochs of 1024 stamps give four chi-square statistics, compared with their quantile at 1e-8: the eight
    symmetries (7 degrees of freedom, 384 of each expected), and the pairs of two outputs, of two inputs that lie beside
    each other, and of one image in two epochs (63, at least 16 expected). A right epoch fails with a probability of
    less than 1e-6 (the pairs' tails are a little heavier than chi-square: simulated).
    """
    student = Function(epoch, "epoch")
    for rng, (n, size, channels) in zip(draws(seed=433, count=3), ((9, 4, 3), (12, 5, 1), (1024, 3, 1)), strict=True):
        images, labels = _epoch_case(rng, n, size, channels)
        generator = np.random.default_rng(n)
        before = beside(epoch, _state_of, generator)
        kept = _epoch(student, images, labels, generator, False)
        drew = beside(epoch, _state_of, generator) != before
        require(
            np.all(kept.symmetry == 0),
            f"{kept.called} turned or mirrored {int(np.sum(kept.symmetry != 0))} of them: without training the images "
            "stay as they are. See section 3.",
        )
        require(
            not drew or not np.array_equal(kept.which, np.arange(n)),  # who shuffles has lost another point for it
            f"{kept.called} drew random numbers from rng: without training nothing is drawn. See section 3.",
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
    _require_all_views_of_one(student, images[:1], labels[:1])
    one, two = (_epoch(student, images, labels, np.random.default_rng(8), True) for _ in range(2))
    require(
        np.array_equal(one.symmetry, two.symmetry) or np.array_equal(_by_image(one, n), _by_image(two, n)),
        "Two calls of epoch with generators of the same seed gave different symmetries: take all random numbers from "
        "`rng`. See section 3.",
    )


def _require_all_views_of_one(student: Function, image: np.ndarray, label: np.ndarray) -> None:
    """An epoch of one image shows it in any way. That one of eight is missing in 200 epochs has a chance of 2e-11."""
    generator = np.random.default_rng(81)
    seen = {int(_epoch(student, image, label, generator, True).symmetry[0]) for _ in range(200)}
    require(
        len(seen) == 8,
        f"200 calls of epoch with one image showed it in {len(seen)} of the eight ways: draw from all eight, "
        "whatever the number of images. See section 3.",
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
    require(statistic <= scipy.stats.chi2.isf(1e-8, len(counts) - 1), f"{sentence} See section 3.")


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
        (1, 5, [0.0, 0.5, 1.2, 2.1], 1.0),
        (3, 6, [0.0, 1.1, 2.3, 3.3], 1e-9),
        (4, 9, [0.3, 1.9, 2.1, 4.05, 5.5], 200.0),
        (2, 12, [1.7, 4.4, 7.7], 1.0),
        (2, 12, [0.6, 3.1, 5.2], 1e9),
        (3, 8, [2.0, 6.0], 1.0),
        (7, 48, [0.0, 0.9, 2.2, 3.1, 6.7, 11.3, 23.9, 30.2], 1e-3),
        (MANY, 4, [0.1, 1.0, 2.0], 1.0),
        (1, 1, [0.0, 1.0], 1.0),
    ]
    why = (
        "the mean over the pixels from one edge to the next, for each image, about ((s - 1)/2, (s - 1)/2), the centre "
        "of the stamp. See section 4."
    )
    _check_profiles(student, 441, cases, why)


def _check_profiles(student: Function, seed: int, cases: Sequence[tuple], why: str) -> None:
    """For stamps (n, size, size) of some scale, a fifth of the pixels dark, in another order in memory, and edges."""
    for rng, (n, size, edges, scale) in zip(draws(seed=seed, count=len(cases)), cases, strict=True):
        images = scale * rng.normal(0.3, 1.0, size=(n, size, size))
        images = _transposed_in_memory(np.where(rng.random(images.shape) < 0.2, 0.0, images))
        expected = _profile(images, np.array(edges))
        student(images, np.array(edges)).close(expected, why, atol=tiny(expected))


def check_profile_edges(radial_profile: Callable[..., Any]) -> None:
    """Pixels on an edge: they belong to the outer annulus, and beyond the last edge to none. Whole radii are exact."""
    student = Function(radial_profile, "radial_profile")
    cases = [(2, 7, [0.0, 1.0, 2.0, 3.0], 1.0), (1, 11, [1.0, 3.0, 5.0], 1e-6), (3, 13, [0, 5, 6], 1e6)]
    cases += [(2, 7, [0.0, 2.0, 3.0001], 1.0)]  # just inside of the last edge
    why = "a pixel on an edge is in the annulus that begins there, and on the last edge in none. See section 4."
    _check_profiles(student, 442, cases, why)
