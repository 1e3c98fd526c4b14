"""Sections 4, 6 and 7: flows before training, by what a density must do whatever the weights."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.stats

from graders.checks.flows.flow import (
    FEW,
    STEP,
    Flow,
    built,
    copy_weights,
    disturb,
    enlarge,
    how_many_shared,
    require_learning,
    size_of,
    turn,
    undone_mixing,
    used_by,
    weights_of,
)
from graders.checks.ladder import Failure, brief, draws, fail, require

# --- what each flow must do -------------------------------------------------------------------------------------------


def _require_density(flow: Flow) -> None:
    """The sum of the density over a grid from -10 to 10 is 1 within 2%; the grid costs a right flow less than 1%."""
    side = np.linspace(-10.0, 10.0, 201)
    points = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    total = (
        float(np.sum(flow.density(points if flow.given is None else points[:, np.newaxis]))) * (side[1] - side[0]) ** 2
    )
    require(
        abs(total - 1) < 0.02,
        f"With random weights, the density of {flow.called} adds up to {total:.3f} over a wide grid, expected 1.",
    )


def _require_normal_base(flow: Flow, x: np.ndarray) -> None:
    base = flow.base_log_prob(x)
    require(
        np.allclose(base, scipy.stats.norm.logpdf(x).sum(axis=1), atol=1e-3),
        f"The base of the flow from {flow.called} is not the standard normal in two dimensions: put all layers into "
        "one tfb.Chain, over tfd.MultivariateNormalDiag(tf.zeros(2)).",
    )


def _require_mixed(z: np.ndarray, moved: np.ndarray, called: str) -> None:
    """Each coordinate of z depends on both of x. `moved` (2, n, 2): z where one coordinate of x is another."""
    effects = np.abs(moved - z).max(axis=1)
    for j, column in ((j, column) for j in range(2) for column in range(2)):
        require(
            effects[j, column] > 1e-4,
            f"With random weights, coordinate {column + 1} of z does not depend on coordinate {j + 1} of x in "
            f"{called}: with the coordinates exchanged between layers, each depends on both.",
        )


def _require_both_transformed(z: np.ndarray, x: np.ndarray, called: str) -> None:
    for other in range(2):
        same = np.isclose(z, x[:, [other]], atol=1e-5).all(axis=0)
        require(
            not same.any(),
            f"With random weights, {called} leaves coordinate {other + 1} of the points as it is, expected both to be "
            "transformed.",
        )


def _require_biases(latent_of_origin: np.ndarray, called: str) -> None:
    """Without biases the origin would be where it is for all weights."""
    require(
        np.abs(latent_of_origin).max() > 1e-4,
        f"With random weights, {called} leaves the point (0, 0) as it is, expected it to be moved: the networks "
        "give a shift, and their layers have biases.",
    )


def _differences(x: np.ndarray) -> np.ndarray:
    """Points x (n, 2) and a small step before and behind along each coordinate: (2, 2, n, 2)."""
    return np.stack([[x + STEP * move, x - STEP * move] for move in np.eye(2)])


def _require_jacobian(log_prob: np.ndarray, z: np.ndarray, around: np.ndarray, called: str) -> None:
    """The density by the Jacobian of the inverse, from finite differences.

    A kink of a ReLU spoils single points, so the median is what counts.
    """
    jacobian = (around[:, 0] - around[:, 1]) / (2 * STEP)
    expected = scipy.stats.norm.logpdf(z).sum(axis=1) + np.linalg.slogdet(jacobian.transpose(1, 0, 2))[1]
    off = np.median(np.abs(log_prob - expected))
    require(
        off < 0.01,
        f"log_prob of {called} differs by {off:.3f} nats from ln N(z; 0, I) + ln |det J|, with the Jacobian of the "
        "inverse by finite differences.",
    )


def _require_normal(latent: np.ndarray, called: str) -> None:
    """4000 standard normal values: 6 standard errors are 0.095 for the mean, 0.067 for the standard deviation."""
    wrong = max(np.abs(latent.mean(axis=0)).max(), np.abs(latent.std(axis=0) - 1).max())
    require(wrong < 0.1, f"Samples of {called} are not standard normal in its latent space.")


# Of data that untrained networks are given: from larger ones, scales that nothing bounds make densities, now and then,
# that are narrower than the grid or reach beyond it.
DATA_SCALE = 0.3

# Where a layer shows its shift and log-scale: the other coordinate is on this line.
LINE = np.linspace(-4, 4, 17)
FAR = np.array([-30.0, -10.0, 10.0, 30.0])
GAIN = 3.0
# Neurons of a hidden layer: as a prime number, no layers of half as many and twice as many have as many weights between
# them; and half as many are more than the `FEW` numbers that a network gives.
ODD = 11


def _lines(line: np.ndarray) -> np.ndarray:
    """Points (2, 3, n, 2): for each coordinate j, x_j is -1, 0 and 1, and the other is on a line (n,)."""
    points = np.zeros((2, 3, len(line), 2))
    points[0, ..., 0] = points[1, ..., 1] = np.array([[-1.0], [0.0], [1.0]])
    points[0, ..., 1] = points[1, ..., 0] = line
    return points


def _along(flow: Flow, line: np.ndarray) -> np.ndarray:
    """The flow's z (2, 3, n, 2) at `_lines`."""
    points = _lines(line)
    places = points.reshape(-1, 2) if flow.given is None else points.reshape(-1, 1, 2)
    return flow.inverse(places).reshape(points.shape)


def _slope(latent: np.ndarray, j: int, column: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a coordinate of z depends on x_j: its slope, how far from straight it is, and its value at 0."""
    low, middle, high = latent[:, j, :, :, column].swapaxes(0, 1)
    return (high - low) / 2, high + low - 2 * middle, middle


def _shifts_and_scales(latent: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Shifts and log-scales (2, draws, n) along a line, by j and column, where z_column is affine in x_j.

    That is what the last of the layers, the first on the way from x to z, leaves for all to see. Both must depend on
    the other coordinate: in an autoregressive layer those of the first coordinate do not.

    Args:
        latent: z at `_lines` for several draws of the weights, (draws, 2, 3, n, 2).
    """
    found = {}
    for j, column in ((j, column) for j in range(2) for column in range(2)):
        slope, bend, middle = _slope(latent, j, column)
        if np.abs(slope).min() > 1e-4 and np.abs(bend).max() < 1e-3 * np.abs(slope).max():
            found[j, column] = np.stack([-middle / slope, -np.log(np.abs(slope))])
    return {place: pair for place, pair in found.items() if np.ptp(pair, axis=-1).max(axis=1).min() > 1e-4}


def _tried(flow: Flow, line: np.ndarray) -> np.ndarray | None:
    """The same, or nothing where a scale that nothing bounds overflows."""
    try:
        return _along(flow, line)
    except Failure:
        return None


def _is_bounded(near: list, far: list, large: list, place: tuple[int, int]) -> bool:
    """Whether a shift stays where it is when the other coordinate is large, and when all weights are.

    Where hidden layers are like ReLU, it grows with the coordinate; where they are like tanh, with the weights: by
    about as much as those of the last layer. What overflows has no bounds.

    Args:
        near: z at `LINE` for several draws of the weights.
        far: at `FAR`.
        large: at `LINE`, with weights `GAIN` times as large.
        place: where the shift shows.
    """
    if any(latent is None for latent in (*far, *large)):
        return False
    before, away, after = (_size(latent, place) for latent in (near, far, large))
    grows_away = away[[0, 3]].max() > 2 * away[[1, 2]].max()
    return not grows_away and bool(after.max() < 0.75 * GAIN * before.max())


class _Made:
    """What a student's function made, once for all looks at it with other weights: to make it is what costs most.

    Attributes:
        build: the student's function.
        flow: without data yet, where it is to be given some.
        variables: all that it uses, those that it lists first.
        hidden: how many neurons its hidden layers have.
    """

    def __init__(self, build: Callable[..., Any], name: str, n_layers: int, hidden: int, *n_data: int) -> None:
        distribution, listed, called = built(build, name, n_layers, hidden, *n_data)
        self.build, self.hidden, self._n_data = build, hidden, n_data
        self.flow = Flow(distribution, called)
        self.variables = used_by(build, replace(self.flow, given=self._some_data(1, np.zeros)), listed)

    def _some_data(self, rows: int, draw: Callable[..., np.ndarray]) -> np.ndarray | None:
        return DATA_SCALE * draw((rows, *self._n_data)).astype(np.float32) if self._n_data else None

    @contextlib.contextmanager
    def drawn(self, rng: np.random.Generator, rows: int = 1) -> Iterator[Flow]:
        """The flow with other weights, for so many x where it is given data.

        At the end the weights are what they were: the next flow may have the same networks, which is for another test.
        """
        own = weights_of(self.build, self.variables)
        given = self._some_data(rows, lambda shape: rng.normal(size=shape))
        disturb(self.build, self.variables, rng)
        try:
            yield replace(self.flow, given=given)
        finally:
            copy_weights(self.build, own, self.variables)


def _require_exchanges(made: _Made) -> None:
    """Of three layers that take turns, no coordinate of z is affine in one of x; without an exchange two are like one.

    Round-off alone bends what is affine by less than 1e-6 of the largest number. A network of ReLUs is straight where
    it works in 1 of 3,000 draws (21 of 60,000 by NumPy, with the layers of the reference): in three draws, 4e-11.
    """
    bends = np.zeros((2, 2))

    def look(latent: np.ndarray) -> None:
        for j, column in np.ndindex(2, 2):
            _, bend, _ = _slope(latent[np.newaxis], j, column)
            size = np.abs(latent[j, ..., column]).max()
            bends[j, column] = max(bends[j, column], np.abs(bend).max() / size)

    for rng in draws(seed=849, count=3):
        with made.drawn(rng) as flow:
            look(_along(flow, LINE))
            if bends.min() < 1e-5:  # what bends far from 0 alone, such as a hard sigmoid, does so at large weights
                enlarge(made.build, made.variables, GAIN)
                large = _tried(flow, LINE)
                if large is not None:
                    look(large)
    for j, column in np.argwhere(bends < 1e-5):
        fail(
            f"With random weights, coordinate {column + 1} of z is a linear function of coordinate {j + 1} of x in "
            f"{made.flow.called}, as if it had two layers: the coordinates are exchanged between all layers."
        )


def _size(latent: list, place: tuple[int, int]) -> np.ndarray:
    """Sizes of a shift along a line (n,), the largest of all draws."""
    slope, _, middle = _slope(np.stack(latent), *place)
    return np.abs(middle / slope).max(axis=0)


def _fault(along: np.ndarray) -> str:
    """What is wrong with the output of a network, (draws, 17) along `LINE`; nothing where it is as free as it must be.

    Every draw of a right network has a bias that is not 0, so that it is 0 at two neighbours by no chance.
    """
    zero = np.abs(along) < 1e-7
    # A shift is a quotient of numbers in single precision, so where it is large, more of its bends is round-off.
    if np.abs(np.diff(along, 2)).max() < max(1e-4, 3e-6 * np.abs(along).max() ** 2):
        return "is no curved function of the other coordinate: give the networks hidden layers and an activation"
    if np.abs(along - along[:, ::-1]).max() < 1e-4:
        return "does not depend on the sign of the other coordinate: give it to the networks as it is"
    if np.abs(np.diff(along)[:, [0, -1]]).max(axis=0).min() < 1e-5:
        return "does not change where the other coordinate is large: give it to the networks as it is"
    if (zero[:, 1:] & zero[:, :-1]).any():
        return "is exactly 0 over a whole interval: the output of the networks is linear"
    return ""


def _wiggles(one: np.ndarray, other: np.ndarray) -> float:
    """How often `other` runs through its range when `one` grows: once if it is a monotone function of it, else 5 to 15.

    A right answer's curves differ from draw to draw of the weights.
    """
    return float(np.abs(np.diff(other.ravel()[np.argsort(one.ravel())])).sum() / np.ptp(other))


def _require_networks(see: str, made: _Made) -> None:
    """Some coordinate of z is affine in one of x, with a shift and a log-scale that are free functions of the other.

    Args:
        see: where the task is explained, a whole sentence.
        made: the flow.
    """
    near, far, large, called = [], [], [], made.flow.called
    for rng in draws(seed=847, count=6):  # nearly straight curves of a few draws may line up
        with made.drawn(rng) as flow:
            near.append(_along(flow, LINE))
            far.append(_tried(flow, FAR))
            enlarge(made.build, made.variables, GAIN)
            large.append(_tried(flow, LINE))
    pairs = _shifts_and_scales(np.stack(near))
    # Some networks, as of sigmoids, are nearly straight on the line until their weights are larger.
    bent = {} if any(latent is None for latent in large) else _shifts_and_scales(np.stack(large))
    together = [np.concatenate([pairs[place], bent[place]], axis=1) for place in pairs if place in bent]
    curves = [*pairs.values(), *bent.values(), *together]
    require(
        pairs,
        f"With random weights, no layer of {called} shifts and stretches one coordinate by functions of the other. "
        f"{see}",
    )
    for quantity, what in enumerate(("shift", "log-scale")):
        faults = [_fault(pair[quantity]) for pair in curves]
        require("" in faults, f"With random weights, the {what} of {called} {faults[0]}. {see}")
    require(
        max(_wiggles(*pair) for pair in curves) > 2,
        f"With random weights, the log-scale of {called} is a function of its shift: the networks give two numbers for "
        f"each coordinate. {see}",
    )
    require(
        not all(_is_bounded(near, far, large, place) for place in pairs),
        f"With random weights, the shift of {called} stays within bounds, however far away the other coordinate is and "
        f"however large the weights are, expected any real number. {see}",
    )


# What kernels and vectors that lead to the numbers of networks are multiplied by, and the axis of these in the kernels.
TURNS = ((-1, -1, -1), (-1, -1, 0), (-1, 1, -1), (0, 1, -1))


def _require_linear_outputs(see: str, made: _Made) -> None:
    """A shift is as free below 0 as above: it changes its sign with the weights that lead to it.

    If some of these are factors, and no biases, it lies for the kernel and its opposite on both sides of that for none,
    and as far away. It may be written before the scale or after it. Several places may look like a layer: one will do.
    In units of the largest shift, right answers leave round-off, 1e-4 or less; activations behind the last layer leave
    0.2 or more. Where no shift can be seen, or a flow stops, that is for other tests.
    """
    build, variables = made.build, made.variables
    if not any(len(shape) > 1 and shape[-1] <= FEW for shape in (tuple(one.shape) for one in variables)):
        return
    own, turned = [], []
    for rng in draws(seed=848, count=3):
        with made.drawn(rng) as flow:
            start, looks = weights_of(build, variables), [_tried(flow, LINE)]
            for turned_by in TURNS:
                turn(build, variables, *turned_by)
                looks.append(_tried(flow, LINE))
                copy_weights(build, start, variables)
        if any(latent is None for latent in looks):
            return
        own.append(looks[0])
        turned.append(looks[1:])
    off = []
    for place in _shifts_and_scales(np.stack(own)):
        one, both, across, kernels, none = (
            _written(np.stack(look), place) for look in (own, *zip(*turned, strict=True))
        )
        size = np.abs(one).max(axis=-1, keepdims=True)
        rests = (one + both, one + across, one + kernels - 2 * none)
        off.append(min((np.abs(rest) / size).max(axis=(1, 2)).min() for rest in rests))
    require(
        not off or not min(off) > 0.02,
        f"With random weights, the shift of {made.flow.called} does not change its sign with the weights of the output "
        f"layers of the networks: these are linear, without an activation. {see}",
    )


def _written(latent: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """A shift along a line for several draws, added after the scale or before it: (2, draws, n)."""
    slope, _, middle = _slope(latent, *place)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([-middle / slope, -middle])


def _require_bends(see: str, made: _Made) -> None:
    """Something bends what each hidden layer gives: `undone_mixing`.

    In units of the range of z, a mixing that the next kernel undoes leaves round-off, 1e-6; behind an activation it
    leaves 1e-4 or more in some of three draws of the weights, small ones and large ones.
    """
    straight, bent = {}, set()
    for number, rng in enumerate(draws(seed=850, count=3)):
        with made.drawn(rng) as flow:
            points = rng.normal(size=(40, 2) if flow.given is None else (40, 1, 2))
            for gain in (1, GAIN):
                enlarge(made.build, made.variables, gain)
                try:
                    found = undone_mixing(made.build, flow, made.variables, made.hidden, points, 850 + number)
                except Exception:  # whatever asks for z says so
                    return
                bent |= {place for place, (_, _, undone) in found.items() if undone > 1e-5}
                straight |= {place: shape for place, (shape, moved, undone) in found.items() if moved > 1e-5 >= undone}
                if not straight.keys() - bent:
                    return
    shape = straight[min(straight.keys() - bent)]
    fail(
        f"With random weights, nothing bends between a kernel of shape {shape} and another in {made.flow.called}: two "
        f"layers are one linear map. Each hidden layer has an activation. {see}"
    )


def _require_all_biases(build: Callable[..., Any], name: str, n_layers: int, hidden: int) -> None:
    """Of a network of two hidden layers and two outputs, 5 parameters for each neuron are no squares, 2 of them biases.

    Two more, the biases of the outputs, are there whatever the number of neurons is.

    Where the squares are not those of so many networks, or of one, `_require_growth` has a word to say.
    """
    size, wide, wider = (
        size_of(used_by(build, Flow(*(found := built(build, name, n_layers, k * hidden))[::2]), found[1]))
        for k in (1, 2, 3)
    )
    networks = (wider - 2 * wide + size) / (2 * hidden**2)
    require(
        networks not in (1, n_layers) or wide - size >= networks * (3 * hidden**2 + 5 * hidden),
        f"{name}{(n_layers, hidden)} uses {size} parameters, with {2 * hidden} neurons {wide}, fewer than networks "
        "with biases in both hidden layers. See section 4.",
    )
    for_outputs = 3 * size - 3 * wide + wider  # of a square of the number of neurons, what is left for none
    require(
        networks not in (1, n_layers) or for_outputs >= 2 * networks,
        f"{name}{(n_layers, hidden)} uses {size} parameters, with {2 * hidden} neurons {wide} and with {3 * hidden} "
        f"neurons {wider}: {for_outputs:d} of them are there for any number of neurons, expected {2 * networks:g} or "
        "more, the biases of two outputs in each network. See section 4.",
    )


# --- RealNVP and MAF --------------------------------------------------------------------------------------------------


def _require_parts(made: _Made) -> None:
    for method in ("log_prob", "sample", "bijector"):
        if not hasattr(made.flow.distribution, method):
            fail(
                f"The first part of {made.flow.called} is {brief(made.flow.distribution)}, expected a "
                "tfd.TransformedDistribution."
            )


def _check_flow(made: _Made, rng: np.random.Generator) -> None:
    """Shapes, density, Jacobian, both coordinates, and samples of a flow with disturbed weights."""
    _require_parts(made)
    with made.drawn(rng) as flow:
        called = flow.called
        x = (1.5 * rng.normal(size=(40, 2))).astype(np.float32)
        _require_normal_base(flow, x)
        _require_density(flow)
        elsewhere = x + 1.5 * np.eye(2)[:, np.newaxis]
        z, moved, origin, around, samples = flow.inverses(
            x, elsewhere, np.zeros((1, 2)), _differences(x), flow.sample(4000, seed=3)
        )
        require(
            np.allclose(flow.forward(z), x, atol=2e-3),
            f"forward of inverse does not give the points back in {called}.",
        )
        _require_both_transformed(z, x, called)
        _require_mixed(z, moved, called)
        _require_biases(origin, called)
        _require_jacobian(flow.log_prob(x), z, around, called)
        _require_normal(samples, called)


def check_realnvp(build_realnvp: Callable[..., Any]) -> None:
    """A coupling flow before training: normalised, invertible, right by finite differences, both coordinates moved."""
    name, see = "build_realnvp", "See section 4."
    of_two, of_three = _Made(build_realnvp, name, 2, 12), _Made(build_realnvp, name, 3, 8)
    two, three = draws(seed=841, count=2)
    _require_linear_outputs(see, of_two)
    _check_flow(of_two, two)
    _require_networks(see, of_two)
    _require_bends(see, of_two)
    _require_all_biases(build_realnvp, name, 2, ODD)
    _check_flow(of_three, three)
    _require_exchanges(of_three)


def check_maf(build_maf: Callable[..., Any]) -> None:
    """An autoregressive flow before training, as for the coupling flow; one layer alone has a triangular Jacobian."""
    name, see = "build_maf", "See section 6."
    of_one, of_two, of_three = (_Made(build_maf, name, *sizes) for sizes in ((1, ODD), (2, 12), (3, 8)))
    _require_linear_outputs(see, of_one)
    for made, rng in zip((of_two, of_three), draws(seed=841, count=2), strict=True):
        _check_flow(made, rng)
    _require_exchanges(of_three)
    for rng in draws(seed=845, count=1):
        with of_one.drawn(rng) as flow:
            x = rng.normal(size=(20, 2))
            z, moved = flow.inverses(x, x + 1.5 * np.eye(2)[:, np.newaxis])
        without = int((np.abs(moved - z).max(axis=1) < 1e-4).sum())
        require(
            without == 1,
            f"In {flow.called}, of one layer, {without} of the four derivatives of z with respect to x vanish, "
            "expected one: the first coordinate depends on itself, the second on both. See section 6.",
        )
    _require_networks(see, of_one)
    _require_bends(see, of_one)


# --- variables --------------------------------------------------------------------------------------------------------


def _check_variables(build: Callable[..., Any], name: str, small: tuple[int, ...]) -> None:
    """All variables are there, and each of them matters; more layers, and wider ones, have more parameters.

    All ReLUs of a layer are 0 at all points, so that no gradient passes, in less than 1 of 60,000 networks with 8.
    """
    rng, places = draws(seed=843, count=2)
    points = 1.5 * places.normal(size=(200, 2))
    given = places.normal(size=(200, small[2])).astype(np.float32) if len(small) == 3 else None
    one, its, called = built(build, name, *small)
    disturb(build, used_by(build, Flow(one, called, given), its), rng)
    require_learning(build, one, its, called, points, given)
    other, others, _ = built(build, name, *small, seed=841)
    if [tuple(v.shape) for v in its] != [tuple(v.shape) for v in others]:
        fail(f"Two calls of {called} gave lists of variables with different shapes.")
    require(
        not how_many_shared(build, its, others),
        f"A second call of {called} gave variables of the first: each call makes networks of its own.",
    )
    copy_weights(build, its, others)
    require(
        np.allclose(Flow(one, called, given).log_prob(points), Flow(other, called, given).log_prob(points), atol=1e-3),
        f"Two flows of {called} with the same values of all listed variables are different: what a flow knows must be "
        "in the variables that it lists.",
    )
    _require_growth(build, name, small, size_of(its), called)


def _require_growth(build: Callable[..., Any], name: str, small: tuple[int, ...], size: int, called: str) -> None:
    """More layers have as many parameters more as each has; and two hidden layers have a square of weights between.

    All else in a network grows with the number of neurons, so that the second difference is that of the squares.
    """
    n_layers, hidden, *rest = small
    deeper = size_of(built(build, name, n_layers + 3, hidden, *rest, seed=None)[1])
    wide, wider = (size_of(built(build, name, n_layers, k * hidden, *rest, seed=None)[1]) for k in (2, 3))
    require(
        deeper * n_layers == size * (n_layers + 3),
        f"{called} lists {size} parameters, with three layers more {deeper}: each layer has a network of its own, of "
        "one size.",
    )
    require(
        wider - 2 * wide + size == 2 * n_layers * hidden**2,
        f"{called} lists {size} parameters, with {2 * hidden} neurons {wide} and with {3 * hidden} neurons {wider}, "
        "a number that does not grow as in networks of two hidden layers with so many neurons each.",
    )


def check_realnvp_variables(build_realnvp: Callable[..., Any]) -> None:
    """The list of variables: complete, none twice, and a gradient reaches each; more layers have more."""
    _check_variables(build_realnvp, "build_realnvp", (2, ODD))


def check_maf_variables(build_maf: Callable[..., Any]) -> None:
    """The list of variables: complete, none twice, and a gradient reaches each; more layers have more."""
    _check_variables(build_maf, "build_maf", (2, ODD))


# --- the conditional flow ---------------------------------------------------------------------------------------------


def check_conditional(build_posterior: Callable[..., Any]) -> None:
    """A conditional flow before training: shapes, a density in theta for each x, rows independent, all variables."""
    name, see = "build_posterior", "See section 7."
    of_two, of_one = _Made(build_posterior, name, 2, 10, 5), _Made(build_posterior, name, 1, ODD, 3)
    _require_linear_outputs(see, of_one)
    for rng, made in zip(draws(seed=871, count=2), (of_two, of_one), strict=True):
        if not callable(made.flow.distribution):
            fail(f"The first part of {made.flow.called} is {brief(made.flow.distribution)}, expected a function of x.")
        with made.drawn(rng, rows=6) as flow:
            theta = rng.normal(size=(3, 6, 2)).astype(np.float32)
            together = _require_same_rows(flow, theta)
            _require_all_data(flow, theta[0], together)
            _require_own_draws(flow)
            one = replace(flow, called=f"{flow.called} for one x", given=flow.given[:1])
            _require_density(one)
            _require_flow(one, theta[0, 0], together[0])
            _require_no_gaussian(build_posterior, one, made.variables)
    _require_exchanges(_Made(build_posterior, name, 3, 8, 3))
    _require_networks(see, of_one)
    _require_bends(see, of_one)
    _require_data(of_one)
    _check_variables(build_posterior, name, (2, ODD, 3))


def _require_same_rows(flow: Flow, theta: np.ndarray) -> np.ndarray:
    """Densities (n,) of theta[0], with theta (k, n, 2), that depend neither on the call nor on the shape of theta."""
    together = flow.log_prob(theta[0])
    require(
        np.allclose(flow.log_prob(theta[0]), together, atol=1e-4),
        f"Two calls of posterior(x) from {flow.called} give different densities for the same x: make the networks "
        "once, outside of posterior.",
    )
    require(
        np.allclose(flow.log_prob(theta)[0], together, atol=1e-3),
        f"{flow.called}: log_prob of theta of shape {theta.shape} differs from that of its parts.",
    )
    return together


def _require_all_data(flow: Flow, theta: np.ndarray, log_prob: np.ndarray) -> None:
    """Each number of x counts, its sign, place and size too, and each row has the density that it has among others."""
    x, places = flow.given, np.arange(flow.given.shape[1])
    changed = {f"column {column}": x + (places == column) for column in places}
    changed |= {"the signs": -x, "the order": x[:, ::-1]}
    data = np.stack([x, *changed.values(), np.full_like(x, 4), np.full_like(x, 5)])
    rows = replace(flow, given=data.reshape(-1, x.shape[1]).astype(np.float32))
    same, *others, large, larger = rows.log_prob(np.tile(theta, (len(data), 1))).reshape(len(data), -1)
    require(
        np.allclose(same, log_prob, atol=1e-3),
        f"{flow.called}: the density of a row depends on the other rows of x, expected one density for each row.",
    )
    for what, moved in zip(changed, others, strict=True):
        require(
            not np.allclose(moved, log_prob, atol=1e-5),
            f"{flow.called}: the density does not change with {what} of x: give x to the networks. See section 7.",
        )
    require(
        not np.allclose(larger, large, atol=1e-5),
        f"{flow.called}: the density does not change where x is large: give x to the networks as it is. See section 7.",
    )


def _require_own_draws(flow: Flow) -> None:
    """Samples for equal rows of x differ from row to row, by chance: two of 24 numbers are as close with 1e-70."""
    equal = replace(flow, given=np.tile(flow.given[:1], (6, 1)))
    samples = equal.sample(12, seed=5)
    for one, other in itertools.combinations(range(6), 2):
        require(
            np.abs(samples[:, one] - samples[:, other]).max() > 1e-3 * np.ptp(samples),
            f"{flow.called}: for six equal rows of x, sample gives rows {one} and {other} the same points. The base is "
            "a batch of n densities, tfd.MultivariateNormalDiag(tf.zeros((n, 2))). See section 7.",
        )


def _require_data(made: _Made) -> None:
    """Both what shifts and what stretches the second parameter of a layer depends on the data.

    Where one adds 1 to all data, what depends on them changes by 0.02 or more in some of three draws.
    """
    near, other = [], []
    for rng in draws(seed=872, count=3):
        with made.drawn(rng) as flow:
            near.append(_tried(flow, LINE))
            other.append(_tried(replace(flow, given=flow.given + 1), LINE))
    if any(latent is None for latent in (*near, *other)):
        return
    before, after = (_shifts_and_scales(np.stack(latent)) for latent in (near, other))
    for place in before.keys() & after.keys():
        for quantity, what in enumerate(("shift", "log-scale")):
            require(
                np.abs(before[place][quantity] - after[place][quantity]).max() > 1e-4,
                f"With random weights, the {what} of {made.flow.called} does not change with x: both depend on x, and "
                "on the other parameter. See section 7.",
            )


# Three lines through the plane of both parameters, (17, 3, 2).
ACROSS = LINE[:, np.newaxis, np.newaxis] * np.array([[1.0, 0.0], [0.0, 1.0], [0.7, 0.7]])


def _require_no_gaussian(build: Callable[..., Any], one: Flow, variables: list) -> None:
    """For one x, what bends theta is a flow: the log-density is no parabola, at small weights or at large ones.

    Large weights may make it so large that rounding alone leaves third differences of a hundred-thousandth of it.
    """

    def is_parabola(rounding: float) -> bool:
        lines = one.log_prob(ACROSS.reshape(-1, 1, 2)).reshape(ACROSS.shape[:2])
        return np.abs(np.diff(lines, 3, axis=0)).max() <= max(1e-3, rounding * np.abs(lines).max())

    straight = is_parabola(0.0)
    if straight:
        enlarge(build, variables, GAIN)
        with contextlib.suppress(Failure):  # a scale that nothing bounds overflows
            straight = is_parabola(1e-4)
    require(
        not straight,
        f"With random weights, the log-density of {one.called} is a parabola, that of a Gaussian: shift and log-scale "
        "of one coordinate must depend on the other, too. See section 7.",
    )


def _require_flow(one: Flow, theta: np.ndarray, log_prob: float) -> None:
    """For one x: the density of `theta` is what it was among others, and both parameters are stretched."""
    along = ACROSS.reshape(-1, 2)
    at, *lines = one.log_prob(np.concatenate([theta[np.newaxis], along])[:, np.newaxis]).ravel()
    require(
        abs(at - log_prob) < 1e-3,
        f"{one.called}: the density of a row depends on the other rows of x, expected one density for each row.",
    )
    z = one.inverse(np.concatenate([along[:, np.newaxis], one.sample(4000, seed=6)]))[:, 0]
    stretch = lines - scipy.stats.norm.logpdf(z[: len(lines)]).sum(axis=1)
    require(
        np.ptp(stretch) > 1e-3,
        f"With random weights, ln |det J| of {one.called} is the same everywhere: the log-scale of one parameter must "
        "depend on the other, as its shift does. See section 7.",
    )
    _require_normal(z[len(lines) :], one.called)
