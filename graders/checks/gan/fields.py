"""Section 7: density fields, their spectra, and the network that makes them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.fft
import tensorflow as tf

from graders.checks.changes import one_column_changed
from graders.checks.domains import arrays, tiny
from graders.checks.ladder import Function, Result, beside, draws
from graders.checks.networks import ORDINARY, Network, built

SIDE, BOX, HALF = 16, 64.0, 2.0  # cells along a side, side in Mpc/h, the density that becomes s = 0
VARIANCE, TURN = 0.6, 2.0  # of the Gaussian field: its variance, and where its spectrum bends, in 2 pi / BOX


def check_to_density(to_density: Callable[..., Any]) -> None:
    """Squashed values of every shape from -1 to all but 1 and several constants, against densities that give them."""
    student = Function(to_density, "to_density")
    (rng,) = draws(seed=711, count=1)
    for number, ends in enumerate((*arrays(712, scales=(1e-3, 1.0)), np.array(0.7))):
        a = (2.0, 4, 1.0, 0.5, 1e-3, 3000.0)[number % 6]
        density = a * np.exp(3 * ends) if number % 2 else a * np.exp(rng.uniform(-3, 3, size=ends.shape))
        student(np.asarray((density - a) / (density + a)), a).close(
            density, "solve s = (rho - a) / (rho + a) for rho. See section 7.", rtol=1e-3, atol=0
        )
    for a in (2.0, 3.0):
        student(np.array([-1.0, -0.9999, 0.0, 0.5, 0.999]), a).close(
            [0.0, 1e-4 * a / 1.9999, a, 3 * a, 1999 * a],
            "s = -1 is an empty cell, s = 0 one of density a, and s near 1 a very dense one. See section 7.",
            atol=1e-6,
        )
        # A number that single precision holds: whoever keeps away from 1, or from a division by 0, is off by per cents.
        student(np.array([1 - 2.0**-20]), a).close(
            [(2**21 - 1) * a],
            "s is 1 - 9.5e-7 here: the density is as large as it comes out, however close s is to 1. See section 7.",
            rtol=2e-3,
            atol=0,
        )


def _modes(side: int) -> np.ndarray:
    """|k| of every mode of a map, in units of 2 pi / box, laid out as by the discrete Fourier transform."""
    k = scipy.fft.fftfreq(side, 1 / side)
    return np.hypot(k[:, None], k[None, :])


def in_rings(spectrum: np.ndarray, n_bins: int) -> np.ndarray:
    """Means of the last two axes over rings |k| = i +- 1/2, i = 1 .. n_bins."""
    at = np.floor(_modes(spectrum.shape[-1]) + 0.5).astype(int)
    return np.stack([spectrum[..., at == i].mean(axis=-1) for i in range(1, n_bins + 1)], axis=-1)


def _spectrum(field: np.ndarray, box: float) -> np.ndarray:
    """P(k) of every mode of a map, by matrices of sines and cosines rather than a fast transform."""
    side = len(field)
    wave = np.exp(-2j * np.pi * np.outer(np.arange(side), np.arange(side)) / side)
    return np.abs(wave @ field @ wave.T * (box / side) ** 2) ** 2 / box**2


def _maps(seed: int) -> Iterator[tuple[np.ndarray, float, int]]:
    """Contrasts of even and odd sides and of several scales, the sides of their boxes, and how many rings.

    One has many cells, and one is not contiguous in memory.
    """
    cases = ((16, 64.0, 8, 1.0), (12, 30.0, 5, 1e-4), (24, 200.0, 12, 1.0), (16, 1e-3, 7, 1.0), (9, 9.0, 4, 50.0),
             (2, 5.0, 1, 1.0), (12, 30.0, 5, 1e-4), (64, 3000.0, 32, 1.0))  # fmt: skip
    for rng, (side, box, n_bins, scale) in zip(draws(seed=seed, count=len(cases)), cases, strict=True):
        field = scale * rng.normal(0.3, 1.0, size=(side, side))
        yield (field.T if side == 24 else field), box, n_bins


def _power_parts(student: Function, field: np.ndarray, box: float, n_bins: int) -> tuple[Result, Result]:
    k, power = student(field, box, n_bins).unpack("k", "P(k)")
    return k, power


def check_power_spectrum(power_spectrum: Callable[..., Any]) -> None:
    """Maps of noise against matrices of sines and cosines; two modes of A^2 L^2 / 4 for each plane wave."""
    student = Function(power_spectrum, "power_spectrum")
    for field, box, n_bins in _maps(721):
        expected = in_rings(_spectrum(field, box), n_bins)
        _, power = _power_parts(student, field, box, n_bins)
        power.close(
            expected,
            "it is the mean of |delta_k|^2 / L^2 over the modes of each ring, with delta_k = (L / m)^2 times the "
            "discrete Fourier transform. See section 7.",
            rtol=1e-3,
            atol=tiny(expected),
        )
    for a, b, amplitude in ((3, 4, 0.7), (0, 2, 1.5), (5, 1, 1.0)):
        side, box = 16, 100.0
        x = np.arange(side)
        field = amplitude * np.cos(2 * np.pi * (a * x[:, None] + b * x[None, :]) / side)
        at = np.floor(_modes(side) + 0.5)
        expected = np.zeros(7)
        ring_of_wave = int(np.floor(np.hypot(a, b) + 0.5))
        expected[ring_of_wave - 1] = 2 * (amplitude * box) ** 2 / 4 / np.sum(at == ring_of_wave)
        _, power = _power_parts(student, field, box, 7)
        power.close(
            expected,
            f"a wave of amplitude {amplitude:g} has two modes with P = A^2 L^2 / 4, and all others are 0. "
            "See section 7.",
            rtol=1e-3,
            atol=1e-3,
        )


def check_power_wavenumbers(power_spectrum: Callable[..., Any]) -> None:
    """The mean |k| of the modes of each ring: counted over all modes of the map."""
    student = Function(power_spectrum, "power_spectrum")
    for field, box, n_bins in _maps(722):
        expected = 2 * np.pi / box * in_rings(_modes(len(field)), n_bins)
        k, _ = _power_parts(student, field, box, n_bins)
        k.close(
            expected,
            "it is the mean of |k| over the modes of each ring, in units of 1 / L, with the 2 pi. See section 7.",
            rtol=1e-3,
            atol=tiny(expected),
        )


def _gaussian_spectrum() -> np.ndarray:
    """|G_k|^2 / m^2 of the Gaussian field on the grid, so that its sum over modes divided by m^2 is the variance."""
    shape = 1 / (1 + (_modes(SIDE) / TURN) ** 2)
    shape[0, 0] = 0.0
    return VARIANCE * SIDE**2 * shape / shape.sum()


def true_power(n_bins: int) -> np.ndarray:
    """The expected P(k) of the log-normal fields in rings, in (Mpc/h)^2: exact on the periodic grid.

    1 + xi_LN = exp(xi_G) (Coles & Jones 1991), with correlation functions by Fourier transforms of spectra.
    """
    correlation = np.expm1(np.fft.ifft2(_gaussian_spectrum()).real)
    return in_rings(np.fft.fft2(correlation).real, n_bins) * (BOX / SIDE) ** 2


def check_field_generator(build_field_generator: Callable[..., Any]) -> None:
    """Shapes, range and size; at drawn weights every number of z counts by itself, and every cell reaches -1 and 1.

    What does not follow z without jumps is no network, but a table of maps.
    """
    for rng, latent_dim in zip(draws(seed=731, count=2), (64, 20), strict=True):
        network = built(
            build_field_generator,
            "build_field_generator",
            latent_dim,
            inputs=(latent_dim,),
            outputs=(SIDE, SIDE, 1),
            most=150_000,
            see="See section 7.",
        )
        z = rng.normal(size=(12, latent_dim)).astype(np.float32)
        network.require_outputs(network.require_steady(731, z), "cells")
        _require_range(network, z)
        network.require_inputs(733, z[:4], one_column_changed(z[:4], "number"))
        _require_continuous(network, z)
        _require_independent(network, rng.normal(size=(3 * latent_dim, latent_dim)).astype(np.float32))


def _require_range(network: Network, z: np.ndarray) -> None:
    low, high = network.reach(732, z, -0.9, 0.9)
    if low.min() < -1 or high.max() > 1:
        network.fails(f"gives values between {low.min():.3g} and {high.max():.3g}, expected none beyond -1 and 1.")
    if low.max() > -0.9 or high.min() < 0.9:
        network.fails(f"gives no values beyond {low.max():.3g} and {high.min():.3g} in some cell, however large its "
                      "weights are, expected both signs, up to -1 and 1.")  # fmt: skip


def _line(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Points (steps + 1, d) on the way from one z to another."""
    return (start + np.linspace(0, 1, steps + 1)[:, None] * (end - start)).astype(np.float32)


def _require_continuous(network: Network, z: np.ndarray) -> None:
    """Where maps change most on a line of z, they change by less in a 64th of the step; a jump stays as it is."""
    number, coarse = 3, _line(z[0], z[1], 256)

    def changes(maps: np.ndarray) -> np.ndarray:
        return np.abs(np.diff(maps, axis=0)).reshape(len(maps) - 1, -1).max(axis=1)

    by_draw = [changes(maps) for maps in network.at(734, number, ORDINARY, coarse)[0]]
    lines = [_line(coarse[moved.argmax()], coarse[moved.argmax() + 1], 64) for moved in by_draw]
    closer = network.at(734, number, ORDINARY, *lines)
    for draw, moved in enumerate(by_draw):
        jump = changes(closer[draw][draw]).max()
        if jump > 0.25 * moved.max():
            network.fails(f"jumps by {jump:.2g} between two z that differ by almost nothing, expected maps that follow "
                          "z without jumps.")  # fmt: skip


def _slopes_of(answer: Any) -> Any:
    """A function that gives, for each z (n, d), the gradient of a random sum of its cells; for `beside`."""

    def slopes(z: Any) -> Any:
        z = tf.constant(z, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(z)
            maps = answer(z)
            weights = np.random.default_rng(1).normal(size=maps.shape).astype(np.float32)
            total = tf.reduce_sum(maps * weights)
        return tape.gradient(total, z, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    return slopes


def _require_independent(network: Network, z: np.ndarray) -> None:
    """No change of z, for all z, leaves every map as it is: gradients point in as many directions as z has numbers."""
    sloping = replace(network, answer=beside(network.model, _slopes_of, network.answer))
    (gradients,) = sloping.at(735, 4, ORDINARY, z)
    sizes = np.linalg.svd(gradients, compute_uv=False)
    directions = int((sizes > 1e-4 * sizes[:, :1]).sum(axis=1).max())
    if directions < z.shape[1]:
        network.fails(f"listens to {directions} independent combinations of the numbers of z, expected all "
                      f"{z.shape[1]}: no layer may throw any of z away.")  # fmt: skip
