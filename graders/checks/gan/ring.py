"""Sections 5 and 6: modes of a ring, a game that covers it, and a distance between samples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.spatial.distance
import scipy.stats
import tensorflow as tf

from graders.checks.ladder import Function, Result, beside, draws, require, seed_beside
from graders.checks.steps import as_compiled, dense_network, largest_move, optimizer_for

MODES, RADIUS, SPREAD = 8, 2.0, 0.1  # the ring of the notebook: number, distance from the middle, standard deviation


def ring(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2) of the notebook's ring, and the centres (8, 2)."""
    angle = 2 * np.pi * np.arange(MODES) / MODES
    centres = RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres[rng.integers(0, MODES, size=n)] + SPREAD * rng.normal(size=(n, 2)), centres


def _mode_case(rng: np.random.Generator, modes: int, scale: float) -> tuple[np.ndarray, np.ndarray, float, list[int]]:
    """Points around centres that are far apart, clearly inside or clearly outside of circles, and how many inside.

    All lengths are multiplied by the scale; where it is not 1 the points are not contiguous in memory.
    """
    centres = 10.0 * np.stack([np.arange(modes), rng.permutation(modes)], axis=1) + rng.uniform(-1, 1, (modes, 2))
    radius = float(rng.uniform(0.5, 2.0))
    inside = [int(k) for k in rng.permutation(np.arange(modes) % 5)]
    points = []
    for centre, count in zip(centres, inside, strict=True):
        # As many again just outside, so that the nearest centre alone tells nothing, and many for the emptiest.
        share = np.concatenate([rng.uniform(0.05, 0.98, size=count), rng.uniform(1.02, 2.0, size=7 - count)])
        angle = rng.uniform(0, 2 * np.pi, size=7)
        points.append(centre + radius * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    points = scale * rng.permutation(np.concatenate(points))
    points = points if scale == 1 else np.asfortranarray(points)
    return points, scale * centres, scale * radius, inside


_MODE_CASES = ((5, 1.0), (8, 1.0), (3, 1e-3), (12, 1.0), (1, 100.0), (160, 1.0))  # how many modes, and the scale
# One point alone, in one of two circles or in none, and how many belong to a mode.
_LONELY = (((0.3, 0.4), 1), ((5.0, 1.25), 0))
_TWO = np.array([[0.0, 0.0], [5.0, 0.0]])


def check_modes_covered(modes_covered: Callable[..., Any]) -> None:
    """The number of modes with enough points, which were placed inside or outside of circles by hand; 300 in one."""
    student = Function(modes_covered, "modes_covered")
    for rng, case in zip(draws(seed=691, count=len(_MODE_CASES)), _MODE_CASES, strict=True):
        points, centres, radius, inside = _mode_case(rng, *case)
        for at_least in (1, 2, 3, 4, 5):
            covered, _ = student(points, centres, radius, at_least).unpack("the count", "the fraction")
            covered.count(
                sum(count >= at_least for count in inside),
                f"a mode is covered by {at_least} or more points within {radius:.3g} of its centre. See section 5.",
            )
    # A point exactly on the circle is inside; a single centre; numbers that float32 holds exactly.
    covered, _ = student(np.array([[3.0, 4.0], [0.0, 0.5]]), np.array([[0.0, 0.0]]), 5.0, 2).unpack("count", "fraction")
    covered.count(1, "a point at a distance of exactly the radius is within it. See section 5.")
    many = np.concatenate([np.full((300, 2), 0.25), [[5.0, 0.5]]])
    for at_least in (20, 255, 256, 300, 301):
        covered, _ = student(many, _TWO, 1.0, at_least).unpack("the count", "the fraction")
        covered.count(int(at_least <= 300), "of two modes one holds 300 points here, the other one. See section 5.")
    for point, inside in _LONELY:
        covered, _ = student(np.array([point]), _TWO, 1.0, 1).unpack("the count", "the fraction")
        covered.count(inside, "a single point covers one mode at most. See section 5.")


def check_quality(modes_covered: Callable[..., Any]) -> None:
    """The fraction of the points in some circle, which were placed inside or outside by hand."""
    student = Function(modes_covered, "modes_covered")
    for rng, case in zip(draws(seed=692, count=len(_MODE_CASES)), _MODE_CASES, strict=True):
        points, centres, radius, inside = _mode_case(rng, *case)
        for at_least in (1, 4):
            _, fraction = student(points, centres, radius, at_least).unpack("the count", "the fraction")
            fraction.close(
                sum(inside) / len(points),
                "it is the fraction of all points that are within the radius of any centre, covered or not. "
                "See section 5.",
            )
    for point, inside in _LONELY:
        _, fraction = student(np.array([point]), _TWO, 1.0, 2).unpack("the count", "the fraction")
        fraction.close(float(inside), "a single point belongs to a mode or to none. See section 5.")


@dataclass(frozen=True)
class _Duel:
    """Two small networks of the ring, where the student's functions live, and what they are looked at with.

    Attributes:
        players: the generator and the discriminator, by name.
        real: points (n, 2) of the ring.
        z: random numbers (n, 2).
    """

    players: dict[str, Any]
    real: np.ndarray
    z: np.ndarray

    def weights(self) -> dict[str, list[np.ndarray]]:
        """Of both, by name."""
        return {name: player.get_weights() for name, player in self.players.items()}

    def level(self) -> float:
        """The mean logit of generated points: how real they look."""
        made = np.asarray(self.players["generator"](self.z))
        return float(np.mean(np.asarray(self.players["discriminator"](made))))

    def gap(self) -> float:
        """By how much the discriminator holds real points for more real than generated ones, in logits."""
        return float(np.mean(np.asarray(self.players["discriminator"](self.real)))) - self.level()


def _duel(function: Callable[..., Any], rng: np.random.Generator, side: float, slope: float) -> _Duel:
    """Generated points start near (-3 side, 0), outside of the ring.

    The discriminator has a smooth slope along the first axis: real points are a little more real already. Its last
    hidden neuron has a weight of 3 and a bias of 30. It is far in saturation and gives 1 everywhere, so it changes
    nothing for whoever moves weights by gradients, and everything for whoever clips them.
    """
    first, biases = rng.normal(0, 0.1, size=(2, 17)), np.zeros(17)
    first[0] += slope * side
    first[0, -1], biases[-1] = 3.0, 30.0
    weights = {
        "generator": [rng.normal(0, 0.05, size=(2, 2)), np.array([-3.0 * side, 0.0])],
        "discriminator": [first, biases, np.full((17, 1), 0.05), np.zeros(1)],
    }
    players = {name: beside(function, dense_network, arrays) for name, arrays in weights.items()}
    real, _ = ring(500, rng)
    return _Duel(players, real.astype(np.float32), rng.normal(size=(500, 2)).astype(np.float32))


def _rounds(
    mended_round: Callable[..., Any], duel: _Duel, number: int, rates: dict[str, float], progress: float, called: str
) -> list[list[float]]:
    """The two losses of each of some compiled rounds of gradient descent; who has a rate moves in each of them."""
    seed_beside(mended_round, 693)
    optimizers = [
        beside(mended_round, optimizer_for, [player], "SGD", rates.get(name, 0.0), {})
        for name, player in duel.players.items()
    ]
    student, losses = Function(beside(mended_round, as_compiled, mended_round), "mended_round"), []
    for count in range(1, number + 1):
        before = duel.weights()
        value = student(*duel.players.values(), *optimizers, tf.constant(progress, tf.float32)).value
        parts = Result(value, called).unpack("the discriminator's loss", "the generator's loss")
        losses.append([loss.number() for loss in parts])
        after = duel.weights()
        for learner in rates:
            require(
                largest_move(before[learner], after[learner]) > 0,
                f"Round {count} of {called} did not move the {learner}: both learn in every round. See section 5.",
            )
    return losses


_GOALS = {
    "discriminator": ("generator", "the mean logit of real points less that of generated ones", _Duel.gap),
    "generator": ("discriminator", "the mean logit of generated points", _Duel.level),
}


def _require_learning(mended_round: Callable[..., Any], duel: _Duel, learner: str, progress: float) -> None:
    """The learner moves towards its goal, and the other network, whose learning rate is 0, stands still."""
    called = f"mended_round(..., progress={progress:g})"
    held, aim, goal = _GOALS[learner]
    before, at_first = duel.weights(), goal(duel)
    _rounds(mended_round, duel, 6, {learner: 0.05}, progress, called)
    after, at_last = duel.weights(), goal(duel)
    require(
        largest_move(before[held], after[held]) == 0,
        f"{called} moved the {held} though its optimiser has a learning rate of 0: each optimiser moves its own "
        "network, and nothing else moves one. See section 5.",
    )
    require(
        at_last > at_first,
        f"Six rounds of {called}, in which the {held} stood still, changed {aim} from {at_first:.3f} to "
        f"{at_last:.3f}, expected a larger value: that is what the {learner} plays for. See section 5.",
    )


# How steep the discriminator is at the start, by who learns. A generator needs a slope to climb. A discriminator that
# learns has less of it: there are targets that both sides would be beyond already, as with least squares, or slopes
# that a penalty flattens first, and so what is right would make the gap smaller in its first rounds.
_SLOPES = {"discriminator": 0.05, "generator": 0.2}


def _nearly_won(function: Callable[..., Any], rng: np.random.Generator, winner: str) -> _Duel:
    """A duel that one side nearly wins: it still has something to learn, with any loss.

    A soft step on the way to the ring parts logits near -4 from logits near 2. Of generated points a fifth is on the
    side of the ring where the discriminator wins, its loss about 0.6: with no point there, a hinge loss would rightly
    have no gradient. Where the generator wins, all are among real points, its loss about 0.1. The step is nowhere
    steeper than 1, and never exactly flat, as the length of a slope of 0 has no gradient.
    """
    duel = _duel(function, rng, 1.0, _SLOPES["discriminator"])
    first, biases, last, _ = duel.players["discriminator"].get_weights()
    first[:, -1], biases[-1], last[-1] = (0.3, 0.0), 3.6, 3.0
    duel.players["discriminator"].set_weights([first, biases, last, np.array([-1.0])])
    if winner == "discriminator":
        duel.players["generator"].set_weights([np.array([[20.0, 0.1], [0.1, 1.0]]), np.array([-29.0, 0.0])])
    else:
        duel.players["generator"].set_weights([np.array([[1.0, 0.1], [0.1, 1.0]]), np.zeros(2)])
    return duel


def _require_no_rest(mended_round: Callable[..., Any], progress: float) -> None:
    """Who is winning learns too. A small learning rate, so that no penalty runs away: biases of 0 move by any number.

    Of 64 generated points where the discriminator wins, none is on the side of the ring with a probability of 1e-6.
    """
    called = f"mended_round(..., progress={progress:g})"
    for winner, rng in zip(_GOALS, draws(seed=697, count=len(_GOALS)), strict=True):
        where = f"{called} in which the {winner} is winning"
        _rounds(mended_round, _nearly_won(mended_round, rng, winner), 1, {winner: 1e-3}, progress, where)


def _duel_for_generator(function: Callable[..., Any], rng: np.random.Generator) -> _Duel:
    return _duel(function, rng, 1.0, _SLOPES["generator"])


def _deaf_to_z(function: Callable[..., Any], rng: np.random.Generator) -> _Duel:
    """A duel in which all generated points are within 1e-4 or so of (-3, 0), whatever z is, but no two are the same."""
    duel = _duel_for_generator(function, rng)
    duel.players["generator"].set_weights([1e-4 * rng.normal(size=(2, 2)), np.array([-3.0, 0.0])])
    return duel


def _deaf_to_real(function: Callable[..., Any], rng: np.random.Generator) -> _Duel:
    """A duel in which the discriminator gives 1.7 for all real points, but for 1e-5 or so.

    They are where its neurons saturate; their slope is small there and not 0, as the length of a slope of 0 has no
    gradient. Generated points are at about (-60, 0), where it has a slope.
    """
    duel = _duel_for_generator(function, rng)
    first = np.zeros((2, 17))
    first[0] = 0.1
    along = rng.choice([-1, 1], size=(2, 2)) * rng.uniform(2.0, 4.0, size=(2, 2))
    duel.players["generator"].set_weights([along, np.array([-60.0, 0.0])])
    duel.players["discriminator"].set_weights([first, np.full(17, 6.0), np.full((17, 1), 0.1), np.zeros(1)])
    return duel


def _require_fresh(mended_round: Callable[..., Any], progress: float) -> None:
    """Rounds in which nothing moves give other losses each time, since they draw other numbers.

    Also where generated points are the same for all z, so that real points alone change the discriminator's loss; and
    where logits of real points are the same, so that z alone changes both.

    Chance: two losses of right rounds of the first duel differ by 2e-4 or so, and single precision by 6e-8: four that
    are the same come with a probability below 1e-10. In the others they differ by 0.5% or more, and what is the same
    but for round-off and the last digits that are left to z or to real points, by 2e-6: four within 1e-5 come with a
    probability below 1e-8.
    """
    called = f"mended_round(..., progress={progress:g})"
    ring_of, z_of = "draw new real points in each", "draw a new z in each, for each network that needs one"
    new = "draw new numbers in each, by TensorFlow; what NumPy draws while a round is compiled comes again each time"
    cases = (
        (_duel_for_generator, "", (new, new), 0.0),
        (_deaf_to_z, ", and a generator whose points are all near (-3, 0),", (ring_of, None), 1e-5),
        (_deaf_to_real, ", and a discriminator that gives 1.7 for all real points,", (z_of, z_of), 1e-5),
    )
    for place, (make, where, whys, least) in enumerate(cases):
        (rng,) = draws(seed=694 + place, count=1)
        losses = np.array(_rounds(mended_round, make(mended_round, rng), 4, {}, progress, called))
        for loss, whose, why in zip(losses.T, _GOALS, whys, strict=True):
            require(
                why is None or np.ptp(loss) > least * np.abs(loss).max(),
                f"Four rounds of {called} with learning rates of 0{where} returned the same loss of the {whose}, "
                f"{loss[0]:.6g}: {why}. See section 5.",
            )


def check_mended_round(mended_round: Callable[..., Any]) -> None:
    """Two finite losses, other numbers in each round, and the right directions, whatever the remedy is.

    With one of the two networks held by a learning rate of 0, six rounds of gradient descent widen the gap between real
    and generated points in the discriminator's eyes, or raise the logits of the generated ones.

    Generated points start within 0.1 or so of (-3, 0) or (3, 0), outside of the ring. Seeded draws of the notebook's
    own generators change both numbers by a few per cent; the rounds change them by more, so that chance plays no part.
    """
    for rng, progress, side in zip(draws(seed=693, count=2), (0.0, 1.0), (1.0, -1.0), strict=True):
        for learner in _GOALS:
            _require_learning(mended_round, _duel(mended_round, rng, side, _SLOPES[learner]), learner, progress)
    _require_fresh(mended_round, 0.5)
    _require_no_rest(mended_round, 0.5)


def energy(a: np.ndarray, b: np.ndarray) -> float:
    """The energy distance of points (n, d) and (m, d), over all pairs."""
    between, within_a, within_b = (
        scipy.spatial.distance.cdist(first, second).mean() for first, second in ((a, b), (a, a), (b, b))
    )
    return float(2 * between - within_a - within_b)


def check_energy_distance(energy_distance: Callable[..., Any]) -> None:
    """Points in one to six dimensions against ``scipy.spatial.distance.cdist``; in one, ``scipy.stats`` agrees."""
    student = Function(energy_distance, "energy_distance")
    cases = ((12, 12, 2, 1.0), (20, 7, 1, 1.0), (5, 31, 3, 1e-3), (1, 4, 5, 1e-5), (40, 40, 2, 300.0), (6, 6, 6, 1.0),
             (150, 220, 2, 1.0), (320, 290, 2, 1.0))  # fmt: skip
    for rng, (n, m, d, scale) in zip(draws(seed=701, count=len(cases)), cases, strict=True):
        a, b = scale * rng.normal(size=(n, d)), scale * rng.normal(0.7, 1.4, size=(m, d))
        a[256:], b[256:] = 3 * scale + a[256:], 3 * scale - b[256:]
        expected = energy(a, b)
        if d == 1:
            expected = float(scipy.stats.energy_distance(a[:, 0], b[:, 0]) ** 2)
        for first, second in ((a, b), (np.asfortranarray(a), np.asfortranarray(b))):
            student(first, second).close(
                expected,
                "it is twice the mean distance between the sets, less the mean distances within each, over all pairs, "
                "a point with itself included. See section 6.",
                rtol=1e-3,
                atol=1e-5 * scale,
            )
    a = np.random.default_rng(702).normal(size=(9, 2))
    student(a, a).close(0.0, "a set has no distance from itself. See section 6.", atol=1e-3)
