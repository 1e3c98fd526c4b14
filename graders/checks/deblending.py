"""What is right in `deblending`: loops, SciPy, matrices and networks built here; trained ones on blends of no release.

A U-Net is judged at weights that the grader puts in: by its number of parameters, against a network that is built here,
and by how far one pixel of the input reaches when the way up from a level is cut, which shows that each skip is used.
What is trained is judged itself, by the light that the simulation put into each blend: masks against true masks, shares
against true fluxes, and the law of masks against the probabilities that the observers have.

Over seeds: docs/thresholds/deblending.json; what wrong answers reach: docs/thresholds/deblending.md.
"""

import functools
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import scipy.optimize
import scipy.signal
import scipy.special
import tensorflow as tf

from graders.checks.changes import extent, one_block_changed, one_pixel_changed
from graders.checks.domains import MANY, tiny
from graders.checks.gradients import require_gradients
from graders.checks.ladder import ATOL, Function, Result, beside, brief, draws, fail, require
from graders.checks.networks import answers, at_named_weights, built, graph_of
from graders.checks.oracles import oracle
from graders.checks.steps import StepCase
from graders.checks.trained import DATA, Measured

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for versions in a way that Python deprecates
    import tensorflow_probability as tfp

tfd = tfp.distributions

# What a trained network must reach, tier by tier: the mean IoU over both channels, and that of companions of close
# pairs; the mean IoU of both kinds of masks. What is better than noise allows is wrong: the median error of a flux with
# the true shares is 0.015.
THRESHOLDS = {"iou": (0.75, 0.8, 0.84), "close": (0.65, 0.73, 0.78), "kinds": (0.7,), "flux": (0.012,)}
THRESHOLDS |= {"gate": (0.015,)}
CEILINGS = {"iou": (0.95,), "flux": (0.08,), "gate": (0.15,)}
CLOSE = 6.0  # pixels between the centres
LEVEL, KINDS = 1.5, (5.0, 1.0)  # levels of the masks, and of both kinds of observers
SIDE = 32

# --- sections 1 and 2: masks and how good they are --------------------------------------------------------------------


@oracle
def _masks(light: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Pixel by pixel: who owns it."""
    masks, shared = np.zeros(light.shape), []
    for stamp, own in zip(light, masks, strict=True):
        owners = []
        for place in np.ndindex(*stamp.shape[:2]):
            own[place] = [value > level for value in stamp[place]]
            owners.append(sum(own[place]))
        owned = sum(count >= 1 for count in owners)
        shared.append(sum(count >= 2 for count in owners) / owned if owned else 0.0)
    return masks, np.array(shared)


def check_masks(true_masks: Callable[..., Any]) -> None:
    """Against a loop over pixels; one galaxy and several, none above the level, pixels at the level, all scales.

    One pixel is a bit brighter than the level, by more than single precision needs, which holds all levels exactly.
    """
    student = Function(true_masks, "true_masks")
    cases = [((1, 1, 1, 1), 1.0, 0.5), ((3, 4, 5, 2), 1.0, 0.625), ((2, 5, 3, 3), 1.0, 0.0), ((4, 3, 3, 2), 1.0, 5.0),
             ((1, 6, 2, 4), 1e-9, 2.0**-31), ((2, 3, 4, 2), 1e9, 3e8), ((3, 2, 2, 1), 120.0, 60.0),
             ((2, 5, 5, 2), 1.0, 0.96875), ((1, 40, 34, 2), 4.0, 1.5), ((9, 1, 1, 2), 1.0, 0.1875),
             ((2, 3, 2, 3), 1.0, 0), ((3, 5, 2, 2), 8.0, 1.5), ((3, 4, 5, 2), 1.0, 0.625)]  # fmt: skip
    for rng, (shape, scale, level) in zip(draws(1401, len(cases)), cases, strict=True):
        light = scale * rng.uniform(size=shape) * (rng.uniform(size=shape) < 0.8)
        light.flat[0], light.flat[-1] = level, level * (1 + 1e-4)
        if scale == 8.0:  # light is kept in single precision in many a file
            light = light.astype(np.float32)
        if light.shape[2] == 3:
            light = light.transpose(0, 2, 1, 3)
        expected = _masks(light, level)
        masks, shared = student(light, level).unpack("masks", "shared")
        masks.close(expected[0], "true where a galaxy's own light is above the level. See section 1.")
        shared.close(expected[1], "pixels of two galaxies or more, of those of at least one. See section 1.")
    masks, _ = student(light, 0.3 * level).unpack("masks", "shared")
    masks.close(_masks(light, 0.3 * level)[0], "the same light, and a lower level. See section 1.")


def _of_sets(found: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """IoU and Dice coefficient of pairs of masks, from sets of their pixels."""
    rows = []
    for one, other in zip(found, truth, strict=True):
        a, b = (set(np.flatnonzero(np.asarray(mask, dtype=float))) for mask in (one, other))
        rows.append((len(a & b) / len(a | b), 2 * len(a & b) / (len(a) + len(b))) if a | b else (1.0, 1.0))
    return tuple(np.array(rows, dtype=float).reshape(-1, 2).T.copy())


@oracle
def _overlap(found: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same, asked once."""
    return _of_sets(found, truth)


def _pairs(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of masks of all kinds and types: one and many, empty ones, equal ones, without a common pixel, large.

    Some have more pixels in common than a byte counts.
    """
    kinds = [(bool, bool), (int, int), (float, float), (bool, float), (np.uint8, int), (np.uint8, np.int8), (int, bool),
             (np.uint8, np.uint8), (np.int8, np.float32), (int, int)]  # fmt: skip
    shapes = [(1, 1, 1), (6, 3, 4), (5, 4, 2), (1, 5, 5), (7, 1, 6), (3, 40, 40), (MANY, 2, 2), (5, 3, 3),
              (1, 260, 300), (6, 3, 4)]  # fmt: skip
    for rng, (kind, other_kind), shape in zip(draws(seed, len(kinds)), kinds, shapes, strict=True):
        found, truth = (rng.uniform(size=(2, *shape)) < rng.uniform(0.3, 0.8)).astype(float)
        if len(found) > 4:
            found[0], truth[1], found[2], truth[2] = 0, 0, 0, 0
            truth[3], found[4] = found[3], 1 - truth[4]
        yield found.astype(kind), truth.astype(other_kind)
    yield found.astype(kind), truth[::-1].astype(other_kind)
    full = np.ones((1, 40, 40), np.uint8)
    for kind in (np.uint8, bool):
        yield full.astype(kind), np.where(np.arange(40)[:, None] > 2, full, 0)
    yield np.zeros((1, 2, 3), bool), np.zeros((1, 2, 3), bool)
    yield np.ones((1, 2, 3), bool), np.ones((1, 2, 3), int)
    yield np.eye(4, dtype=bool)[None].transpose(0, 2, 1), np.tri(4, dtype=bool)[None].transpose(0, 2, 1)
    yield np.tri(4, 5, dtype=bool)[None], np.tri(5, 4, dtype=int)[None].transpose(0, 2, 1)


def check_iou(iou_and_dice: Callable[..., Any]) -> None:
    """Against sets of pixels; booleans, whole numbers, floats and mixed; empty masks and equal ones."""
    student = Function(iou_and_dice, "iou_and_dice")
    for found, truth in _pairs(1411):
        expected = _overlap(found, truth)
        iou, dice = student(found, truth).unpack("the IoU", "the Dice coefficient")
        kinds = f"for masks of {found.dtype} and {truth.dtype}"
        iou.close(
            expected[0], f"pixels in both, of those in at least one, {kinds}; 1 if there are none. See section 2."
        )
        dice.close(expected[1], f"twice the pixels in both, of the sum of the numbers, {kinds}. See section 2.")


@oracle
def _table(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The IoU of each found mask with each true one: (K, K), found masks along the rows."""
    return np.array([[_of_sets(one[None], other[None])[0][0] for other in truth] for one in found])


@oracle
def _where_measures_differ(pairs: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Masks for which the order with the best sum of IoU is not that of their best product, Dice or common pixels.

    Nor is it that of most IoU above one half, or of the best sum to one digit, or to two, nor one that is found step by
    step: the best pair first, or the best for each true mask, or for each found one. For each of them, the worst of
    pairs (n, 2, K, h, w): found and true masks (K, h, w).
    """
    count = pairs.shape[2]
    orders, falling = np.array(list(itertools.permutations(range(count)))), 1e-3 ** np.arange(count)
    worst: list[tuple] = [(-1.0, None, None)] * 9
    for found, truth in pairs:
        common = np.sum(found[None] & truth[:, None], axis=(2, 3))
        iou = common / np.maximum(np.sum(found[None] | truth[:, None], axis=(2, 3)), 1)
        rows = iou[np.arange(count), orders]
        total, by_found = rows.sum(axis=1), np.take_along_axis(rows, np.argsort(orders), axis=1)
        rivals = [rows.prod(axis=1), (2 * rows / (1 + rows)).sum(axis=1), common[np.arange(count), orders].sum(axis=1)]
        rivals += [(rows > 0.5).sum(axis=1) + 1e-3 * total, total.round(1), total.round(2)]
        rivals += [part @ falling for part in (np.sort(rows)[:, ::-1], rows, by_found)]
        for place, rival in enumerate(rivals):
            lost = total.max() - total[np.argmax(rival)]
            if found.any(axis=(1, 2)).all() and truth.any(axis=(1, 2)).all() and lost > worst[place][0]:
                worst[place] = (lost, found, truth)
    return [(found, truth) for _, found, truth in worst]


def check_match(best_match: Callable[..., Any]) -> None:
    """Against SciPy's assignment; one mask to five, at each number where greedy ways are wrong; empty ones, types."""
    student = Function(best_match, "best_match")
    cases = [(1, (2, 3)), (2, (3, 4)), (3, (4, 4)), (4, (3, 5)), (5, (4, 6)), (5, (5, 5)), (3, (1, 6)), (4, (6, 2)),
             (2, (30, 26)), (5, (4, 6))]  # fmt: skip
    kinds = (bool, int, float, np.uint8, bool)  # no two that wrap: who reuses a wrong IoU loses its points alone
    pairs = []
    for number, (rng, (count, shape)) in enumerate(zip(draws(1412, len(cases)), cases, strict=True)):
        truth = rng.uniform(size=(count, *shape)) < 0.5
        flipped = rng.uniform(size=truth.shape) < 0.25
        found = (truth ^ flipped)[rng.permutation(count)]
        if number == 3:
            found[0], truth[1] = False, False
        if number == 5:
            found[1] = found[2]
        pairs.append((found.astype(kinds[number % 5]), truth.astype(kinds[(number + 1) % 5])))
    greedy = np.zeros((4, 1, 12), dtype=bool)  # the best pair of all leaves a bad one
    for mask, places in zip(greedy, (range(6), range(6, 12), range(1, 9), range(4)), strict=True):
        mask[0, list(places)] = True
    many = [rng.uniform(size=(2, 3, 2, 6)) < rng.uniform(0.1, 0.9, size=(2, 3, 1, 1)) for rng in draws(1413, 400)]
    pairs += [(greedy[:2], greedy[2:]), *_where_measures_differ(np.stack(many))]
    for rng, count in zip(draws(1414, 2), (4, 5), strict=True):
        drawn = rng.uniform(size=(100, 2, count, 2, 6)) < rng.uniform(0.2, 0.8, size=(100, 2, count, 1, 1))
        pairs += _where_measures_differ(drawn)
    pairs += [(pairs[1][0], pairs[1][1][::-1].copy()), (np.eye(3)[:, None], np.zeros((3, 1, 3), int))]  # nothing fits
    for found, truth in pairs:
        table = _table(found, truth)
        best = table[scipy.optimize.linear_sum_assignment(-table)].sum()
        order, iou = student(found, truth).unpack("the order", "the IoU")
        places = order.array((len(truth),))
        if sorted(places.tolist()) != list(range(len(truth))):
            order.fail(
                f"returned {brief(order.value)}, expected each number from 0 to {len(truth) - 1} once. See section 2."
            )
        reached = table[places.astype(int), np.arange(len(truth))]
        why = "a found mask for each true one, such that the sum of all IoU is the largest of all orders"
        Result(reached.sum(), f"The sum of the IoU in {order.called}").close(best, f"{why}. See section 2.")
        iou.close(reached, "the IoU of each true mask with the found one that belongs to it. See section 2.")


# --- section 3: from image to image -----------------------------------------------------------------------------------


@oracle
def _adjoint(y: np.ndarray, kernel: np.ndarray, stride: int, shape: tuple[int, int]) -> np.ndarray:
    """The product with the transpose of the matrix whose columns are SciPy's convolutions of single pixels."""
    columns = []
    for place in range(shape[0] * shape[1]):
        pixel = np.zeros(shape)
        pixel.flat[place] = 1.0
        columns.append(scipy.signal.correlate2d(pixel, kernel, mode="valid")[::stride, ::stride].ravel())
    return (np.stack(columns) @ y.ravel()).reshape(shape)


def check_transposed(transposed_convolution: Callable[..., Any]) -> None:
    """Against the transposed matrix of the convolution; kernels that are not square, all strides, rows left out."""
    student = Function(transposed_convolution, "transposed_convolution")
    cases = [(1, 1, 1, 1, 1, 0, 0, 1.0), (3, 2, 2, 2, 2, 0, 0, 1.0), (2, 4, 3, 3, 1, 0, 0, 1.0),
             (3, 3, 3, 2, 2, 1, 0, 1.0), (4, 2, 2, 5, 3, 2, 1, 120.0), (2, 3, 1, 2, 4, 3, 2, 1.0),
             (1, 5, 4, 1, 2, 0, 1, 1e-9), (3, 1, 3, 3, 3, 0, 2, 1e9), (5, 4, 3, 3, 2, 1, 1, 1e-3),
             (6, 7, 7, 5, 1, 0, 0, 1.0), (2, 2, 2, 3, 1, 0, 0, 1.0)]  # fmt: skip
    why = "copies of the kernel, times each number of y, a stride apart, added up. See section 3."
    for rng, (m, n, k, width, stride, rows, columns, scale) in zip(draws(1421, len(cases)), cases, strict=True):
        shape = (stride * (m - 1) + k + rows, stride * (n - 1) + width + columns)
        y, kernel = scale * rng.normal(size=(n, m)).T, rng.normal(size=(width, k)).T
        expected = _adjoint(y, kernel, stride, shape)
        student(y, kernel, stride, shape).close(expected, why, atol=tiny(expected))
    y, kernel = np.array([[1, -2], [3, 1]]), np.array([[0.5, 1.5, -0.25]])
    for one, other in ((y, kernel), (y + 0.5, np.array([[2, 1, 5]])), (y, kernel[:, ::-1])):
        student(one, other, 2, (3, 5)).close(_adjoint(one, other, 2, (3, 5)), why)


def _up_builder(up_block: Any, rows: int, columns: int, channels: int, skip_channels: int) -> Any:
    """A function that makes a model of one input: the skip in its first channels, what comes from below in the others.

    Of these every second pixel is taken.
    """

    def build(filters: int) -> Any:
        both = keras.Input((2 * rows, 2 * columns, skip_channels + channels))
        return keras.Model(both, up_block(both[:, ::2, ::2, skip_channels:], both[..., :skip_channels], filters))

    return build


def _unet_builder(unet: Any, side: int, channels: int) -> Any:
    """A function that makes a model of a student's U-Net."""

    def build(widths: Any) -> Any:
        images = keras.Input((side, side, channels))
        return keras.Model(images, unet(images, widths))

    return build


def _block_parameters(inputs: int, filters: int) -> int:
    return 9 * inputs * filters + 9 * filters**2 + 8 * filters


def _up_parameters(below: int, skip: int, filters: int) -> int:
    return (4 * below + 1) * filters + _block_parameters(filters + skip, filters)


def _block_of(x: Any, filters: int) -> Any:
    """A `conv_block` that is built here."""
    for _ in range(2):
        x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = keras.layers.Activation("relu")(keras.layers.BatchNormalization()(x))
    return x


def _up_of(x: Any, skip: Any, filters: int, skip_first: bool) -> Any:
    """An `up_block` that is built here."""
    up = keras.layers.Conv2DTranspose(filters, 2, strides=2)(x)
    return _block_of(keras.ops.concatenate([skip, up] if skip_first else [up, skip], axis=-1), filters)


def _unet_of(x: Any, widths: list, skip_first: bool) -> Any:
    """A U-Net that is built here."""
    here = _block_of(x, widths[0])
    if len(widths) == 1:
        return here
    below = _unet_of(keras.layers.MaxPooling2D()(here), widths[1:], skip_first)
    return _up_of(below, here, widths[0], skip_first)


@oracle
def _answers_of_up(filters: int, skip: int, seed: int, x: np.ndarray, slopes: np.ndarray) -> list[tuple[list, list]]:
    """What it gives at weights by their names, with either input of the concatenation first."""
    found = []
    for skip_first in (False, True):
        both = keras.Input(x.shape[1:])
        above = _up_of(both[:, ::2, ::2, skip:], both[..., :skip], filters, skip_first)
        found.append(at_named_weights(keras.Model(both, above), seed, x, slopes))
    return found


@oracle
def _answers_of_unet(widths: list, seed: int, x: np.ndarray, slopes: np.ndarray) -> list[tuple[list, list]]:
    """The same of a U-Net."""
    found = []
    for skip_first in (False, True):
        images = keras.Input(x.shape[1:])
        found.append(at_named_weights(keras.Model(images, _unet_of(images, widths, skip_first)), seed, x, slopes))
    return found


def check_up(up_block: Callable[..., Any]) -> None:
    """At random weights: shape, number of parameters, and where one pixel of the skip and of what is below reaches.

    Answers in training and out of it, and gradients out of it, are those of a network that is built here, at weights
    which follow from names and shapes.
    """
    see = "See section 3."
    cases = [((4, 4), 3, 2, 5), ((6, 6), 4, 4, 4), ((2, 3), 1, 70, 2), ((8, 8), 5, 1, 3), ((3, 1), 2, 6, 2)]
    for rng, ((rows, columns), below, skip, filters) in zip(draws(1431, len(cases)), cases, strict=True):
        Function(up_block, "up_block").fits(None, None, filters)
        shape = (2 * rows, 2 * columns, skip + below)
        expected = _up_parameters(below, skip, filters)
        block = built(
            beside(up_block, _up_builder, up_block, rows, columns, below, skip), "up_block", filters,
            inputs=shape, outputs=(*shape[:2], filters), most=expected, see=see,
        )  # fmt: skip
        sizes = f"with {below} channels from below, {skip} of the skip and {filters} filters"
        block.require_count(expected, f"up_block {sizes}")
        block.require_outputs(
            block.require_steady(1432, rng.normal(size=(12, *shape)).astype(np.float32)).max(axis=(2, 3)), "channels"
        )
        x, slopes = (rng.normal(size=(5, *shape[:2], some)).astype(np.float32) for some in (shape[2], filters))
        x = 1000 * x if rows == 8 else x
        one, other = _answers_of_up(filters, skip, 1436, x, slopes)
        block.require_same(1436, x, slopes, one, "are these the three parts, and nothing else?", other)
        if rows < 6:
            continue
        for what, channels, cut, most in (
            ("the skip", slice(0, skip), (2, 2, filters, below), 5),
            ("what comes from below", slice(skip, None), None, 6),
        ):
            x, other = one_pixel_changed(rng, shape, channels)
            (differs,) = block.differs(1433, [cut or (0,)], x, other)
            size = extent(differs)
            if size != most:
                block.fails(f"lets one pixel of {what} reach {size} pixels along an axis, expected {most}.")


def check_unet(unet: Callable[..., Any]) -> None:
    """At random weights: shape, number of parameters, every part of the image counts, and each skip is used.

    When the kernels that go up to a level are 0, one pixel reaches as far as the skip of this level carries it: not as
    far where that skip is not used.
    """
    Function(unet, "unet").fits(None, (4, 6))
    see = "See section 3."
    cases = [(48, 1, (3, 4, 5)), (32, 2, [5, 3, 4, 6]), (16, 1, (4, 6)), (16, 3, [2, 3, 3]), (8, 1, (3, 130)),
             (16, 2, (2, 4, 3, 4, 4))]  # fmt: skip
    for rng, (side, channels, widths) in zip(draws(1441, len(cases)), cases, strict=True):
        down = sum(_block_parameters(a, b) for a, b in itertools.pairwise((channels, *widths)))
        expected = down + sum(_up_parameters(b, a, a) for a, b in itertools.pairwise(widths))
        network = built(
            beside(unet, _unet_builder, unet, side, channels), "unet", widths,
            inputs=(side, side, channels), outputs=(side, side, widths[0]), most=expected, see=see,
        )  # fmt: skip
        network.require_count(expected, f"unet with the widths {tuple(widths)}")
        x = rng.normal(size=(6, side, side, channels)).astype(np.float32)
        network.require_outputs(network.require_steady(1442, x).max(axis=(2, 3)), "channels")
        if side <= 16:
            slopes = rng.normal(size=(*x.shape[:3], widths[0])).astype(np.float32)
            given = 1000 * x if channels == 3 else x
            one, other = _answers_of_unet(list(widths), 1445, given, slopes)
            parts = "are these conv_blocks, max pooling of 2 x 2 and up_blocks, and nothing else?"
            network.require_same(1445, given, slopes, one, parts, other)
        if side == 16:
            network.require_inputs(1443, x[:3], one_block_changed(x[:3], 4, rng))
        if side == 48:
            network.require_skips(1444, rng, (side, side, channels), widths, "pixel", "the image")


def _cross_entropy(target: Any, logits: Any) -> Any:
    """The mean of -t ln p - (1 - t) ln(1 - p) in a form for logits."""
    return tf.reduce_mean(tf.nn.softplus(logits) - target * logits)


_STEPS = (  # of images
    StepCase(3, (3, 4, 2), ("SGD", 0.5, {}), axes=(2, 4)),
    StepCase(5, (3, 4, 2), ("SGD", 0.2, {"decay": 0.25}), normed=True, compiled=True, axes=(1, 3)),
    StepCase(1, (2, 3, 1), ("Adam", 0.05, {}), compiled=True, axes=(1, 1)),
    StepCase(8, (3, 4, 2), ("SGD", 0.1, {"momentum": 0.9}), scale=3.0, normed=True, axes=(3, 3)),
    StepCase(2, (3, 4, 3), ("SGD", 0.5, {}), frozen=1, compiled=True, axes=(3, 2)),
    StepCase(2, (1, 3, 2), ("SGD", 0.5, {}), compiled=True, axes=(34, 36)),
    StepCase(4, (2, 3, 3, 3, 3, 3, 3, 2), ("SGD", 0.5, {}), axes=(2, 2)),
    StepCase(MANY, (2, 1), ("Adam", 0.1, {}), scale=3000.0, axes=(1, 1)),
)


def check_step(train_step: Callable[..., Any]) -> None:
    """Two steps each, by several optimisers, of networks of single pixels, some with frozen layers or normalisation.

    Loss and weights are those of automatic differentiation on a copy; some logits are in the thousands.
    """
    for rng, case in zip(draws(1451, len(_STEPS)), _STEPS, strict=True):
        weights, shape = case.weights(rng), (case.n, *case.axes, case.sizes[-1])
        batches = [(case.inputs(rng), (rng.uniform(size=shape) < 0.4).astype(np.float32)) for _ in range(2)]
        given = [tuple(map(tf.constant, batch)) for batch in batches]
        case.require(train_step, "train_step", weights, _cross_entropy, batches, given, "See section 3.")


# --- section 4: light -------------------------------------------------------------------------------------------------


@oracle
def _fluxes(images: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Pixel by pixel."""
    found = np.zeros((len(images), expected.shape[3]))
    for n, row, column in np.ndindex(*images.shape):
        parts = expected[n, row, column].tolist()
        whole = math.fsum(parts)
        if whole > 0:
            found[n] += [images[n, row, column] * (part / whole) for part in parts]
    return found


def check_fluxes(fluxes: Callable[..., Any]) -> None:
    """Against a loop over pixels; one galaxy and several, nothing expected, all units, negative pixels."""
    student = Function(fluxes, "fluxes")
    cases = [((1, 1, 1), 1, 1.0, 1.0), ((3, 4, 5), 2, 1.0, 1.0), ((2, 3, 3), 3, 1e-20, 6.0),
             ((4, 2, 5), 2, 1e31, 120.0), ((3, 2, 4), 1, 1.0, 1.0), ((1, 5, 5), 2, 1.0, 1e-9),
             ((2, 6, 1), 4, 1e-3, 1e9), ((1, 30, 52), 2, 1.0, 1.0), ((3, 4, 5), 2, 1.0, 2.0)]  # fmt: skip
    for rng, (shape, count, unit, scale) in zip(draws(1461, len(cases)), cases, strict=True):
        images = scale * rng.normal(1.0, 2.0, size=shape[::-1]).T
        expected = unit * rng.gamma(0.5, size=(*shape, count)) * (rng.uniform(size=(*shape, count)) < 0.7)
        if math.prod(shape) > 4:
            expected[0, 0, 0] = 0
            expected[0, -1, -1] *= 1e-12  # a pixel in which hardly anything is expected has an owner, too
        wanted = _fluxes(images, expected)
        why = "what was seen, times expected / (sum of all expected), summed over pixels; nothing where that sum is 0"
        student(images, expected).close(wanted, f"{why}. See section 4.", atol=1e-5 * scale)
    student(images, expected**2).close(_fluxes(images, expected**2), f"{why}. See section 4.", atol=1e-5 * scale)


# --- section 5: laws of masks -----------------------------------------------------------------------------------------


WHOLE = 2**16  # the sum of probabilities as whole numbers, which have no rounding


@oracle
def _value_of_threshold(masks: np.ndarray, weights: np.ndarray, threshold: int) -> float:
    """The expected IoU of a threshold; probabilities of masks and threshold are whole numbers."""
    pixels = np.einsum("m,mhw->hw", weights, masks.astype(int))
    found = np.repeat((pixels >= threshold)[None], len(masks), axis=0)
    return float(np.sum(weights / WHOLE * _of_sets(found, masks)[0]))


def _best_value(masks: np.ndarray, weights: np.ndarray) -> float:
    """The largest expected IoU of any threshold."""
    pixels = np.einsum("m,mhw->hw", weights, masks.astype(int))
    return max(_value_of_threshold(masks, weights, int(t)) for t in {*pixels[pixels > 0].tolist(), WHOLE})


def _whole_chances(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.multinomial(WHOLE, rng.dirichlet(np.ones(count)))


def check_threshold(best_threshold: Callable[..., Any]) -> None:
    """Against all thresholds that differ, any best one will do; one mask and many, empty and impossible ones.

    In one case the best lies between the probabilities of two pixels that are nearly equal.
    """
    student = Function(best_threshold, "best_threshold")
    cases = [(1, (2, 3)), (3, (1, 4)), (4, (3, 3)), (6, (2, 5)), (12, (4, 4)), (2, (1, 1)), (5, (6, 2)), (20, (8, 8)),
             (5, (3, 2)), (4, (2, 2)), (4, (3, 4)), (4, (3, 4)), (64, (8, 8)), (2, (2, 2)), (6, (2, 5)),
             (2, (1, 2)), (4, (30, 26)), (12, (16, 12))]  # fmt: skip
    for number, (rng, (count, shape)) in enumerate(zip(draws(1471, len(cases)), cases, strict=True)):
        masks, weights = rng.uniform(size=(count, *shape)) < rng.uniform(0.2, 0.6), _whole_chances(rng, count)
        if number in (2, 8):
            masks[0], weights = False, np.array([40 * WHOLE // 64, *_whole_chances(rng, count - 1) * 24 // 64])
            weights[0] += WHOLE - weights.sum()
        if number in (9, 12):  # each pixel alone is unlikely, yet all should be found
            masks, weights = np.eye(count, dtype=bool).reshape(count, *shape), np.full(count, WHOLE // count)
        if number in (10, 11):  # the likeliest pixel alone, of 0.40050 or 0.7; the next one, 0.40047 or 0.6, costs more
            masks, weights = np.zeros((4, 12), dtype=bool), np.array([26247, 13122, 13123, 13044])
            masks[0, 0], masks[1, 1:6], masks[2, [1, *range(6, 12)]] = True, True, True
            if number == 11:
                masks[1, 0], weights = True, np.array([26247, 19645, 19643, 1])
            masks = masks.reshape(4, 3, 4)
        if number == 13:  # nobody has seen anything
            masks = np.zeros((2, 2, 2), dtype=bool)
        masks = masks.astype((bool, int, float, np.uint8)[number % 4])
        best = _best_value(masks, weights)
        t, iou = student(masks, weights / WHOLE).unpack("the threshold", "the expected IoU")
        chosen = t.number()
        if not 0 < chosen <= 1 + 1e-9:
            t.fail(f"returned {chosen:.6g}, expected a number above 0 and at most 1. See section 5.")
        reached = _value_of_threshold(masks, weights, max(1, math.ceil(WHOLE * chosen - 0.05)))
        Result(reached, f"The expected IoU of the threshold {chosen:.6g} from {t.called}").close(
            best, "that of the best threshold. See section 5."
        )
        iou.close(best, "the mean IoU over all the masks, by their probabilities. See section 5.")


def _expected_iou(one: np.ndarray, p: np.ndarray, other: np.ndarray, q: np.ndarray) -> float:
    """The expected IoU of two independent masks, by a loop over pairs."""
    pairs = itertools.product(zip(one, p, strict=True), zip(other, q, strict=True))
    return math.fsum(x * y * _of_sets(a[None], b[None])[0][0] for (a, x), (b, y) in pairs)


def _energy_of(masks_a: np.ndarray, p_a: np.ndarray, masks_b: np.ndarray, p_b: np.ndarray) -> float:
    """The energy distance: for laws with the sum 1, the expected IoU of both with themselves less that between them."""
    within = _expected_iou(masks_a, p_a, masks_a, p_a) + _expected_iou(masks_b, p_b, masks_b, p_b)
    return within - 2 * _expected_iou(masks_a, p_a, masks_b, p_b)


@oracle
def _energy(masks_a: np.ndarray, p_a: np.ndarray, masks_b: np.ndarray, p_b: np.ndarray) -> float:
    """The same, asked once."""
    return _energy_of(masks_a, p_a, masks_b, p_b)


def check_energy(energy_distance: Callable[..., Any]) -> None:
    """Against a loop over pairs; laws of one mask and of many, empty masks, equal laws, booleans and numbers."""
    student = Function(energy_distance, "energy_distance")
    cases = [(1, 1, (2, 2)), (2, 3, (1, 4)), (4, 2, (3, 3)), (5, 5, (2, 5)), (1, 6, (4, 2)), (12, 30, (3, 4)),
             (8, 1, (9, 9)), (70, 80, (1, 4)), (3, 2, (30, 26))]  # fmt: skip
    kinds = (bool, int), (int, bool), (float, bool)  # no bytes: who reuses a wrong IoU loses its points alone
    why = "2 E d(S, Y) - E d(S, S') - E d(Y, Y'), with d = 1 - IoU, over all pairs by their probabilities"
    for number, (rng, (m, n, shape)) in enumerate(zip(draws(1472, len(cases)), cases, strict=True)):
        masks_a, masks_b = (rng.uniform(size=(count, *shape)) < 0.5 for count in (m, n))
        if number % 2:
            masks_a[0], masks_b[0] = False, masks_b[-1]
        p_a, p_b = rng.dirichlet(np.ones(m)), rng.dirichlet(np.ones(n))
        if m > 3:
            p_a = np.append(p_a[:-2], [p_a[-2:].sum(), 0.0])
        one, other = kinds[number % 3]
        given = masks_a.astype(one), p_a, masks_b.astype(other), p_b
        student(*given).close(_energy(*given), f"{why}. See section 5.", atol=1e-5 if m == 70 else ATOL)
    middle, around = (np.ones((1, 1, 4), int), np.ones(1)), (1 - np.eye(4)[:, None], np.full(4, 0.25))
    student(*middle, *around).close(_energy(*middle, *around), f"{why}. See section 5.")
    for rng in draws(1473, 1):
        masks, p = rng.uniform(size=(4, 3, 3)) < 0.5, rng.dirichlet(np.ones(4))
        order = rng.permutation(4)
        student(masks, p, masks[order], p[order]).close(0.0, "both laws are the same. See section 5.")
        nearly = masks, 0.98 * p + np.array([0.02, 0.0, 0.0, 0.0]), masks, p
        student(*nearly).close(_energy(*nearly), f"{why}. See section 5.", atol=5e-7)


def _laws(answer: Result) -> list[np.ndarray]:
    """Masks and probabilities of two laws that a student chose, as small as the task says."""
    parts = answer.unpack("masks_a", "p_a", "masks_b", "p_b")
    laws = []
    for masks, p in (parts[:2], parts[2:]):
        array = masks.array()
        if array.ndim != 3 or not 1 <= len(array) <= 8 or not 1 <= array[0].size <= 8:
            masks.fail(f"has the shape {array.shape}, expected 1 to 8 masks (h, w) of at most 8 pixels. See section 5.")
        if not np.isin(array, (0, 1)).all():
            masks.fail("has other numbers than 0 and 1. See section 5.")
        chances = p.array((len(array),))
        if chances.min() < 0:
            p.fail(f"has a probability of {chances.min():.6g}, expected none below 0. See section 5.")
        if not math.isclose(chances.sum(), 1, abs_tol=1e-6):
            p.fail(f"has the sum {chances.sum():.6g}, expected probabilities, with the sum 1. See section 5.")
        laws += [array, chances]
    require(
        laws[0].shape[1:] == laws[2].shape[1:],
        f"The masks of {answer.called} have the shapes {laws[0].shape[1:]} and {laws[2].shape[1:]}, expected the same.",
    )
    return laws


def _require_distance(laws: list[np.ndarray], least: float, called: str, see: str) -> None:
    found = f"The energy distance of both laws of {called} is {(value := _energy_of(*laws)):.4f}"
    require(value >= least - 1e-6, f"{found}, expected at least {least}. {see}")


def check_same_map(same_map: Callable[..., Any]) -> None:
    """Any two laws with equal maps, whose energy distance, by this module, is at least 0.3."""
    laws = _laws(Function(same_map, "same_map")())
    maps = [np.tensordot(laws[k + 1], laws[k], axes=1) for k in (0, 2)]
    away = float(np.abs(maps[0] - maps[1]).max())
    require(away < 1e-5, f"Pixel probabilities of both laws of same_map() differ by up to {away:.4g}. See section 5.")
    _require_distance(laws, 0.3, "same_map()", "See section 5.")


def check_higher_iou(higher_iou: Callable[..., Any]) -> None:
    """Any law and wrong answer whose expected IoU is at least 0.1 above that of the right one."""
    truth, p, answer, q = laws = _laws(Function(higher_iou, "higher_iou")())
    _require_distance(laws, 0.1, "higher_iou()", "See section 5.")
    gained = _expected_iou(answer, q, truth, p) - _expected_iou(truth, p, truth, p)
    require(
        gained >= 0.1 - 1e-6,
        f"The expected IoU of the answer of higher_iou() exceeds that of the right law by {gained:.4f}, expected "
        "at least 0.1: the law of the truth comes first. See section 5.",
    )


@oracle
def _mixture(gate: np.ndarray, logits: np.ndarray, masks: np.ndarray) -> float:
    """SciPy in float64: ln p of a pixel is -ln(1 + e^-l), of the other answer -ln(1 + e^l)."""
    signs = 2 * masks[:, :, :, None].astype(float) - 1
    each = np.sum(scipy.special.log_expit(signs * logits.astype(float)), axis=(1, 2, 4))
    return float(
        -np.mean(scipy.special.logsumexp(scipy.special.log_softmax(gate.astype(float), axis=1) + each, axis=1))
    )


def _mixture_in_tensorflow(gate: Any, logits: Any, masks: Any) -> Any:
    """The same, for gradients."""
    signed = (2 * masks[:, :, :, None] - 1) * logits
    each = tf.reduce_sum(-tf.nn.softplus(-signed), axis=[1, 2, 4])
    return -tf.reduce_mean(tf.reduce_logsumexp(tf.math.log_softmax(gate, axis=1) + each, axis=1))


def check_mixture(mixture_loss: Callable[..., Any]) -> None:
    """Against SciPy in float64, and gradients in float64; masks that are nearly equal, logits of thousands."""
    student = Function(mixture_loss, "mixture_loss")
    cases = [(1, 1, 1, 1, 1, 1.0, 1.0), (3, 2, 4, 2, 1, 1.0, 1.0), (2, 3, 2, 3, 2, 3.0, 2.0),
             (4, 5, 5, 1, 3, 1.0, 30.0), (2, 32, 32, 2, 2, 4.0, 1.0), (3, 2, 2, 4, 1, 2000.0, 1.0),
             (5, 1, 3, 2, 2, 1e-3, 500.0), (6, 2, 3, 3, 1, 2000.0, 2000.0), (2, 2, 3, 5, 2, 1.0, 1.0),
             (3, 3, 3, 3, 3, 1.0, 1.0), (1, 20, 30, 2, 1, 3000.0, 1.0), (3, 2, 4, 2, 1, 2.0, 1.0)]  # fmt: skip
    why = "minus the logarithm of a sum over whole masks of the gate times the product over all pixels and channels"
    for rng, (n, h, w, k, c, scale, gate_scale) in zip(draws(1481, len(cases)), cases, strict=True):
        gate = (gate_scale * rng.normal(size=(n, k))).astype(np.float32)
        logits = (scale * rng.normal(size=(n, h, w, k, c))).astype(np.float32)
        masks = (rng.uniform(size=(n, h, w, c)) < 0.4).astype(np.float32)
        given = (gate, logits, masks)
        student(*map(tf.constant, given)).close(_mixture(*given), f"{why}. See section 5.", atol=1e-5)
        require_gradients(student, _mixture_in_tensorflow, given, ("gate", "logits"), rng, "See section 5.", terms=1.0)
    for rng in draws(1482, 1):  # a thousand pixels, and masks that are all but as likely: the largest is not their sum
        logits = rng.normal(size=(2, 32, 32, 1, 2)) + 1e-4 * rng.normal(size=(2, 32, 32, 3, 2))
        parts = np.zeros((2, 3)), logits, rng.uniform(size=(2, 32, 32, 2)) < 0.4
        given = tuple(part.astype(np.float32) for part in parts)
        student(*map(tf.constant, given)).close(_mixture(*given), f"{why}. See section 5.")


# --- section 6: a probabilistic U-Net ---------------------------------------------------------------------------------


@oracle
def _kl(mean_q: np.ndarray, log_var_q: np.ndarray, mean_p: np.ndarray, log_var_p: np.ndarray) -> np.ndarray:
    """TensorFlow Probability in float64."""
    return np.asarray(_kl_in_tensorflow(*(part.astype(float) for part in (mean_q, log_var_q, mean_p, log_var_p))))


def _kl_in_tensorflow(mean_q: Any, log_var_q: Any, mean_p: Any, log_var_p: Any) -> Any:
    q, p = (
        tfd.MultivariateNormalDiag(middle, tf.exp(log_var / 2))
        for middle, log_var in ((mean_q, log_var_q), (mean_p, log_var_p))
    )
    return tfd.kl_divergence(q, p)


def check_kl(kl_divergence: Callable[..., Any]) -> None:
    """Against TensorFlow Probability, with gradients; one dimension and several, narrow, wide and equal Gaussians.

    Means are as near as the Gaussians are narrow, and as far as they are wide.
    """
    student = Function(kl_divergence, "kl_divergence")
    names = ("mean_q", "log_var_q", "mean_p", "log_var_p")
    cases = [(1, 1, 1.0, 0.5, 0), (4, 3, 1.0, 1.0, 0), (3, 6, 10.0, 2.0, 0), (1, 4, 0.1, 3.0, 0),
             (6, 1, 100.0, 1.0, 0), (2, 2, 1.0, 6.0, 0), (MANY, 2, 1.0, 1.0, 0), (3, 2, 1e-5, 1.0, -22),
             (2, 3, 1e-9, 1.0, -41), (3, 1, 1e9, 1.0, 41), (4, 3, 1.0, 1.0, 0)]  # fmt: skip
    # What the task allows at most; alone, as the largest divergence would be all of a sum.
    bounds = [((58, 58), 1e9), ((-58, -58), 1e-13), ((19, -19), 1e-4), ((-19, 19), 1e4)]
    why = (
        "half the sum over dimensions of the ratio of variances - 1 - its logarithm + (distance of the means)² / var_p"
    )
    for rng, (n, d, scale, spread, middle) in zip(draws(1491, len(cases)), cases, strict=True):
        means, logs = scale * rng.normal(size=(2, n, d)), middle + spread * rng.normal(size=(2, n, d))
        if spread == 6.0:
            logs[0, 0, 0] = logs[1, 0, 0] + 14
        given = [part.astype(np.float32) for pair in zip(means, logs, strict=True) for part in pair]
        student(*map(tf.constant, given)).close(_kl(*given), f"{why}. See section 6.", atol=1e-5)
        if n < 10:
            require_gradients(student, _kl_in_tensorflow, given, names, rng, "See section 6.")
    for rng, (middles, scale) in zip(draws(1493, len(bounds)), bounds, strict=True):
        log_q, log_p = (middle + rng.uniform(-1, 1, size=(1, 2)) for middle in middles)
        mean_q, mean_p = scale * rng.normal(size=(2, 1, 2))
        given = [part.astype(np.float32) for part in (mean_q, log_q, mean_p, log_p)]
        student(*map(tf.constant, given)).close(_kl(*given), f"{why}. See section 6.", atol=1e-5)
    for rng in draws(1492, 1):
        same = [part.astype(np.float32) for part in rng.normal(size=(2, 3, 2))]
        why = "both Gaussians are the same. See section 6."
        student(*map(tf.constant, same * 2)).close(np.zeros(3), why, atol=1e-5)


def _latent_slopes(latent: Any, image: Any, masks: Any, noise: Any, training: bool, weights: list) -> list:
    """Gradients of a sum of z, times 1, 2, ..., for the weights of a prior and a posterior that are linear."""
    variables = [tf.Variable(part) for part in weights]

    def prior(image: Any) -> Any:
        return image @ variables[0], image @ variables[1]

    def posterior(image: Any, masks: Any) -> Any:
        return image @ variables[2] + masks, masks @ variables[3] + image[:, :1]

    with tf.GradientTape() as tape:
        z = latent(tf.constant(image), tf.constant(masks), prior, posterior, tf.constant(noise), training)
        total = tf.reduce_sum(z * np.arange(1, 1 + noise.size, dtype=np.float32).reshape(noise.shape))
    slopes = tape.gradient(total, variables)
    return [np.zeros(0) if slope is None else np.asarray(slope) for slope in slopes]


def _latent(image: Any, masks: Any, prior: Any, posterior: Any, noise: Any, training: bool) -> Any:
    middle, log_var = posterior(image, masks) if training else prior(image)
    return middle + tf.exp(log_var / 2) * noise


def some_prior(image: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """A mean and a logarithm of the variance (n, 3), from images alone."""
    rows = tf.reshape(image, (-1, 4))
    return rows[:, :3] - 1, 2 * rows[:, :3] - 1


def some_posterior(image: Any, masks: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Others, from images and masks."""
    rows, drawn = (tf.reshape(part, (-1, 4)) for part in (image, masks))
    return 5 * drawn[:, :3] + rows[:, :3], 3 * rows[:, 1:] - drawn[:, :3]


def check_latent(latent: Callable[..., Any]) -> None:
    """In closed form; in training and not, with masks and without, which must not matter out of training.

    Variances are from e^-60 to e^60. Gradients reach what gives the mean and what gives the variance, in both.
    """
    student = Function(latent, "latent")
    cases = [(1, 3.0), (2, 3.0), (5, 3.0), (40, 3.0), (3, 19.5), (5, 3.0)]
    for rng, (n, scale) in zip(draws(1495, len(cases)), cases, strict=True):
        image = rng.uniform(-scale, scale, size=(n, 2, 2)).astype(np.float32)
        noise = (2 * rng.normal(size=(n, 3))).astype(np.float32)
        noise[-1, :2] = 7, -7
        masks = (rng.uniform(size=(n, 2, 2)) < 0.5).astype(np.float32)
        for training, drawn in ((True, masks), (False, masks), (False, None), (True, 1 - masks), (False, 1 - masks)):
            parts = some_posterior(image, drawn) if training else some_prior(image)
            middle, log_var = (np.asarray(part) for part in parts)
            which = "the posterior" if training else "the prior, which sees no masks"
            given = [None if part is None else tf.constant(part) for part in (image, drawn)]
            student(*given, some_prior, some_posterior, tf.constant(noise), training).close(
                middle + np.sqrt(np.exp(log_var.astype(float))) * noise,
                f"mean + standard deviation times noise, of {which}, as training is {training}. See section 6.",
            )
    for rng, training in zip(draws(1496, 2), (True, False), strict=True):
        image, masks, noise = rng.normal(size=(3, 4, 2)).astype(np.float32)
        given = image, masks, noise, training, list(rng.normal(size=(4, 2, 2)).astype(np.float32))
        _require_latent_slopes(latent, given, f"the {'posterior' if training else 'prior'}'s")


def _require_latent_slopes(latent: Any, given: tuple, whose: str) -> None:
    try:
        found = beside(latent, _latent_slopes, latent, *given)
    except Exception as error:
        fail(f"Gradients through latent stopped with {type(error).__name__}: use TensorFlow. See section 6.")
    pairs = list(zip(found, _latent_slopes(_latent, *given), strict=True))
    require(
        all(np.shape(got) == wanted.shape and np.allclose(got, wanted, rtol=1e-3, atol=1e-4) for got, wanted in pairs),
        f"The gradient of a sum of z for {whose} weights is not right: mean and variance must pass through "
        "TensorFlow. See section 6.",
    )


# --- what is trained --------------------------------------------------------------------------------------------------


@functools.cache
def _held_out() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (n, 32, 32), light (n, 32, 32, 2) and distances (n,) of blends that are in no release."""
    with np.load(DATA / "blends.npz", allow_pickle=False) as file:
        pixels = file["pixels"] * float(file["step"])
        apart = [file[f"truth/{axis}_companion"] - file[f"truth/{axis}_central"] for axis in "xy"]
    return pixels[0], np.moveaxis(pixels[1:], 0, -1), np.hypot(*apart)


def _answers(model: Any, called: str, shape: tuple[int, ...]) -> np.ndarray:
    """What a network gives for the held-out images."""
    images = np.arcsinh(_held_out()[0] / 2)[..., None].astype(np.float32)
    found = answers(graph_of(model, called, images.shape[1:]), called, images, batch=100)
    require(found.shape[1:] == shape, f"{called} gives outputs of shape {found.shape[1:]}, expected {shape}.")
    return found


def _iou_by_channel(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """IoU (n, ...) of booleans (n, h, w, ...); 1 where both are empty."""
    both, either = np.sum(found & truth, axis=(1, 2)), np.sum(found | truth, axis=(1, 2))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def _segmentation(network: Any) -> tuple[float, float]:
    """The mean IoU over both channels, and that of companions of close pairs."""
    _, light, distance = _held_out()
    iou = _iou_by_channel(_answers(network, "network", (SIDE, SIDE, 2)) > 0, light > LEVEL)
    return float(iou.mean()), float(iou[distance < CLOSE, 1].mean())


def check_segmentation(network: Any, tier: int) -> None:
    """IoU with true masks of 600 blends, of which about 200 are close pairs: means scatter by 0.003 and 0.007."""
    iou, close = _segmentation(network)
    judged = Measured(iou, f"On {len(_held_out()[0])} new blends, your network has a mean IoU of {iou:.3f}")
    why = "does the training loss still fall at the end? See section 3."
    judged.at_least(THRESHOLDS["iou"][tier - 1], why)
    judged.at_most(CEILINGS["iou"][0], "noise makes the edges uncertain. See section 3.")
    found = f"For companions of close pairs, your network has a mean IoU of {close:.3f}"
    Measured(close, found).at_least(THRESHOLDS["close"][tier - 1], why)


def _flux_error(share_network: Any) -> float:
    """The median relative error of the flux of both galaxies, with the shares that a network gives."""
    images, light, _ = _held_out()
    shares = scipy.special.softmax(_answers(share_network, "share_network", (SIDE, SIDE, 2)), axis=3)
    found = np.einsum("nhw,nhwk->nk", images, shares)
    return float(np.median(np.abs(found / light.sum(axis=(1, 2)) - 1)))


def check_shares(share_network: Any) -> None:
    """The median error of the flux of 1200 galaxies by learnt shares."""
    value = _flux_error(share_network)
    judged = Measured(value, f"On new blends, the median error of the flux by learnt shares is {value:.4f}")
    judged.at_least(THRESHOLDS["flux"][0], "with the true shares, noise alone makes 0.015. See section 4.")
    judged.at_most(CEILINGS["flux"][0], "is the U-Net trained well, and are the shares? See section 4.")


def _kinds(mixture_masks: Any) -> tuple[float, int]:
    """The mean IoU over both kinds and channels, and which of the two masks is the cautious one: the smaller."""
    light = _held_out()[1]
    found = _answers(mixture_masks, "mixture_masks", (SIDE, SIDE, 2, 2)) > 0
    cautious = int(np.argmin(found.sum(axis=(0, 1, 2, 4))))
    order = [cautious, 1 - cautious]
    truth = np.stack([light > level for level in KINDS], axis=3)
    return float(_iou_by_channel(found[:, :, :, order], truth).mean()), cautious


def check_kinds(mixture_masks: Any) -> None:
    """IoU of both whole masks with those of both kinds of observers."""
    value, _ = _kinds(mixture_masks)
    Measured(value, f"On new blends, the mean IoU of both kinds of masks is {value:.3f}").at_least(
        THRESHOLDS["kinds"][0], "does the loss mix whole masks, and does each mask learn one kind? See section 5."
    )


def _gate_error(mixture_masks: Any, mixture_gate: Any) -> float:
    """The rms error of the probability of a cautious observer."""
    flux = _held_out()[1].sum(axis=(1, 2))
    exact = flux[:, 1] ** 3 / np.sum(flux**3, axis=1)
    gate = scipy.special.softmax(_answers(mixture_gate, "mixture_gate", (2,)), axis=1)
    return float(np.sqrt(np.mean((gate[:, _kinds(mixture_masks)[1]] - exact) ** 2)))


def check_gate(mixture_masks: Any, mixture_gate: Any) -> None:
    """The gate against known probabilities. Their standard deviation, 0.36, is the error of saying their mean."""
    value = _gate_error(mixture_masks, mixture_gate)
    judged = Measured(value, f"On new blends, the rms error of the gate is {value:.3f}")
    judged.at_least(THRESHOLDS["gate"][0], "even with the true shares, noise makes 0.018. See section 5.")
    judged.at_most(CEILINGS["gate"][0], "does the gate get the gradient of the loss of whole masks? See section 5.")


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    iou, close = _segmentation(namespace["network"])
    return {
        "iou": iou,
        "close": close,
        "kinds": _kinds(namespace["mixture_masks"])[0],
        "flux": _flux_error(namespace["share_network"]),
        "gate": _gate_error(namespace["mixture_masks"], namespace["mixture_gate"]),
    }
