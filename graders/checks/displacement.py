"""What is right in `displacement`: sums over plane waves, loops and NumPy's wrapping; a trained network on other boxes.

Fields are taken apart by matrices of plane waves, not by fast transforms, and masses by distances from the centres of
cells. The network is judged at weights that the grader puts in, and the trained one on boxes of no release.

Over seeds: docs/thresholds/displacement.json; what wrong answers reach: docs/thresholds/displacement.md.
"""

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.changes import one_block_changed
from graders.checks.domains import MANY, tiny
from graders.checks.ladder import ATOL, Function, beside, draws, require
from graders.checks.networks import ORDINARY, Network, answers, built, graph_of
from graders.checks.oracles import oracle
from graders.checks.periodic import require_padding, right_padding
from graders.checks.steps import StepCase
from graders.checks.trained import DATA, Measured
from graders.checks.weights import put_back

# What a trained network must reach, tier by tier: its rms error in units of that of Zel'dovich; correlation and
# transfer function of waves between 1.2 and 2 radians a cell.
THRESHOLDS = {"ratio": (0.1,), "r": (0.92,), "T": (0.85,)}
CEILINGS = {"ratio": (0.8, 0.6, 0.45), "T": (1.1,)}
BAND = (1.2, 2.0)  # radians a cell

# --- sections 1 and 2: closed forms -----------------------------------------------------------------------------------


def _wave_numbers(side: int) -> np.ndarray:
    """In radians a cell, as numpy.fft orders them."""
    return 2 * np.pi / side * np.array([m if m < side / 2 else m - side for m in range(side)])


def _transform(field: np.ndarray) -> np.ndarray:
    """The amplitude of each plane wave in fields (h, w, ...), by matrices."""
    for axis in (0, 1):
        k, place = _wave_numbers(field.shape[axis]), np.arange(field.shape[axis])
        matrix = np.exp(-1j * k[:, None] * place) / field.shape[axis]
        field = np.moveaxis(np.tensordot(matrix, field, axes=(1, axis)), 0, axis)
    return field


def _summed(waves: np.ndarray) -> np.ndarray:
    """The real part of the sum of plane waves with amplitudes (h, w)."""
    for axis in (0, 1):
        k, place = _wave_numbers(waves.shape[axis]), np.arange(waves.shape[axis])
        waves = np.moveaxis(np.tensordot(np.exp(1j * place[:, None] * k), waves, axes=(1, axis)), 0, axis)
    return waves.real


def _squares(shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wave numbers along both axes, and the sum of their squares, which is infinite for the mean."""
    k0, k1 = _wave_numbers(shape[0])[:, None], _wave_numbers(shape[1])[None]
    squares = k0**2 + k1**2
    squares[0, 0] = np.inf
    return k0, k1, squares


def _first(delta: np.ndarray) -> np.ndarray:
    """Displacement (h, w, 2), as a sum of plane waves."""
    *both, squares = _squares(delta.shape)
    return np.stack([_summed(1j * k * _transform(delta) / squares) for k in both], axis=-1)


@oracle
def _zeldovich(delta: np.ndarray) -> np.ndarray:
    """The same, asked once."""
    return _first(delta.astype(float))


def _curvatures(delta: np.ndarray) -> np.ndarray:
    """Second derivatives (h, w, 2, 2), as sums of plane waves."""
    *both, squares = _squares(delta.shape)
    rows = [[_summed(one * other * _transform(delta) / squares) for other in both] for one in both]
    return np.moveaxis(np.array(rows), (0, 1), (2, 3))


@oracle
def _tides(delta: np.ndarray) -> np.ndarray:
    """The same, asked once."""
    return _curvatures(delta.astype(float))


@oracle
def _second(delta: np.ndarray) -> np.ndarray:
    """Second order (h, w, 2): 3/7 of the displacement that belongs to the determinant of the second derivatives."""
    (xx, xy), (_, yy) = np.moveaxis(_curvatures(delta.astype(float)), (2, 3), (0, 1))
    return 3 / 7 * _first(xx * yy - xy**2)


def _field(rng: np.random.Generator, shape: tuple[int, int], shortest: float, scale: float = 1.0) -> np.ndarray:
    """A field (h, w) of plane waves with periods above `shortest` cells along both axes, and a mean.

    In large fields long waves are 200 times as strong as the shortest, as in the boxes.
    """
    k0, k1, _ = _squares(shape)
    waves = _transform(rng.normal(size=shape))
    if min(shape) > 20:
        waves = waves * np.exp(-1.2 * np.hypot(k0, k1))
    kept = np.where(np.maximum(np.abs(k0), np.abs(k1)) < 2 * np.pi / shortest - 1e-9, waves, 0)
    field = _summed(kept)
    return scale * (field + 0.3) / (field.std() + 0.1)


# Shape of a field, its scale, its type.
_FIELDS = (
    ((1, 1), 1.0, float), ((1, 5), 1.0, float), ((6, 1), 1.0, float), ((8, 8), 1.0, float), ((7, 9), 1.0, np.float32),
    ((5, 8), 1e-9, float), ((12, 5), 1e9, float), ((6, 10), 120.0, float), ((30, 52), 1.0, float),
    ((9, 9), 1e-3, float), ((6, 10), 1.0, float),
)  # fmt: skip


def _apart(delta: np.ndarray, number: int) -> np.ndarray:
    """Every third field in another order in memory."""
    return np.asfortranarray(delta) if number % 3 == 2 else delta


def _require_rest(student: Function, shape: tuple[int, ...], see: str) -> None:
    """Of a density that is the same everywhere, also 0, nothing comes."""
    for level in (0.0, 2.0):
        student(np.full((4, 6), level)).close(np.zeros((4, 6, *shape)), f"a mean alone gives nothing. {see}")


def check_zeldovich(zeldovich: Callable[..., Any]) -> None:
    """Against sums over plane waves; sides of one cell, odd, even and unequal; the mean, waves of two cells, scales."""
    student = Function(zeldovich, "zeldovich")
    _require_rest(student, (2,), "See section 1.")
    why = "minus the gradient of the potential whose Laplacian is delta, i k delta_k / k² for each wave"
    for number, (rng, (shape, scale, kind)) in enumerate(zip(draws(1601, len(_FIELDS)), _FIELDS, strict=True)):
        delta = _apart((scale * (rng.normal(size=shape) + 0.3)).astype(kind), number)
        expected = _zeldovich(delta)
        student(delta).close(expected, f"{why}. See section 1.", atol=ATOL * scale + tiny(expected))
    for rng in draws(1602, 2):
        delta = rng.integers(-3, 4, size=(4, 6))
        student(delta).close(_zeldovich(delta), f"{why}, for whole numbers too. See section 1.")


def check_tides(tides: Callable[..., Any]) -> None:
    """Against sums over plane waves of at least two cells; sides of one cell, odd, even and unequal; all scales."""
    student = Function(tides, "tides")
    why = "the field of k_i k_j delta_k / k² for each pair of axes, without the mean"
    _require_rest(student, (2, 2), "See section 1.")
    for number, (rng, (shape, scale, kind)) in enumerate(zip(draws(1611, len(_FIELDS)), _FIELDS, strict=True)):
        delta = _apart(_field(rng, shape, 2, scale).astype(kind), number)
        expected = _tides(delta)
        student(delta).close(expected, f"{why}. See section 1.", atol=ATOL * scale + tiny(expected))


def check_second(second_order: Callable[..., Any]) -> None:
    """Against sums over plane waves longer than four cells; nothing in one dimension; quadratic at all scales."""
    student = Function(second_order, "second_order")
    why = "minus the gradient of the potential whose Laplacian is 3/7 of S"
    _require_rest(student, (2,), "See section 2.")
    for number, (rng, (shape, scale, kind)) in enumerate(zip(draws(1621, len(_FIELDS)), _FIELDS, strict=True)):
        delta = _apart(_field(rng, shape, 4, scale).astype(kind), number)
        expected = _second(delta)
        single = 1e-3 if kind is np.float32 else 1e-6  # S is a difference
        student(delta).close(expected, f"{why}. See section 2.", atol=single * scale**2)
    for rng in draws(1622, 2):
        delta = np.repeat(_field(rng, (1, 16), 4), 5, axis=0)
        student(delta).close(np.zeros((5, 16, 2)), "in one dimension, Zel'dovich is exact. See section 2.")
        student(delta.T).close(np.zeros((16, 5, 2)), "in one dimension, Zel'dovich is exact. See section 2.")


# --- section 3: a particle mesh ---------------------------------------------------------------------------------------


def _weights(x: np.ndarray, side: int) -> np.ndarray:
    """The share of each particle in each cell along an axis, (n, side): 1 - distance, over all images of the cell."""
    away = (x[:, None] - (np.arange(side) + 0.5)) % side
    images = np.array([-1, 0, 1])[:, None, None] * side
    return np.maximum(0, 1 - np.abs(away + images)).sum(axis=0)


def _mesh(x: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return _weights(x[:, 0], shape[0]).T @ _weights(x[:, 1], shape[1])


def _at(field: np.ndarray, x: np.ndarray) -> np.ndarray:
    rows, columns = (_weights(x[:, axis], field.shape[axis]) for axis in (0, 1))
    return np.einsum("nh,nw,hwc->nc", rows, columns, field)


@oracle
def _force(x: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, float]:
    """The forces on particles, and the largest in any cell."""
    mesh = _mesh(x.astype(float), shape)
    field = 1.5 * _first(mesh / mesh.mean() - 1)
    return _at(field, x), float(np.abs(field).max())


# Number of particles, shape of the mesh, how far positions go.
_PARTICLES = (
    (1, (1, 1), 1.0), (1, (4, 6), 3.0), (5, (1, 4), 4.0), (7, (5, 1), 20.0), (30, (3, 3), 3.0), (12, (2, 7), 5000.0),
    (200, (8, 6), 10.0), (64, (8, 8), 8.0), (MANY, (5, 4), 5.0), (9, (2, 2), 2.0), (40, (30, 52), 60.0),
    (12, (2, 7), 4.0), (3, (30, 52), 40.0),
)  # fmt: skip


def _positions(rng: np.random.Generator, number: int, far: float, kind: int) -> np.ndarray:
    """Positions (n, 2) of both signs: anywhere, in the centres of cells, at corners, all at one place."""
    x = rng.uniform(-far, far, size=(2, number)).T
    x = {1: np.floor(x) + 0.5, 2: np.floor(x), 3: np.repeat(x[:1], number, axis=0)}.get(kind, x)
    return x.astype(int) if kind == 4 else x


def check_cloud(cloud_in_cell: Callable[..., Any]) -> None:
    """Against distances from the centres of cells; one particle and many, out of the box, on centres and corners."""
    student = Function(cloud_in_cell, "cloud_in_cell")
    why = "each particle's share is the product over both axes of 1 - distance from the centre of the cell"
    cases = itertools.cycle(range(5))
    for rng, (number, shape, far) in zip(draws(1631, len(_PARTICLES)), _PARTICLES, strict=True):
        x = _positions(rng, number, far, next(cases))
        # Single precision is good to 6e-8 of a place, and so are the shares.
        small = 1e-9 * number + 2e-7 * far
        student(x, shape).close(_mesh(x, shape), f"{why}, all shares added up. See section 3.", atol=small)
    for rng in draws(1632, 2):  # one after the other on the same mesh
        x = rng.uniform(0, 4, size=(10, 2)).astype(np.float32)
        student(x, (4, 5)).close(_mesh(x, (4, 5)), f"{why}. See section 3.", atol=1e-5)


def check_gather(at_particles: Callable[..., Any]) -> None:
    """Against distances from the centres of cells; one value and several in a cell; all scales."""
    student = Function(at_particles, "at_particles")
    scales = itertools.cycle((1.0, 1e-9, 1e9, 120.0))
    components = itertools.cycle((2, 1, 3))
    for place, (rng, (number, shape, far)) in enumerate(zip(draws(1641, len(_PARTICLES)), _PARTICLES, strict=True)):
        x, scale = _positions(rng, number, far, place % 5), next(scales)
        field = scale * rng.normal(size=(*shape[::-1], next(components))).transpose(1, 0, 2)
        why = "the four cells around each particle, by the shares of cloud_in_cell"
        # Single precision is good to 6e-8 of a place, over which a field changes by some of its scale.
        small = 1e-6 * scale * max(1.0, far)
        student(field, x).close(_at(field, x), f"{why}. See section 3.", atol=small)
    for rng in draws(1642, 1):
        for field in (np.zeros((4, 3, 2)), rng.integers(-9, 10, size=(4, 3, 2))):
            x = rng.uniform(0, 4, size=(6, 2))
            student(field, x).close(_at(field, x), f"{why}, for whole numbers and zeros, too. See section 3.")


def check_forces(forces: Callable[..., Any]) -> None:
    """Against plane waves and distances; fewer and more particles than cells; a particle alone; the sum is 0."""
    student = Function(forces, "forces")
    why = "shares to cells, minus the gradient of the potential with Laplacian 3/2 of the contrast, shares back"
    for place, (rng, (number, shape, far)) in enumerate(zip(draws(1651, len(_PARTICLES)), _PARTICLES, strict=True)):
        x = _positions(rng, number, far, place % 5)
        expected, largest = _force(x, shape)
        # Forces of cells cancel at a particle alone. Places in single precision move masses, more so if they are far.
        small = 1e-5 * max(1.0, largest) * max(1.0, far / 10)
        result = student(x, shape)
        result.close(expected, f"{why}. See section 3.", atol=small)
        total = np.abs(result.array((number, 2)).sum(axis=0)).max()
        require(total < number * small, f"The sum of all forces is {total:.4g}, expected 0. See section 3.")
    for rng in draws(1652, 1):  # most of them at one place
        x = rng.uniform(0, 8, size=2) + np.concatenate([np.zeros((30, 2)), rng.normal(0, 1.5, size=(10, 2))])
        expected, largest = _force(x, (30, 52))
        student(x, (30, 52)).close(expected, f"{why}. See section 3.", atol=1e-5 * largest)
    even = np.array(list(np.ndindex(4, 6)), dtype=float)
    student(even, (4, 6)).close(np.zeros((24, 2)), "cells of equal mass pull nothing. See section 3.", atol=1e-5)


def pull_back(x: Any) -> np.ndarray:
    """A force that is not linear, and other along each axis."""
    x = np.asarray(x, dtype=float)
    return np.stack([-np.sin(x[:, 0]) + 0.3 * x[:, 1], 0.2 - 0.5 * x[:, 1] * np.cos(x[:, 0])], axis=1)


def pull_in_waves(x: Any) -> np.ndarray:
    """A force that is periodic in a few cells."""
    x = np.asarray(x, dtype=float)
    return np.stack([np.cos(1.3 * x[:, 0] + x[:, 1]), -2 * np.sin(0.7 * x[:, 1])], axis=1)


def push_all(x: Any) -> np.ndarray:
    """A force that is the same everywhere."""
    return np.full(np.shape(x), [0.5, -2.0])


def pull_together(x: Any) -> np.ndarray:
    """A force of all particles on each, as gravity is."""
    x = np.asarray(x, dtype=float)
    away = x.mean(axis=0) - x
    return np.sin(away) + 0.1 * away


_FORCES = (pull_back, pull_in_waves, push_all, pull_together)


def _stepped(x: np.ndarray, p: np.ndarray, a: float, b: float, force: Callable) -> tuple[np.ndarray, np.ndarray]:
    """A step by the integrals of a^-1/2 and a^-3/2."""
    whole_kick, drift = (2 * (b**power - a**power) * sign for power, sign in ((0.5, 1), (-0.5, -1)))
    p = p + force(x) * whole_kick / 2
    x = x + p * drift
    return x, p + force(x) * whole_kick / 2


def check_leapfrog(leapfrog: Callable[..., Any]) -> None:
    """Against the integrals; forces that are not linear or of particles on each other, forwards, backwards, nowhere."""
    student = Function(leapfrog, "leapfrog")
    cases = [(1, 0.1, 0.2, 1.0), (6, 0.25, 1.0, 1.0), (6, 0.3, 0.2, 1.0), (3, 1.0, 0.3, 1.0), (40, 0.5, 0.5, 1.0),
             (2, 0.01, 4.0, 1.0), (5, 0.7, 0.9, 1e6), (4, 2.0, 3.0, 1e-3), (MANY, 0.4, 0.6, 1.0)]  # fmt: skip
    for number, (rng, (n, a, b, scale)) in enumerate(zip(draws(1661, len(cases)), cases, strict=True)):
        force = _FORCES[number % 4]
        x, p = scale * rng.normal(size=(2, 2, n)).transpose(0, 2, 1)
        expected = _stepped(x, p, a, b, force)
        both = student(x, p, a, b, force).unpack("the positions", "the momenta")
        for result, wanted, what in zip(both, expected, ("drift with p after half a kick", "kick twice"), strict=True):
            result.close(wanted, f"half a kick, a drift, half a kick: {what}. See section 3.", atol=tiny(wanted))


def check_evolve(evolve: Callable[..., Any]) -> None:
    """Against a loop; boxes that are not square, no step and many, ways out of the box, steps of unequal length."""
    student = Function(evolve, "evolve")
    cases = [((2, 3), [0.3], 1.0), ((1, 1), [0.25, 1.0], 1.0), ((4, 3), [0.1, 0.2, 0.5, 0.9], 1e6),
             ((3, 5), np.linspace(0.1, 1, 18), 1.0), ((5, 2), [0.05, 0.06, 2.0], 30.0),
             ((30, 26), [0.2, 0.7, 1.0], 1.0), ((2, 2), np.array([0.5, 1.0]), 1e-3), ((3, 4), [0.3, 0.6], 1.0),
             ((4, 4), [0.2, 0.9], 1.0), ((1, 5), [0.2, 0.5], 1.0), ((4, 3), [0.1, 0.2, 0.9], 1.0)]  # fmt: skip
    why = "x - q, from x = q + a psi and p = a^(3/2) psi at the first time on, by the leapfrog"
    for number, (rng, (shape, times, scale)) in enumerate(zip(draws(1671, len(cases)), cases, strict=True)):
        force, psi = _FORCES[number % 4], scale * rng.normal(size=(2, *shape)).transpose(1, 2, 0)
        q = np.array(list(np.ndindex(*shape)), dtype=float)
        x, p = q + times[0] * psi.reshape(-1, 2), times[0] ** 1.5 * psi.reshape(-1, 2)
        for a, b in itertools.pairwise(times):
            x, p = _stepped(x, p, a, b, force)
        expected, small = (x - q).reshape(psi.shape), tiny(x - q) + 0.3 * tiny(x)
        student(psi, times, force).close(expected, f"{why}. See section 3.", atol=small)


# --- section 4: two numbers for each wave -----------------------------------------------------------------------------


def _shells(shape: Sequence[int]) -> np.ndarray:
    """All absolute values of wave numbers, without the mean, each once."""
    k0, k1, _ = _squares(shape)
    return np.unique(np.round(np.hypot(k0, k1), 9))[1:]


def _ratios(found: np.ndarray, truth: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """T and r, wave by wave."""
    k0, k1, _ = _squares(truth.shape[1:3])
    k = np.hypot(k0, k1)
    f, g = (_transform(np.moveaxis(field, 0, -1).reshape(*field.shape[1:3], -1)) for field in (found, truth))
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = (k >= low) & (k < high)
        ff, gg = (np.sum(np.abs(part[inside]) ** 2) for part in (f, g))
        cross = np.sum(f[inside].real * g[inside].real + f[inside].imag * g[inside].imag)
        rows.append((np.sqrt(ff / gg), cross / np.sqrt(ff) / np.sqrt(gg)))
    return tuple(np.array(rows).T)


@oracle
def _spectra(found: np.ndarray, truth: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same, asked once."""
    return _ratios(found, truth, edges)


def check_spectra(transfer_and_correlation: Callable[..., Any]) -> None:
    """Known filters and noise, against sums over waves; one field and several, not square, one bin and many, scales."""
    student = Function(transfer_and_correlation, "transfer_and_correlation")
    cases = [(1, (8, 8), 1, 1.0, 3), (4, (6, 9), 2, 1.0, 2), (2, (5, 4), 3, 1e-9, 1), (3, (10, 7), 2, 1e6, 4),
             (1, (1, 12), 2, 1.0, 3), (2, (30, 26), 1, 1.0, 6), (20, (8, 4), 2, 120.0, 2),
             (1, (9, 1), 1, 1.0, 2)]  # fmt: skip
    gains = itertools.cycle((2e3, 5e-4, 1.0, 0.02))
    for number, (rng, (n, shape, c, scale, bins)) in enumerate(zip(draws(1681, len(cases)), cases, strict=True)):
        shells = _shells(shape)
        # In every second case no bin holds the shortest waves.
        among, beyond = (shells[1:] + shells[:-1]) / 2, [shells[-1] + 1][: 1 - number % 2]
        edges = np.append(np.sort(rng.choice(among, bins + number % 2, replace=False)), beyond)
        edges[0] = -1 if number == 2 else edges[0]  # so the mean is in the first bin
        truth = scale * rng.normal(size=(n, *shape, c)) * rng.uniform(0.2, 2, size=(n, 1, 1, c)) + scale
        found = next(gains) * (rng.uniform(0.3, 1.5) * truth + 0.7 * scale * rng.normal(size=truth.shape))
        expected = _spectra(found, truth, edges)
        T, r = student(found, truth, edges).unpack("T", "r")
        why, small = "the root of the ratio of the sums of powers in each bin", 1e-5 * float(np.min(expected[0]))
        T.close(expected[0], f"{why}. See section 4.", atol=small)
        r.close(expected[1], "the sum of products, of the root of both sums of powers, in each bin. See section 4.")
    for rng in draws(1682, 2):
        truth, edges = rng.normal(size=(2, 8, 8, 2)), np.array([0.5, 2.0, 5.0])
        T, r = student(-0.5 * truth, truth, edges).unpack("T", "r")
        T.close([0.5, 0.5], "half the amplitude was found. See section 4.")
        r.close([-1, -1], "all signs are wrong. See section 4.")


def check_phases(same_power: Callable[..., Any]) -> None:
    """By this module's sums over waves: the power of each wave, and r of all waves of one absolute value."""
    student = Function(same_power, "same_power")
    cases = [((8, 8), 1.0), ((6, 9), 1.0), ((1, 8), 120.0), ((7, 1), 1e-9), ((5, 5), 1e9), ((30, 26), 1.0),
             ((6, 9), 1.0)]  # fmt: skip
    for number, (rng, (shape, scale)) in enumerate(zip(draws(1691, len(cases)), cases, strict=True)):
        field = _apart(_field(rng, shape, 2, scale), number)
        field = field - field.mean()
        result = student(field)
        found = result.array(shape)
        ours, theirs = np.abs(_transform(found)), np.abs(_transform(field))
        wave = np.unravel_index(np.argmax(np.abs(ours - theirs)), shape)
        if not np.allclose(ours, theirs, rtol=0.01, atol=1e-4 * theirs.max()):
            result.fail(
                f"has {ours[wave]:.4g} as the absolute value of wave {tuple(map(int, wave))}, and the field "
                f"{theirs[wave]:.4g}, expected the same. See section 4."
            )
        shells = _shells(shape)
        for low, high in itertools.pairwise([0.0, *(shells[1:] + shells[:-1]) / 2, shells[-1] + 1]):
            (r,) = _correlated(found, field, (max(low, 1e-6), high))
            if abs(r) > 0.1:
                result.fail(
                    f"has the correlation {r:.3f} with the field for waves between {low:.3g} and {high:.3g}, expected "
                    "at most 0.1. See section 4."
                )


def _correlated(found: np.ndarray, field: np.ndarray, edges: tuple[float, float]) -> np.ndarray:
    """The correlation in a bin, and 0 where there is no power."""
    with np.errstate(invalid="ignore", divide="ignore"):
        _, r = _ratios(found[None, ..., None], field[None, ..., None], np.array(edges))
    k0, k1, _ = _squares(field.shape)
    k = np.hypot(k0, k1)
    power = np.abs(_transform(field)) ** 2
    inside = (k >= edges[0]) & (k < edges[1])
    return r if power[inside].sum() > 1e-9 * power.sum() else np.zeros(1)


# --- section 5: a network on a periodic box ---------------------------------------------------------------------------


def check_pad(periodic_pad: Callable[..., Any]) -> None:
    """Against NumPy's wrapping, called alone and within a graph, with gradients; one field, one row, all widths."""
    cases = [((1, 3, 4, 1), 1), ((2, 4, 3, 2), 3), ((3, 5, 5, 1), 2), ((1, 1, 4, 3), 1), ((4, 2, 6, 2), 2),
             ((2, 32, 32, 2), 1), ((5, 6, 2, 1), 1)]  # fmt: skip
    why = "the last rows and columns come before the first, and the first after the last"
    require_padding(periodic_pad, 1701, cases, why, "See section 5.")


def _parameters(widths: Sequence[int]) -> int:
    """Of blocks of two convolutions with biases, transposed convolutions, and the end."""

    def block(inputs: int, filters: int) -> int:
        return (9 * inputs + 1) * filters + (9 * filters + 1) * filters

    down = sum(block(a, b) for a, b in itertools.pairwise((2, *widths)))
    up = sum((4 * b + 1) * a + block(2 * a, a) for a, b in itertools.pairwise(widths))
    return down + up + 2 * widths[0] + 2


def _circled(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """A convolution of 3 x 3 on a periodic box, by moving the box, with ReLU."""
    moved = (np.roll(x, (1 - a, 1 - b), axis=(1, 2)) @ kernel[a, b] for a, b in np.ndindex(3, 3))
    return np.maximum(sum(moved) + bias, 0)


@oracle
def _unet(x: np.ndarray, widths: tuple[int, ...], weights: list[np.ndarray], skip_first: tuple[bool, ...]) -> Any:
    """The network of the text, whose weights are found by their shapes.

    `skip_first`: for each level from the bottom on, whether the skip comes before what came up.
    """
    of = {weight.shape: weight for weight in weights}

    def block(x: np.ndarray, filters: int) -> np.ndarray:
        for _ in range(2):
            x = _circled(x, of[3, 3, x.shape[-1], filters], of[filters,])
        return x

    skips = []
    for filters in widths[:-1]:
        skips.append(x := block(x, filters))
        x = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, filters).mean(axis=(2, 4))
    x = block(x, widths[-1])
    for skip, first in zip(reversed(skips), skip_first, strict=True):
        filters = skip.shape[-1]
        x = np.einsum("nijc,aboc->niajbo", x, of[2, 2, filters, x.shape[-1]]).reshape(skip.shape) + of[filters,]
        x = block(np.concatenate([skip, x] if first else [x, skip], axis=-1), filters)
    return x @ of[widths[0], 2] + of[2,]


def _with_weights(model: Any, answer: Any, weights: list, x: np.ndarray) -> list:
    """What a model gives, outside of training and in it, with weights that are put in by their shapes.

    Axes of length 1 do not count. The list is empty where a weight has another shape. Own weights are put back.
    """
    of = {tuple(np.shape(weight)): weight for weight in weights}
    shapes = [tuple(size for size in weight.shape if size > 1) for weight in model.weights]
    if not all(shape in of for shape in shapes):
        return []
    with put_back(model.weights) as own:
        for weight, start, shape in zip(model.weights, own, shapes, strict=True):
            weight.assign(np.reshape(of[shape], start.shape).astype(start.dtype))
        return [np.asarray(answer(x)), np.asarray(model(x, training=True))]


def _require_parts(network: Network, rng: np.random.Generator, x: np.ndarray, widths: tuple[int, ...]) -> None:
    """With weights that depend on their shape alone, so on no order of layers, answers are those of the text's network.

    Who wrote layers of other shapes is judged by the other checks.
    """
    shapes = {(2,), (widths[0], 2)} | {(filters,) for filters in widths}
    shapes |= {(3, 3, filters, filters) for filters in widths} | {(3, 3, 2 * filters, filters) for filters in widths}
    shapes |= {(3, 3, a, b) for a, b in itertools.pairwise((2, *widths))}
    shapes |= {(2, 2, a, b) for a, b in itertools.pairwise(widths)}
    weights = [
        rng.normal(0, 1.5 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 0.3, size=shape)
        for shape in sorted(shapes)
    ]
    orders = itertools.product((False, True), repeat=len(widths) - 1)
    expected = [_unet(x.astype(float), widths, weights, order) for order in orders]
    for found, when in zip(
        beside(network.model, _with_weights, network.model, network.answer, weights, x),
        ("", " in training"),
        strict=False,
    ):
        away = [float(np.abs(found - one).max() / np.abs(one).max()) for one in expected]
        if not min(away) < 1e-3:
            network.fails(
                f"gives answers{when} that are off by {min(away):.2g} of the largest of a network with the same "
                "weights: does it have each part as the text says, average pooling and no activation but in the "
                "blocks?"
            )


# What a padding by numbers of cells, or by matrices, holds for each convolution. It gains nothing, since parameters are
# counted and weights are the grader's.
_FIXED = 10**6


def check_net(displacement_net: Callable[..., Any], periodic_pad: Callable[..., Any]) -> None:
    """Starts at 0. At random weights: parameters, shifts, answers of the same network by NumPy, every cell, each skip.

    A network that pads by a wrong `periodic_pad` is judged with a right one in its place.
    """
    Function(displacement_net, "displacement_net").fits(8, (4, 6))
    with right_padding(check_pad, periodic_pad, displacement_net):
        _check_net(displacement_net)


def _check_net(displacement_net: Callable[..., Any]) -> None:
    see = "See section 5."
    cases = [(48, (3, 4, 5)), (16, [4, 6]), (8, (2, 3, 2, 70))]
    for rng, (side, widths) in zip(draws(1711, len(cases)), cases, strict=True):
        expected, shape = _parameters(widths), (side, side, 2)
        network = built(
            displacement_net, "displacement_net", side, widths, inputs=shape, outputs=shape, most=expected + _FIXED,
            see=see, constants=_FIXED,
        )  # fmt: skip
        network.require_count(expected)
        learn = sum(int(np.prod(weight.shape)) for weight in network.model.trainable_weights)
        require(learn == expected, f"Of the {expected} parameters of {network.called}, {learn} are trainable. {see}")
        x = rng.normal(size=(6, *shape)).astype(np.float32)
        added = float(np.abs(np.asarray(network.answer(1000 * x))).max())
        require(added == 0, f"Untrained, {network.called} adds up to {added:.4g}, expected 0. {see}")
        network.require_outputs(network.require_steady(1712, x).max(axis=(2, 3)), "components")
        _require_shifts(network, x, 2 ** (len(widths) - 1))
        _require_parts(network, rng, x[:2], tuple(widths))
        if side == 16:
            network.require_inputs(1714, x[:3], one_block_changed(x[:3], 4, rng))
            network.require_unbounded(1715, x[:3], far=1e4)
        if side == 48:
            network.require_skips(1716, rng, shape, widths, "cell", "its input")


def _require_shifts(network: Network, x: np.ndarray, shift: int) -> None:
    """Shifted by cells of the coarsest level, all answers shift too."""
    moved = np.roll(x, (shift, -shift), axis=(1, 2))
    there, here = network.at(1713, 3, ORDINARY, moved, x)
    here = np.roll(here, (shift, -shift), axis=(2, 3))
    if not np.allclose(there, here, rtol=1e-3, atol=1e-4 * np.abs(here).max()):
        network.fails(
            f"does not shift its answer when its input is shifted by {shift} cells: each padding must be periodic."
        )


@oracle
def _changed(fields: np.ndarray, shift: tuple, flip: tuple, swap: bool) -> np.ndarray:
    """Particle by particle: where it comes, and what becomes of its displacement."""
    n, h, w, _ = fields.shape
    found = np.zeros((n, w, h, 2) if swap else (n, h, w, 2))
    for box, i, j in np.ndindex(n, h, w):
        row, column = (i + shift[0]) % h, (j + shift[1]) % w
        down, right = fields[box, i, j]
        row, down = (h - 1 - row, -down) if flip[0] else (row, down)
        column, right = (w - 1 - column, -right) if flip[1] else (column, right)
        if swap:
            row, column, down, right = column, row, right, down
        found[box, row, column] = down, right
    return found


def check_augment(augment: Callable[..., Any]) -> None:
    """Against a loop over particles, for all flips and exchanges; boxes that are not square, far shifts, all scales."""
    student = Function(augment, "augment")
    shapes = [(1, 3, 4), (2, 4, 3), (3, 1, 5), (1, 5, 1), (2, 2, 2), (1, 6, 6), (4, 3, 2), (1, 24, 26)]
    shifts = [(0, 0), (1, 2), (-1, 3), (7, -9), (0, 1), (2, 0), (0, 0), (-3, 11)]
    options = list(itertools.product((False, True), repeat=3))
    scales = itertools.cycle((1.0, 1e-9, 1e9))
    for number, (rng, shape, shift) in enumerate(zip(draws(1721, len(shapes)), shapes, shifts, strict=True)):
        fields = next(scales) * rng.normal(size=(2, *shape)).transpose(1, 2, 3, 0)
        for down, right, swap in (options[number], options[(3 * number + 5) % 8]):
            expected = _changed(fields, shift, (down, right), swap)
            what = "places are shifted, flipped, exchanged in this order; a flip changes the sign of its own component"
            student(fields, shift, (down, right), swap).close(
                expected, f"{what}, an exchange of axes exchanges both. See section 5.", atol=tiny(expected)
            )
    for rng in draws(1722, 1):
        fields = rng.normal(size=(2, 4, 4, 2)).astype(np.float32)
        expected = _changed(fields.astype(float), (1, 1), (True, True), True)
        student(fields, (1, 1), (True, True), True).close(expected, "single precision is as good. See section 5.")


def _squared_error(missed: Any, answer: Any) -> Any:
    """The loss of what a network gives for what the first displacement misses."""
    return tf.reduce_mean((answer - missed) ** 2)


_STEPS = (
    StepCase(16, (3, 4, 3), ("SGD", 0.2, {})),
    StepCase(5, (2, 4, 2), ("SGD", 0.1, {"decay": 0.25}), normed=True, compiled=True),
    StepCase(1, (2, 3, 2), ("Adam", 0.05, {}), compiled=True),
    StepCase(8, (3, 4, 3), ("SGD", 0.05, {"momentum": 0.9}), scale=3.0, normed=True),
    StepCase(6, (3, 4, 3), ("SGD", 0.2, {}), frozen=1, compiled=True),
    StepCase(MANY, (2, 2), ("Adam", 0.1, {}), scale=3000.0),
    StepCase(4, (2, 3, 2), ("SGD", 0.5, {}), scale=0.03),
    StepCase(3, (2, 3, 2), ("SGD", 0.2, {}), normed=True, compiled=True, axes=(4, 5)),
    StepCase(1, (2, 3, 2), ("SGD", 0.1, {}), scale=3.0, axes=(2, 3)),
    StepCase(4, (3, 4, 3), ("SGD", 0.2, {}), axes=(7,)),
)


def check_step(train_step: Callable[..., Any]) -> None:
    """Two steps each, by several optimisers, of networks with and without frozen layers and batch normalisation.

    Displacements are of one particle in each box, of a row, and of cells. Loss and weights are those of automatic
    differentiation on a copy.
    """
    for rng, case in zip(draws(1731, len(_STEPS)), _STEPS, strict=True):
        weights = case.weights(rng)
        batches = [(case.inputs(rng), case.targets(rng)) for _ in range(2)]
        missed = [(first, truth - first) for first, truth in batches]
        given = [tuple(map(tf.constant, batch)) for batch in batches]
        case.require(train_step, "train_step", weights, _squared_error, missed, given, "See section 5.")


# --- what is trained --------------------------------------------------------------------------------------------------


@functools.cache
def _held_out() -> tuple[np.ndarray, np.ndarray]:
    """Displacements (n, 32, 32, 2) of boxes that are in no release: by Zel'dovich, and true."""
    with np.load(DATA / "boxes.npz", allow_pickle=False) as file:
        return file["heldout/first"].astype(float), file["heldout/psi"].astype(float)


def _judged(found: np.ndarray) -> dict[str, float]:
    """The error of displacements in units of Zel'dovich's, and T and r of short waves."""
    first, psi = _held_out()
    ratio = np.sqrt(np.mean((found - psi) ** 2) / np.mean((first - psi) ** 2))
    with np.errstate(invalid="ignore"):  # who finds nothing has no correlation, which meets no threshold
        transfer, correlation = _ratios(found, psi, np.array(BAND))
    return {"ratio": float(ratio), "T": float(transfer[0]), "r": float(correlation[0])}


def _reached(network: Any) -> dict[str, float]:
    """The same, of what a network adds to Zel'dovich's."""
    first, _ = _held_out()
    graph = graph_of(network, "network", first.shape[1:], constants=_FIXED)
    found = answers(graph, "network", first.astype(np.float32), batch=50)
    require(
        found.shape == first.shape, f"network gives outputs of shape {found.shape[1:]}, expected {first.shape[1:]}."
    )
    return _judged(first + found)


def check_trained(network: Any, tier: int) -> None:
    """The error on 100 boxes, of 2048 numbers each; T and r of short waves for the highest tier."""
    reached = _reached(network)
    ratio = reached["ratio"]
    judged = Measured(ratio, f"On {len(_held_out()[0])} new boxes, the rms error is {ratio:.3f} of that of Zel'dovich")
    judged.at_least(THRESHOLDS["ratio"][0], "a finer simulation differs from this truth by as much. See section 5.")
    judged.at_most(CEILINGS["ratio"][tier - 1], "does the training loss still fall at the end? See section 5.")
    if tier < len(CEILINGS["ratio"]):
        return
    for name, what in (("r", "correlation"), ("T", "transfer function")):
        measured = Measured(reached[name], f"For waves from 1.2 to 2 radians a cell, the {what} is {reached[name]:.3f}")
        measured.at_least(THRESHOLDS[name][0], "short waves are what Zel'dovich misses. See section 5.")
        if name in CEILINGS:
            measured.at_most(CEILINGS[name][0], "there is too much power. See section 5.")


def measure(namespace: dict[str, Any]) -> dict[str, float]:
    """What `CEILINGS` and `THRESHOLDS` are about, of a notebook that has been run: for ``course seeds``."""
    return _reached(namespace["network"])
