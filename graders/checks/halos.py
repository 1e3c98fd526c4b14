"""What is right in `halos`: loops over cells, SciPy, graphs, networks built here; trained ones on data of no release.

A V-Net is judged at weights that the grader puts in: by its number of parameters, by the answers and gradients of one
that is built here, and by how far one cell of the input reaches when the way up from a level is cut, which shows that
each skip is used. The trained one is judged by the halos of new boxes, against the best cut on the smoothed density of
the same boxes; the learnt law of gas by the law itself, which is known.

Over seeds: docs/thresholds/halos.json; what wrong answers reach: docs/thresholds/halos.md.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import scipy.ndimage
import scipy.sparse
import scipy.sparse.csgraph
import scipy.stats
import tensorflow as tf

from graders.checks.changes import extent, one_block_changed
from graders.checks.domains import MANY, tiny
from graders.checks.gradients import require_gradients
from graders.checks.ladder import Function, Result, beside, draws, parameters_of, require
from graders.checks.networks import answers, at_named_weights, built, graph_of
from graders.checks.oracles import oracle
from graders.checks.periodic import require_padding, right_padding, wrapped
from graders.checks.steps import StepCase
from graders.checks.trained import DATA, Measured

# What a trained V-Net must reach, tier by tier: how much its mean Dice coefficient exceeds that of the best cut. What
# the learnt law of gas may be off by, tier by tier: `mean` in units of the scatter, `scatter` and `bands` as the
# absolute logarithm of a factor, the worst of three parts of the cells and of four bands of wave number.
THRESHOLDS = {"margin": (0.02, 0.05)}
CEILINGS = {"dice": (0.9,), "mean": (0.25, 0.15)}
CEILINGS |= {"scatter": (math.log(1.25), math.log(1.15)), "bands": (math.log(1.8), math.log(1.5))}
SIDE = 32

# --- section 1: halos in a box ----------------------------------------------------------------------------------------


def _separations(shape: tuple[int, ...]) -> np.ndarray:
    """Squared distances of all pairs of cells of a periodic box: (cells, cells), each the least over all images."""
    cells = np.array(list(np.ndindex(*shape)))
    away = np.abs(cells[:, None] - cells[None])
    images = np.stack([(away + step * np.array(shape)) ** 2 for step in (-1, 0, 1)])
    return images.min(axis=0).sum(axis=2)


def _means(field: np.ndarray, radius: float) -> np.ndarray:
    """The mean over balls, cell by cell."""
    near = _separations(field.shape) <= radius**2
    return np.array([field.ravel()[row].mean() for row in near]).reshape(field.shape)


@oracle
def _smooth(field: np.ndarray, radius: float) -> np.ndarray:
    """The same, asked once."""
    return _means(field, radius)


def check_smooth(smooth: Callable[..., Any]) -> None:
    """Against a loop over cells; one axis to three, sides that differ, radii from 0 to nearly half a side, all scales.

    Fourier transforms leave round-off of the largest value, so a field that is small somewhere is judged by that.
    """
    student = Function(smooth, "smooth")
    cases = [((1,), 0.3, 1.0), ((7,), 2, 1.0), ((9, 6), 1.5, 1.0), ((5, 8), 0, 120.0), ((6, 5, 7), 2.2, 1.0),
             ((8, 9, 8), 3.7, 1e-9), ((5, 5, 5), 1, 1e9), ((4, 7, 10), 1.8, 1e-3), ((11, 11), 5, 1.0),
             ((MANY,), 40, 1.0), ((9, 9, 9), 3, 6.0), ((3, 12), 1.2, 1.0), ((7, 8, 10), 3.4, 1.0),
             ((6, 9), 1.5, 1.0), ((6, 9), 2.5, 1.0)]  # fmt: skip
    for number, (rng, (shape, radius, scale)) in enumerate(zip(draws(1501, len(cases)), cases, strict=True)):
        field = scale * rng.normal(0.3, 1.0, size=shape[::-1]).T
        field = np.rint(5 * field).astype(int) if number == 1 else field
        field = field.astype(np.float32) if number == 4 else field
        expected = _smooth(field, radius)
        why = "the mean over all cells at most the radius away, by the shortest way through the periodic box"
        student(field, radius).close(expected, f"{why}. See section 1.", atol=1e-6 * float(np.abs(field).max()))


@oracle
def _find(density: np.ndarray, radii: list, critical: float) -> np.ndarray:
    """Cell by cell and pair by pair, with all images of a ball."""
    cells, squares, found = list(np.ndindex(*density.shape)), _separations(density.shape), []
    for radius in sorted(radii)[::-1]:
        means = _means(density, radius)
        peaks = []
        for cell in cells:
            steps = itertools.product((-1, 0, 1), repeat=density.ndim)
            others = {tuple((c + s) % n for c, s, n in zip(cell, step, density.shape, strict=True)) for step in steps}
            if means[cell] > critical and all(means[cell] > means[other] for other in others - {cell}):
                peaks.append(cell)
        for peak in sorted(peaks, key=lambda cell: means[cell])[::-1]:
            apart = [squares[cells.index(peak), cells.index(tuple(other))] ** 0.5 for *other, _ in found]
            if all(d >= radius + kept[-1] - 1e-9 for d, kept in zip(apart, found, strict=True)):
                found.append([*peak, radius])
    return np.array(found, dtype=float).reshape(-1, density.ndim + 1)


def check_find(find_halos: Callable[..., Any]) -> None:
    """Against a loop over cells and pairs; one axis to three, sides that differ, radii in any order, none found.

    Fields are random, so that no two means are equal and halos of several radii compete; two have the same shape and
    radii, one has many halos, one is below 0 nearly everywhere, and one large.
    """
    student = Function(find_halos, "find_halos")
    cases = [((20,), (1, 3), 0.117), ((40,), [2, 1, 4, 0.5], 0.0), ((9, 12), (2.0, 1.0), 0.223),
             ((10, 9), (1, 3, 2), -0.3), ((8, 7, 9), (2.5, 1.2), 0.2), ((9, 8, 7), [1, 2, 3], -3.914),
             ((7, 7, 7), (1.0,), 0.3), ((9, 9), (2, 1), 99.0), ((3, 5, 4), (0, 1), 0.2),
             ((14, 11), (1.5, 0.0, 2.5), 0.4), ((9, 12), (2.0, 1.0), 0.223), ((24, 21), (1.0, 0.5, 1.5), 0.05),
             ((11, 13), (1.0, 2.3), 127.0)]  # fmt: skip
    why = "radii from the largest, at each the peaks from the highest, and no ball that overlaps one before"
    for number, (rng, (shape, radii, critical)) in enumerate(zip(draws(1511, len(cases)), cases, strict=True)):
        density = rng.normal(size=shape[::-1]).T
        density = density.astype(np.float32) if number == 2 else density
        density = density - 4.0 if critical < -1 else density
        density = 600.0 * density if critical > 100 else density
        expected = _find(density.astype(float), list(radii), critical)
        answer = student(density, radii, critical)
        got = answer.array()
        if got.shape != expected.shape:
            answer.fail(
                f"returned an array of shape {got.shape}, expected {expected.shape}, of {len(expected)} halos: {why}. "
                "See section 1."
            )
        answer.close(expected, f"{why}. See section 1.")
    row = np.zeros(24)
    row[2:12] = 1.0, 3.0, 6.0, 3.0, 0.2, 0.1, 2.7, 5.4, 2.7, 1.0  # means over five cells have peaks at 4 and 9
    for radius in (2.5, 2.6):  # two balls that touch, and two that overlap
        expected = _find(row, [radius], 2.0)
        student(row, [radius], 2.0).close(
            expected, "balls overlap if their centres are less than both radii apart. See section 1."
        )


# --- section 2: how good is an answer ---------------------------------------------------------------------------------


def _pairs(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of masks of all kinds and types: one and many, empty ones, equal ones, without a common cell, large.

    Some have more cells in common than a byte counts.
    """
    kinds = [(bool, bool), (int, int), (float, float), (bool, float), (np.uint8, int), (np.float32, bool), (int, bool),
             (np.uint8, np.uint8)]  # fmt: skip
    shapes = [(1, 1, 1, 1), (6, 3, 4, 2), (5, 4, 2, 3), (1, 5, 5, 2), (7, 1, 6, 2), (3, 12, 11, 10), (MANY, 2, 2, 1),
              (5, 2, 3, 6)]  # fmt: skip
    for rng, (kind, other_kind), shape in zip(draws(seed, len(kinds)), kinds, shapes, strict=True):
        found, truth = (rng.uniform(size=(2, *shape)) < rng.uniform(0.2, 0.8)).astype(float)
        if len(found) > 4:
            found[0], truth[1], found[2], truth[2] = 0, 0, 0, 0
            truth[3], found[4] = found[3], 1 - truth[4]
        yield found.astype(kind), truth.astype(other_kind)
    yield np.zeros((1, 2, 3, 1), bool), np.zeros((1, 2, 3, 1), bool)
    yield np.ones((1, 2, 3, 4), bool), np.ones((1, 2, 3, 4), np.uint8)
    full = np.ones((1, 12, 12, 12), np.uint8)
    for kind in (np.uint8, bool):
        yield full.astype(kind), np.where(np.arange(12)[:, None, None] > 2, full, 0)
    large = np.ones((1, 33, 32, 32), np.uint8)  # more cells than 16 bits count
    yield large.astype(np.float32), np.where(np.arange(33)[:, None, None] < 32, large, 0).astype(np.uint8)
    yield (
        np.eye(4, dtype=bool)[None, None].transpose(0, 2, 3, 1),
        np.tri(4, dtype=bool)[None, None].transpose(0, 2, 3, 1),
    )


@oracle
def _scores(found: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy and Dice coefficient from sets of cells."""
    rows = []
    for one, other in zip(found, truth, strict=True):
        a, b = (set(np.flatnonzero(np.asarray(mask, dtype=float)).tolist()) for mask in (one, other))
        rows.append((1 - len(a ^ b) / one.size, 2 * len(a & b) / (len(a) + len(b)) if a | b else 1.0))
    return tuple(np.array(rows).T.copy())


def check_dice(accuracy_and_dice: Callable[..., Any]) -> None:
    """Against sets of cells; booleans, whole numbers, floats and mixed; empty masks and equal ones."""
    student = Function(accuracy_and_dice, "accuracy_and_dice")
    for found, truth in _pairs(1521):
        expected = _scores(found, truth)
        accuracy, dice = student(found, truth).unpack("the accuracy", "the Dice coefficient")
        kinds = f"for masks of {found.dtype} and {truth.dtype}"
        accuracy.close(expected[0], f"the share of cells that are equal, {kinds}. See section 2.")
        dice.close(expected[1], f"twice the cells in both, of the sum of the numbers, {kinds}. See section 2.")


@oracle
def _cuts(values: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each value, and the Dice coefficient of a cut there."""
    cuts = np.unique(values)
    truth = truth > 0.5
    return cuts, np.array([2 * np.sum((values >= t) & truth) / (np.sum(values >= t) + truth.sum()) for t in cuts])


def check_cut(best_cut: Callable[..., Any]) -> None:
    """Against all cuts, of which any best one will do; ties, values of any scale and sign, one cell and many, types.

    One case has more cells than 16 bits count, of few values; in the last, all cells are true.
    """
    student = Function(best_cut, "best_cut")
    cases = [
        ((1,), 1.0, 0),
        ((6,), 1.0, 0),
        ((12,), 1.0, 2),
        ((4, 5), 1e-9, 0),
        ((3, 4, 5), 1e9, 0),
        ((40,), 1.0, 4),
        ((2, 3, 2, 3), 6.0, 3),
        ((MANY,), 1.0, 0),
        ((30,), 1e-3, 0),
        ((50,), 1.0, 3),
        ((8, 8), 1.0, 2),
        ((9, 7), 1.0, 0),
        ((400,), 1.0, 0),
        ((50, 2000), 1.0, 6),
        ((6, 7), 1.0, 0),
    ]
    for number, (rng, (shape, scale, levels)) in enumerate(zip(draws(1531, len(cases)), cases, strict=True)):
        values = rng.normal(-0.5, 1.0, size=shape)
        truth = values + rng.normal(size=shape) > rng.uniform(-0.5, 1.0)
        if number == 13:
            truth = values + rng.normal(size=shape) > -1.8
        if number == 14:
            truth = np.ones(shape, dtype=bool)
        values = np.rint(levels * values) if levels else values  # many are equal
        if number == 9:
            truth = rng.permutation(50).reshape(50) < 25
        if number in (11, 12):
            truth = rng.permutation(values.size).reshape(shape) < number - 10  # few cells: no cut is good
        truth.flat[0] = True
        kind = (float, float, int if levels else float, np.float32)[number % 4]
        values = (scale * values).astype(kind if scale == 1 else float)
        truth = truth.astype(np.uint8 if number == 13 else (bool, int, float)[number % 3])
        if number == 10:
            values, truth = values.T, truth.T
        cuts, dices = _cuts(values, truth)
        cut, dice = student(values, truth).unpack("the cut", "the Dice coefficient")
        chosen = cut.number()
        nearest = int(np.argmin(np.abs(cuts - chosen)))
        if not math.isclose(cuts[nearest], chosen, rel_tol=1e-5, abs_tol=1e-6 * float(np.abs(cuts).max())):
            cut.fail(f"returned {chosen:.6g}, expected one of the values. See section 2.")
        if not math.isclose(dices[nearest], dices.max(), rel_tol=1e-4):
            cut.fail(
                f"is {chosen:.4g}, whose Dice coefficient is {dices[nearest]:.6g}, expected a cut with "
                f"{dices.max():.6g}: it finds all cells with a value of at least the cut. See section 2."
            )
        dice.close(dices.max(), "twice the cells in both masks, of the sum of both numbers. See section 2.")


# --- section 3: a V-Net -----------------------------------------------------------------------------------------------


def check_pad(periodic_pad: Callable[..., Any]) -> None:
    """Against NumPy; maps and boxes, sides that differ, one cell to a side, batches of unknown size, gradients."""
    cases = [((1, 1, 1, 1), 1), ((2, 3, 4, 2), 1), ((1, 2, 3, 4, 1), 2), ((3, 5, 4, 6, 2), 3), ((4, 6, 5, 1), 4),
             ((2, 3, 3, 3, 3), 3), ((1, 30, 52, 1), 1), ((2, 4, 4, 4, 1), 1)]  # fmt: skip
    why = "at both ends of each axis of space, the cells of the other end"
    require_padding(periodic_pad, 1541, cases, why, "See section 3.")


def _vnet_builder(vnet: Any, side: int, channels: int) -> Any:
    """A function that makes a model of a student's V-Net."""

    def build(widths: Any) -> Any:
        boxes = keras.Input((side, side, side, channels))
        return keras.Model(boxes, vnet(boxes, widths))

    return build


def _stage_parameters(inputs: int, filters: int, number: int) -> int:
    """Of so many convolutions with batch normalisation and without biases."""
    return 27 * inputs * filters + 27 * (number - 1) * filters**2 + 4 * number * filters


def _vnet_parameters(channels: int, widths: tuple[int, ...]) -> int:
    count, bottom, before = 0, len(widths) - 1, channels
    for level, filters in enumerate(widths):
        count += _stage_parameters(before, filters, level + 1)
        if level < bottom:
            before = widths[level + 1]
            count += (8 * filters + 1) * before + (8 * before + 1) * filters
            count += _stage_parameters(2 * filters, filters, level + 1)
    return count


@oracle
def _vnet_answers(widths: list, seed: int, x: np.ndarray, slopes: np.ndarray) -> tuple[list, list]:
    """What a V-Net that is built here gives at weights by their names."""

    def stage(x: Any, filters: int, number: int) -> Any:
        for _ in range(number):
            x = keras.layers.Conv3D(filters, 3, use_bias=False)(wrapped(x, 1))
            x = keras.layers.Activation("relu")(keras.layers.BatchNormalization()(x))
        return x

    def part(x: Any, level: int) -> Any:
        x = stage(x, widths[level], level + 1)
        if level + 1 == len(widths):
            return x
        below = part(keras.layers.Conv3D(widths[level + 1], 2, strides=2)(x), level + 1)
        above = keras.layers.Conv3DTranspose(widths[level], 2, strides=2)(below)
        return stage(keras.ops.concatenate([above, x], axis=-1), widths[level], level + 1)

    boxes = keras.Input(x.shape[1:])
    return at_named_weights(keras.Model(boxes, part(boxes, 0)), seed, x, slopes)


def _reach_of(level: int, bottom: int) -> tuple[int, int]:
    """How many cells along an axis one cell reaches through the skip of a level, or through the bottom: least and most.

    A convolution of three cells reaches one cell of its own level to both sides. The level k has k + 1 on the way down,
    and as many on the way up; the bottom has them once. Strides take cells together, in which it lies anywhere.
    """
    low = high = 0
    for k in range(level):
        low, high = low - (k + 1) * 2**k, high + (k + 1) * 2**k
    number = (level + 1) * (1 if level == bottom else 2)
    extents = []
    for place in range(2**level):  # of the cell in its cell of the level
        first = (place + low) // 2**level - number
        last = (place + high) // 2**level + number
        extents.append(((last + 1) * 2**level - 1 + high) - (first * 2**level + low) + 1)
    return min(extents), max(extents)


# A padding that takes all cells of a box by their numbers holds these, for each convolution. What a network here knows
# without learning gains it nothing: its parameters are counted, and its weights are the grader's.
_FIXED = 10**6


def check_vnet(vnet: Callable[..., Any], periodic_pad: Callable[..., Any]) -> None:
    """At random weights: shape, number of parameters, every part of the box counts, and each skip is used.

    Four levels, of widths that are equal where a layer could be used twice, are counted alone.
    Answers and gradients are those of a network that is built here, at weights which follow from names and shapes. Who
    pads by a wrong `periodic_pad` is judged with a right one in its place.

    When the kernels that go up to a level are 0, one cell reaches as far as the skip of this level carries it: not as
    far where that skip is not used. The cell is in the middle, so how a box is padded does not matter.
    """
    Function(vnet, "vnet").fits(None, (4, 6))
    with right_padding(check_pad, periodic_pad, vnet):
        _check_vnet(vnet)


def _check_vnet(vnet: Callable[..., Any]) -> None:
    see = "See section 3."
    cases = [(8, 2, [5, 3]), (8, 1, (2, 4, 5)), (4, 3, [3, 2, 6])]
    for rng, (side, channels, widths) in zip(draws(1551, len(cases)), cases, strict=True):
        expected = _vnet_parameters(channels, tuple(widths))
        network = built(
            beside(vnet, _vnet_builder, vnet, side, channels), "vnet", widths,
            inputs=(side, side, side, channels), outputs=(side, side, side, widths[0]), most=expected + _FIXED,
            see=see, constants=_FIXED,
        )  # fmt: skip
        network.require_count(expected, f"vnet with the widths {tuple(widths)}, for boxes of {channels} channels,")
        x = rng.normal(size=(4, side, side, side, channels)).astype(np.float32)
        network.require_outputs(network.require_steady(1552, x).max(axis=(2, 3, 4)), "channels")
        slopes = rng.normal(size=(*x.shape[:-1], widths[0])).astype(np.float32)
        given = 1000 * x if side == 4 else x  # beyond a bound far away
        network.require_same(
            1556, given, slopes, _vnet_answers(list(widths), 1556, given, slopes),
            "are all layers as described, with no activation but in `convolutions`, and what comes up before the skip?",
        )  # fmt: skip
        if side == 8 and len(widths) == 2:
            network.require_inputs(1553, x[:3], one_block_changed(x[:3], 4, rng))
    deep = [3, 2, 2, 2]
    model = Function(beside(vnet, _vnet_builder, vnet, 8, 1), "vnet")(deep).value
    count, expected = parameters_of(model), _vnet_parameters(1, tuple(deep))
    require(count == expected, f"vnet with the widths {deep} has {count} parameters, expected {expected}. {see}")
    _require_skips(vnet, see)


def _require_skips(vnet: Callable[..., Any], see: str) -> None:
    """The reach of one cell, with the way up to each level cut, in a box of 32 cells a side."""
    widths, side = (2, 3, 4), 32
    network = built(
        beside(vnet, _vnet_builder, vnet, side, 1), "vnet", widths,
        inputs=(side, side, side, 1), outputs=(side, side, side, 2), most=10**5 + _FIXED, see=see,
        constants=_FIXED,
    )  # fmt: skip
    (rng,) = draws(1554, 1)
    x = rng.normal(size=(2, side, side, side, 1)).astype(np.float32)
    other = x.copy()
    other[:, 16, 16, 16] += np.array([-30, 30], dtype=np.float32)[:, None]
    cuts = [(2, 2, 2, a, b) for a, b in itertools.pairwise(widths)]
    for level, differs in enumerate(network.differs(1555, cuts, x, other)):
        size, (least, most) = extent(differs), _reach_of(level, 2)
        if not least <= size <= most:
            network.fails(
                f"lets one cell reach {size} cells along an axis through the skip of level {level}, expected {least} "
                f"to {most}: does each level use its own skip, unchanged?"
            )


@oracle
def _loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Box by box, with exact sums."""
    values = []
    for t, p in zip(truth.astype(float), probabilities.astype(float), strict=True):
        both, cells = math.fsum((t * p).ravel()), math.fsum(t.ravel()) + math.fsum(p.ravel())
        values.append(1 - (2 * both + 1) / (cells + 1))
    return math.fsum(values) / len(values)


def _loss_in_tensorflow(truth: Any, probabilities: Any) -> Any:
    """The same, for gradients."""
    axes = [1, 2, 3, 4]
    both = tf.reduce_sum(truth * probabilities, axis=axes)
    cells = tf.reduce_sum(truth, axis=axes) + tf.reduce_sum(probabilities, axis=axes)
    return tf.reduce_mean(1 - (2 * both + 1) / (cells + 1))


def check_loss(dice_loss: Callable[..., Any]) -> None:
    """Against exact sums, and gradients in float64; one box and many, empty and full masks, certain probabilities.

    A mask is data, which may be compared or made a boolean: no gradient is asked for it.
    """
    student = Function(dice_loss, "dice_loss")
    cases = [(1, 1, 1, 1), (3, 2, 3, 4), (5, 4, 4, 4), (2, 8, 1, 3), (4, 3, 5, 2), (MANY, 1, 2, 1), (2, 12, 12, 12)]
    why = "the mean over boxes of 1 - (2 sum of t p + 1) / (sum of t + sum of p + 1)"
    for number, (rng, shape) in enumerate(zip(draws(1561, len(cases)), cases, strict=True)):
        truth = (rng.uniform(size=(*shape, 1)) < 0.4).astype(np.float32)
        probabilities = rng.beta(0.5, 0.8, size=truth.shape).astype(np.float32)
        if len(truth) > 3:
            truth[0], probabilities[1], truth[2], probabilities[2] = 0, 0, 0, 0
            probabilities[3], truth[-1] = truth[3], 1
        expected = _loss(truth, probabilities)
        answer = student(tf.constant(truth), tf.constant(probabilities))
        answer.close(expected, f"{why}. See section 3.")
        if isinstance(answer.value, (int, float)):
            answer.fail("returned a Python number, expected a tensor. See section 3.")
        if number in (1, 2, 3):
            require_gradients(
                student, _loss_in_tensorflow, (truth, probabilities), (None, "probabilities"), rng, "See section 3."
            )


def _loss_of_step(name: str) -> Any:
    """A loss that knows its arguments apart: one is mostly below 0, one a large sum, one small. For `beside`."""

    def tilted(targets: Any, outputs: Any) -> Any:
        return tf.reduce_mean(tf.nn.softplus(outputs) - targets * outputs + 0.1 * tf.abs(targets) * outputs**2) - 9.0

    def absolute(targets: Any, outputs: Any) -> Any:
        return 200 * tf.reduce_sum(tf.sqrt(1 + (outputs - 2 * targets) ** 2))

    def slight(targets: Any, outputs: Any) -> Any:
        return 0.01 * tf.reduce_mean(tf.abs(targets) * (outputs - targets) ** 2)

    return {"_tilted": tilted, "_absolute": absolute, "_slight": slight}[name]


def _tilted(targets: Any, outputs: Any) -> Any:
    return _loss_of_step("_tilted")(targets, outputs)


def _absolute(targets: Any, outputs: Any) -> Any:
    return _loss_of_step("_absolute")(targets, outputs)


def _slight(targets: Any, outputs: Any) -> Any:
    return _loss_of_step("_slight")(targets, outputs)


_STEPS = (
    (_tilted, StepCase(16, (3, 4, 2), ("SGD", 0.5, {}))),
    (_tilted, StepCase(5, (3, 4, 2), ("SGD", 0.2, {"decay": 0.25}), normed=True, compiled=True)),
    (_absolute, StepCase(1, (2, 3, 1), ("Adam", 0.05, {}), compiled=True)),
    (_absolute, StepCase(8, (3, 4, 2), ("SGD", 0.00005, {"momentum": 0.9}), scale=3.0, normed=True)),
    (_tilted, StepCase(6, (3, 4, 3), ("SGD", 0.5, {}), frozen=1, compiled=True)),
    (_tilted, StepCase(MANY, (2, 1), ("Adam", 0.1, {}), scale=3000.0)),
    (_tilted, StepCase(3, (2, 3, 2), ("SGD", 0.5, {}), normed=True, compiled=True, axes=(4, 3))),
    (_tilted, StepCase(2, (1, 3, 1), ("SGD", 0.5, {}), compiled=True, axes=(2, 3, 4))),
    (_slight, StepCase(7, (3, 4, 2), ("SGD", 20.0, {}))),
)


def check_step(train_step: Callable[..., Any]) -> None:
    """Two steps each, with three losses, by several optimisers, with and without frozen layers and batch normalisation.

    Batches are of rows, of maps and of boxes. Loss and weights are those of automatic differentiation on a copy.
    """
    Function(train_step, "train_step").fits(None, None, None, None, None)
    for rng, (loss, case) in zip(draws(1571, len(_STEPS)), _STEPS, strict=True):
        weights, shape = case.weights(rng), (case.n, *case.axes, case.sizes[-1])
        batches = [(case.inputs(rng), rng.normal(size=shape).astype(np.float32)) for _ in range(2)]
        function = beside(train_step, _loss_of_step, loss.__name__)
        given = [(*map(tf.constant, batch), function) for batch in batches]
        case.require(train_step, "train_step", weights, loss, batches, given, "See section 3.")


# --- section 4: from cells to halos -----------------------------------------------------------------------------------


@oracle
def _components(mask: np.ndarray) -> np.ndarray:
    """SciPy's components of the graph of all cells and their neighbours."""
    cells = np.arange(mask.size).reshape(mask.shape)
    inside = mask > 0
    edges = [
        (cells[joined], np.roll(cells, 1, axis=axis)[joined])
        for axis in range(mask.ndim)
        for joined in [inside & np.roll(inside, 1, axis=axis)]
    ]
    one, other = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    graph = scipy.sparse.coo_array((np.ones(len(one)), (one, other)), shape=(mask.size, mask.size))
    labels = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].reshape(mask.shape) + 1
    return np.unique(np.where(inside, labels, 0), return_inverse=True)[1].reshape(mask.shape) + (
        0 if not inside.all() else 1
    )


def _masks() -> Iterator[np.ndarray]:
    """Masks of one axis to three, empty and full, near the threshold where they wind through a box, long, large."""
    cases = [((1,), 0.5), ((9,), 0.5), ((40,), 0.7), ((2, 5), 0.6), ((7, 6), 0.55), ((12, 9), 0.6), ((1, 8, 2), 0.5),
             ((5, 6, 7), 0.33), ((8, 7, 6), 0.3), ((4, 4, 4), 0.4), ((12, 11, 13), 0.3), ((1500,), 0.6)]  # fmt: skip
    for number, (rng, (shape, share)) in enumerate(zip(draws(1581, len(cases)), cases, strict=True)):
        mask = share > rng.uniform(size=shape[::-1]).T
        yield mask.astype((bool, int, np.uint8, float)[number % 4])
    for shape in ((1,), (3, 4), (3, 3, 3)):
        yield np.zeros(shape, dtype=bool)
        yield np.ones(shape, dtype=int)
    corners = np.zeros((5, 5, 5), dtype=bool)
    corners[::4, ::4, ::4] = True  # one component, across three edges
    yield corners
    diagonal = np.eye(5, dtype=bool)  # cells that share a corner are not connected
    yield diagonal
    winding = np.zeros((6, 12), dtype=bool)  # it crosses the edge several times
    for column in range(0, 12, 2):
        winding[:, column] = True
        winding[2, column] = column % 4 == 0
    yield winding
    path = np.zeros((30, 16), dtype=bool)  # back and forth: from end to end it is far longer than all sides together
    path[:29:2, :15] = True
    path[1:28:4, 14], path[3:28:4, 0] = True, True
    yield path
    spiral = np.zeros((6, 48), dtype=bool)  # twelve pieces, each of which joins the next across an edge, and no other
    for column in range(0, 48, 4):
        spiral[:2, column] = spiral[2, column : column + 3] = spiral[3, column + 2] = True
        spiral[4, [column + 2, column + 3, (column + 4) % 48]] = spiral[5, (column + 4) % 48] = True
    yield spiral
    yield spiral.T[::-1]
    yield np.ones((16, 16, 17), dtype=np.uint8)  # a component of thousands of cells, as in the boxes of the notebook


def check_components(components: Callable[..., Any]) -> None:
    """The same partition as SciPy's graph; labels 1 to K in any order."""
    student = Function(components, "components")
    for mask in _masks():
        expected = _components(mask)
        answer = student(mask)
        labels = answer.array(mask.shape)
        if not np.array_equal(labels > 0, expected > 0) or labels.min() < 0:
            answer.fail("is not 0 exactly outside of the mask. See section 4.")
        pairs = set(zip(labels.ravel().tolist(), expected.ravel().tolist(), strict=True)) - {(0.0, 0)}
        number = int(expected.max())
        if len(pairs) != number or len({one for one, _ in pairs}) != number:
            answer.fail(
                f"has {len({one for one, _ in pairs})} components, or others than the {number} expected: cells that "
                "share a face are connected, across the edges of the periodic box too. See section 4."
            )
        if {one for one, _ in pairs} != set(range(1, number + 1)):
            answer.fail(f"has other labels than the numbers 1 to {number}. See section 4.")


@oracle
def _mass(volumes: np.ndarray, edges: np.ndarray, total: float) -> tuple[np.ndarray, np.ndarray]:
    """Halo by halo."""
    number = np.zeros(len(edges) - 1)
    for volume in volumes:
        for b, (low, high) in enumerate(itertools.pairwise(edges)):
            number[b] += low <= volume < high
    unit = np.array([total * math.log(high / low) for low, high in itertools.pairwise(edges)])
    return number / unit, np.sqrt(number) / unit


def check_mass(mass_function: Callable[..., Any]) -> None:
    """Against a loop over halos; none, at edges, one bin and many, bins of other widths, all units."""
    student = Function(mass_function, "mass_function")
    cases = [(0, 3, 1.0, 100.0), (1, 1, 1.0, 1.0), (30, 4, 1.0, 1e3), (200, 7, 1e-9, 1e-6), (60, 5, 1e9, 1e12),
             (MANY, 3, 1.0, 5e4), (12, 40, 6.0, 7.0), (30, 4, 1.0, 1e3), (30, 4, 1.0, 1e3)]  # fmt: skip
    for number, (rng, (count, bins, unit, total)) in enumerate(zip(draws(1591, len(cases)), cases, strict=True)):
        edges = unit * np.cumsum(rng.uniform(0.5, 3.0, size=bins + 1))
        volumes = unit * rng.uniform(0.2, 1.1, size=count) * edges[-1] / unit
        if count > 20:
            volumes[: bins + 1], volumes[bins + 1 : bins + 3] = edges, edges[-1]
        edges = np.array([2, 3, 5, 9, 10]) if number in (2, 7) else edges
        volumes = np.rint(volumes).astype(int) % 12 if number in (2, 8) else volumes
        expected = _mass(volumes, edges, total)
        density, error = student(volumes, edges, total).unpack("the mass function", "its error")
        why = "halos from the lower edge to below the upper one, divided by total volume and ln of the ratio of edges"
        density.close(expected[0], f"{why}. See section 4.", atol=tiny(expected[0]))
        error.close(expected[1], "the root of the number, divided by the same. See section 4.", atol=tiny(expected[1]))


# --- section 5: gas on dark matter ------------------------------------------------------------------------------------


@oracle
def _tau(overdensity: np.ndarray, amplitude: float, slope: float, scatter: Any) -> tuple:
    """SciPy's log-normal, number by number."""
    spread = np.broadcast_to(np.asarray(scatter, dtype=float), overdensity.shape)
    rows = []
    for density, s in zip(overdensity.ravel().tolist(), spread.ravel().tolist(), strict=True):
        middle = math.log(amplitude) + slope * math.log(density)
        mean, variance = scipy.stats.lognorm.stats(s, scale=math.exp(middle)) if s > 0 else (math.exp(middle), 0.0)
        if 0 < s < 1e-2:  # SciPy's difference loses its digits
            variance = math.exp(2 * middle + s**2) * math.expm1(s**2)
        rows.append((middle, float(mean), float(variance)))
    return tuple(part.reshape(overdensity.shape) for part in np.array(rows).T)


def check_tau(law_of_tau: Callable[..., Any]) -> None:
    """Against SciPy; a number and an array as scatter, none and tiny, any slopes, densities of all scales, whole."""
    student = Function(law_of_tau, "law_of_tau")
    cases = [((1,), 1.0, 0.5, 1.5, 0.5), ((3, 4), 1.0, 1.0, 1.6, "array"), ((2, 3, 2), 1e-3, 0.3, -0.7, 0.0),
             ((4, 1), 100.0, 2.0, 1.1, "array"), ((5,), 1e3, 1e-3, 0.0, 1.5), ((6,), 1.0, 3.0, 1.0, 1e-4),
             ((MANY,), 1.0, 0.8, 2.0, 1.0), ((2, 2), 1e-9, 1.0, 1.7, 0.3), ((4,), 1.0, 0.7, 1.3, 1e-7),
             ((5, 2), 30.0, 0.4, 0.6, 0.8), ((4, 5), 1.0, 0.9, -2.4, "scales"),
             ((3, 3), 5.0, 2.0, -1.0, 0.4), ((3, 3), 1.0, 1.3, 0.8, 0.2)]  # fmt: skip
    for number, (rng, (shape, scale, amplitude, slope, scatter)) in enumerate(
        zip(draws(1601, len(cases)), cases, strict=True)
    ):
        density = scale * rng.lognormal(0.0, 0.8, size=shape[::-1]).T
        density = np.ceil(density).astype(int) if number in (9, 11) else density
        given = rng.uniform(0.0, 1.2, size=shape) if isinstance(scatter, str) else scatter
        given = 10 ** rng.uniform(-7.0, 0.1, size=shape) if scatter == "scales" else given
        expected = _tau(density, amplitude, slope, given)
        parts = student(density, amplitude, slope, given).unpack("mean of ln tau", "mean of tau", "variance of tau")
        whys = (
            "ln A + beta ln(1 + delta)", "the mean of a log-normal number, not exp of a mean",
            "mean of tau squared - squared mean of tau",
        )  # fmt: skip
        for part, wanted, why in zip(parts, expected, whys, strict=True):
            small = 1e-6 if why is whys[0] else 1e-6 * float(np.abs(wanted).min())
            part.close(wanted, f"{why}. See section 5.", atol=small)


@oracle
def _nll(target: np.ndarray, mean: np.ndarray, log_var: np.ndarray) -> float:
    """SciPy's normal density in float64."""
    parts = (part.astype(float) for part in (target, mean, log_var))
    y, middle, log_var = parts
    return float(-np.mean(scipy.stats.norm.logpdf(y, middle, np.exp(log_var / 2))))


def _nll_in_tensorflow(target: Any, mean: Any, log_var: Any) -> Any:
    """The same, for gradients."""
    return tf.reduce_mean(
        0.5 * (math.log(2 * math.pi) + log_var) + 0.5 * tf.square((target - mean) / tf.exp(0.5 * log_var))
    )


def check_nll(gaussian_nll: Callable[..., Any]) -> None:
    """Against SciPy, with gradients; one number and many, any number of axes, narrow and wide, exact hits.

    The widest and the narrowest laws that the task allows come alone, as one narrow law would decide a mean. The last
    loss is below 0, as densities may be above 1.
    """
    student = Function(gaussian_nll, "gaussian_nll")
    names = (None, "mean", "log_var")  # the target is data
    cases = [((1,), 1.0, 0.5), ((4, 3), 1.0, 1.0), ((3, 2, 5, 1), 10.0, 2.0), ((2, 4), 0.1, 3.0), ((6, 1), 100.0, 1.0),
             ((MANY,), 1.0, 1.0), ((2, 3, 3, 1), 1.0, 6.0), ((2, 2, 2, 2, 2), 1e-3, 0.5), ((3, 2), 1.0, 40.0),
             ((5,), 1.0, -40.0), ((4, 3), 1e-3, -14.0)]  # fmt: skip
    why = "half of ln 2 pi + log-variance + squared difference / variance, averaged over all numbers"
    for number, (rng, (shape, scale, spread)) in enumerate(zip(draws(1611, len(cases)), cases, strict=True)):
        target, mean = (scale * rng.normal(size=(2, *shape))).astype(np.float32)
        log_var = (spread * rng.normal(size=shape)).astype(np.float32)
        if abs(spread) > 10:
            log_var = (spread - np.sign(spread) * rng.uniform(0, 2, size=shape)).astype(np.float32)
        if number == 1:
            mean[0] = target[0]
        given = (target, mean, log_var)
        answer = student(*map(tf.constant, given))
        answer.close(_nll(*given), f"{why}. See section 5.", atol=1e-5)
        if isinstance(answer.value, (int, float)):
            answer.fail("returned a Python number, expected a tensor. See section 5.")
        if target.size < 40:
            require_gradients(student, _nll_in_tensorflow, given, names, rng, "See section 5.")


# --- section 6: a mean is not a draw ----------------------------------------------------------------------------------


@oracle
def _transform(maps: np.ndarray) -> np.ndarray:
    """The discrete Fourier transform of maps by matrices of cosines and sines, as (real, imaginary) parts."""
    waves = [np.outer(np.arange(side), np.arange(side)) * (-2 * np.pi / side) for side in maps.shape[1:]]
    rows, columns = (np.cos(angle) + 1j * np.sin(angle) for angle in waves)
    modes = np.einsum("ij,njk,kl->nil", rows, maps.astype(complex), columns)
    return np.stack([modes.real, modes.imag])


@oracle
def _correlated(white: np.ndarray, power: np.ndarray) -> np.ndarray:
    """The sum over modes of the noise, times the root of the power."""
    real, imaginary = _transform(white)
    modes = (real + 1j * imaginary) * np.sqrt(power)
    back = _transform(modes.real), _transform(modes.imag)  # the inverse is the conjugate of that of the conjugate
    return (back[0][0] + back[1][1]) / power.size


def check_spectrum(spectrum: Callable[..., Any], correlated: Callable[..., Any]) -> None:
    """Against matrices of cosines and sines; one map and many, sides that differ and odd ones, all scales, a mean."""
    power_of, field_of = Function(spectrum, "spectrum"), Function(correlated, "correlated")
    cases = [((1, 1, 1), 1.0), ((1, 2, 5), 1.0), ((4, 6, 4), 1.0), ((3, 5, 5), 1e-9), ((2, 8, 3), 1e9),
             ((7, 4, 7), 120.0), ((40, 6, 8), 1.0), ((2, 16, 12), 1e-3),
             ((300, 2, 3), 1.0)]  # fmt: skip
    for rng, (shape, scale) in zip(draws(1621, len(cases)), cases, strict=True):
        maps = scale * rng.normal(0.4, 1.0, size=shape[::-1]).T
        power = np.mean(np.sum(_transform(maps) ** 2, axis=0), axis=0) / maps[0].size
        why = "the mean over maps of |fft2|² / (h w), and nothing is subtracted"
        power_of(maps).close(power, f"{why}. See section 6.", atol=tiny(power))
        white = rng.normal(size=(1 + shape[0] // 2, *shape[1:]))
        expected = _correlated(white, power)
        why = "the inverse transform of that of the noise times the root of the power"
        field_of(white, power).close(expected, f"{why}. See section 6.", atol=tiny(expected))
        field_of(white, 0 * power).close(0 * expected, "without power there is nothing. See section 6.", atol=1e-12)


@oracle
def _average(mean_power: Any, scatter_power: Any, number: int) -> tuple:
    """Variances of sums, from the sum of squares of weights: of draws alone, and of draws less the truth."""
    weights = [1 / number] * number
    mine, off = math.fsum(w**2 for w in weights), math.fsum(w**2 for w in [*weights, -1.0])
    return np.asarray(mean_power) + mine * np.asarray(scatter_power), off * np.asarray(scatter_power)


def check_average(average_of_draws: Callable[..., Any]) -> None:
    """Against sums of squared weights; numbers and arrays, one draw and many, no scatter, no mean, whole, any scale."""
    student = Function(average_of_draws, "average_of_draws")
    cases = [((), 1.0, 1), ((), 120.0, 3), ((4,), 1.0, 1), ((3, 5), 1e-9, 2), ((2, 3), 1e9, 7), ((MANY,), 1.0, 50),
             ((4, 1), 1e-3, 1000), ((2, 3), 20.0, 3), ((), 20.0, 4), ((5,), 20.0, 3), ((5,), 20.0, 3)]  # fmt: skip
    for case, (rng, (shape, scale, number)) in enumerate(zip(draws(1631, len(cases)), cases, strict=True)):
        powers = scale * rng.gamma(1.0, size=(2, *shape))
        if powers[0].size > 3:
            powers[0].flat[0], powers[1].flat[1] = 0.0, 0.0
            if shape[-1] > 2:
                powers[..., -1] = 0.0
        whole = ((), (0, 1), (0,), (1,))[(case > 6) + (case > 8) + (case > 9)]  # which hold whole numbers
        parts = [np.ceil(part).astype(int) if place in whole else part for place, part in enumerate(powers)]
        given = [part.item() if part.ndim == 0 else part for part in parts]
        power, off = student(*given, number).unpack("the power of the average", "that of its difference")
        expected = _average(*given, number)
        power.close(
            expected[0], "the power of the mean, and 1/K of the scatter. See section 6.", atol=tiny(expected[0])
        )
        off.close(expected[1], "two independent scatters, of the average and the truth. See section 6.",
                  atol=tiny(expected[1]))  # fmt: skip


# --- what is trained --------------------------------------------------------------------------------------------------


@functools.cache
def _held_out() -> tuple[np.ndarray, np.ndarray]:
    """Densities (n, 32, 32, 32) and masks of halos of boxes that are in no release."""
    with np.load(DATA / "halo_boxes.npz", allow_pickle=False) as file:
        density, rows = file["density"].astype(np.float32), file["halos"].astype(float)
    masks = np.zeros(density.shape, dtype=bool)
    cells = np.stack(np.indices(density.shape[1:]), axis=-1)
    for box, *centre, radius in rows:
        away = np.abs(cells - np.array(centre))
        masks[int(box)] |= np.sum(np.minimum(away, SIDE - away) ** 2, axis=-1) <= radius**2
    return density, masks


def _mean_dice(found: np.ndarray, truth: np.ndarray) -> float:
    """The mean over boxes of the Dice coefficient."""
    both, cells = np.sum(found & truth, axis=(1, 2, 3)), np.sum(found, axis=(1, 2, 3)) + np.sum(truth, axis=(1, 2, 3))
    return float(np.mean(2 * both / np.maximum(cells, 1)))


@functools.cache
def _best_cut() -> float:
    """The largest mean Dice coefficient of a cut on the smoothed density of the held-out boxes: one for all."""
    density, masks = _held_out()
    x = np.minimum(np.arange(SIDE), SIDE - np.arange(SIDE)) ** 2
    away, found = x[:, None, None] + x[:, None] + x, []
    for radius in (2.3, 2.9, 3.2, 3.7):
        ball = np.fft.rfftn((away <= radius**2) / np.sum(away <= radius**2))
        means = np.fft.irfftn(np.fft.rfftn(density, axes=(1, 2, 3)) * ball, s=density.shape[1:], axes=(1, 2, 3))
        found += [_mean_dice(means >= cut, masks) for cut in np.arange(0.8, 1.3, 0.05)]
    return max(found)


def _dice_of(network: Any) -> float:
    """The mean Dice coefficient of a network's mask on the held-out boxes."""
    density, masks = _held_out()
    inputs = (density / 2.5)[..., None]
    found = answers(graph_of(network, "network", inputs.shape[1:], constants=_FIXED), "network", inputs, batch=12)
    require(found.shape[1:] == (SIDE, SIDE, SIDE, 1), f"network gives outputs of shape {found.shape[1:]}.")
    return _mean_dice(found[..., 0] > 0, masks)


def check_network(network: Any, tier: int) -> None:
    """The mean Dice coefficient on 24 boxes, over that of the best cut on the same boxes."""
    value = _dice_of(network)
    called = f"On {len(_held_out()[0])} new boxes, your network has a mean Dice coefficient of {value:.3f}"
    Measured(value, called).at_most(CEILINGS["dice"][0], "nothing learns so much in so few steps. See section 3.")
    margin = value - _best_cut()
    judged = Measured(margin, f"{called}, and the best cut {_best_cut():.3f}: the margin is {margin:.3f}")
    judged.at_least(THRESHOLDS["margin"][tier - 1], "does the training loss still fall at the end? See section 3.")


@functools.cache
def _gas() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Maps of matter, and the mean and the standard deviation of their gas: (n, 32, 32) each, of no release."""
    rng, k = np.random.default_rng(20261223), 2 * np.pi * np.fft.fftfreq(SIDE)
    k = np.sqrt(k[:, None] ** 2 + k[None] ** 2)
    power = np.where(k > 0, np.exp(-0.49 * k**2) / np.maximum(k, 0.1) ** 2, 0.0)
    matter = np.fft.ifft2(np.fft.fft2(rng.normal(size=(300, SIDE, SIDE))) * np.sqrt(power / power.mean())).real
    smooth = np.fft.ifft2(np.fft.fft2(matter) * np.exp(-1.125 * k**2)).real
    return matter, -1 + 1.12 * smooth, 0.45 * np.exp(smooth / 2)


@functools.cache
def _true_noise() -> np.ndarray:
    """The power (32, 32) of the scatter in units of its standard deviation."""
    k = 2 * np.pi * np.fft.fftfreq(SIDE)
    patches = np.exp(-8 * (k[:, None] ** 2 + k[None] ** 2))
    return 0.96 * patches / patches.mean() + 0.04


def _bands(maps: np.ndarray) -> np.ndarray:
    """The power of maps (n, 32, 32) in four bands of wave number."""
    power = np.mean(np.abs(np.fft.fft2(maps)) ** 2, axis=0) / SIDE**2
    k = np.fft.fftfreq(SIDE) * SIDE
    k, edges = np.hypot(k[:, None], k[None]), (1, 2.5, 4.5, 7.5, 11.5)
    return np.array([power[(k >= low) & (k < high)].mean() for low, high in itertools.pairwise(edges)])


def _drawn(mean: np.ndarray, sd: np.ndarray, power: np.ndarray, seed: int) -> np.ndarray:
    """One draw of each map, by its mean, its standard deviation and the power of the scatter."""
    white = np.random.default_rng(seed).normal(size=mean.shape)
    return mean + sd * np.fft.ifft2(np.fft.fft2(white) * np.sqrt(np.maximum(power, 0.0))).real


def _law(sample_network: Any, noise_power: Any) -> tuple[float, float, float]:
    """What a learnt law is off by: its mean, in units of the scatter; variance and power of draws, as logarithms."""
    matter, mean, sd = _gas()
    inputs = matter[..., None].astype(np.float32)
    graph = graph_of(sample_network, "sample_network", inputs.shape[1:], constants=_FIXED // 100)
    found = answers(graph, "sample_network", inputs, batch=100)
    require(found.shape[1:] == (SIDE, SIDE, 2), f"sample_network gives outputs of shape {found.shape[1:]}.")
    learnt_mean, learnt_sd = found[..., 0], np.exp(np.clip(found[..., 1], -60, 60) / 2)
    power = Result(noise_power, "noise_power").array((SIDE, SIDE))
    off = float(np.sqrt(np.mean((learnt_mean - mean) ** 2) / np.mean(sd**2)))
    parts = np.digitize(sd, np.quantile(sd, [1 / 3, 2 / 3]))
    ratios = [np.mean(learnt_sd[parts == k] ** 2) * power.mean() / np.mean(sd[parts == k] ** 2) for k in range(3)]
    bands = _bands(_drawn(learnt_mean, learnt_sd, power, 1)) / _bands(_drawn(mean, sd, _true_noise(), 2))
    logs = [np.abs(np.log(np.maximum(part, 1e-12))).max() for part in (ratios, bands)]
    return off, float(logs[0]), float(logs[1])


def check_draws(sample_network: Any, noise_power: Any, tier: int) -> None:
    """Mean, variance and power of the learnt law on 300 maps; with the true law, the power is off by 0.03 by chance."""
    off, scatter, bands = _law(sample_network, noise_power)
    see, place = "See section 6.", tier - 1
    Measured(off, f"On new maps, your mean differs from the true one by {off:.3f} of the scatter").at_most(
        CEILINGS["mean"][place], f"does the training loss still fall at the end? {see}"
    )
    Measured(scatter, f"The variance of draws is off by {math.exp(scatter):.3f}-fold, as a logarithm {scatter:.3f}"
    ).at_most(CEILINGS["scatter"][place], f"in the worst third of the cells. {see}")  # fmt: skip
    Measured(bands, f"The power of draws is off by {math.exp(bands):.3f}-fold, as a logarithm {bands:.3f}").at_most(
        CEILINGS["bands"][place], f"in the worst of four bands. Is noise_power the spectrum of what is left over? {see}"
    )


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    dice = _dice_of(namespace["network"])
    off, scatter, bands = _law(namespace["sample_network"], namespace["noise_power"])
    return {"dice": dice, "margin": dice - _best_cut(), "mean": off, "scatter": scatter, "bands": bands}
