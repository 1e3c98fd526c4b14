"""Simulated single galaxies, each a bulge and a disc, seen by the camera of `simulations.instrument`.

Ellipticity is the reduced-shear kind: |e| = (1 - q) / (1 + q) for the axis ratio q, with e1 = |e| cos 2φ and
e2 = |e| sin 2φ, where φ is the angle of the major axis from the x axis (columns) towards the y axis (rows).
"""

import multiprocessing
import os
from collections.abc import Iterable, Mapping
from functools import partial

import galsim
import numpy as np
from rich.progress import track
from scipy.special import gammainc, gammaincinv

from simulations import instrument

MAGNITUDES = (20.0, 25.0)  # AB, brightest and faintest
COUNT_SLOPE = 0.36  # of log10 N against magnitude
RADII = (0.1, 1.2)  # arcsec, smallest and largest half-light radius: what is resolved, and what fits a stamp
ELLIPTICALS = 0.1  # share of galaxies that are all bulge
BULGE_SCALE = 0.1  # of the half-normal distribution of the bulge fraction of the others
ELLIPTICITY_SCALES = (0.25, 0.15)  # mode of |e|, of galaxies with a disc and of ellipticals
ELLIPTICITY_MAX = 0.8

BULGE_EXTENT = 5.0  # half-light radii at which a bulge ends: without an end it costs ten times the time
HALF_LIGHT = 1.6783  # half-light radius of an exponential disc in scale lengths: (1 + x) exp(-x) = 1/2


# --- what is drawn ----------------------------------------------------------------------------------------------------


def draw_magnitudes(
    rng: np.random.Generator, n: int, brightest: float = MAGNITUDES[0], faintest: float = MAGNITUDES[1]
) -> np.ndarray:
    """AB magnitudes from number counts that grow as 10^(0.36 m).

    The slope for 20 < m < 25 in the notes of MegaLUT's Euclid-like runs, where a fit to the GEMS survey gives 0.37
    (github.com/megalut/megalut, runs/euclid-like/simparamscomputation).
    """
    low, high = 10.0 ** (COUNT_SLOPE * np.array([brightest, faintest]))
    return np.log10(rng.uniform(low, high, size=n)) / COUNT_SLOPE


def draw_bulge_fractions(rng: np.random.Generator, n: int) -> np.ndarray:
    """Share of the light that is in the bulge: 1 for a tenth of the galaxies, half-normal with scale 0.1 for the rest.

    The prior of Miller et al. (2013), MNRAS 429, 2858, for bulge-dominated galaxies and for discs.
    """
    elliptical = rng.uniform(size=n) < ELLIPTICALS
    return np.where(elliptical, 1.0, np.minimum(np.abs(rng.normal(0.0, BULGE_SCALE, size=n)), 1.0))


def draw_ellipticities(rng: np.random.Generator, bulge_fraction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Components e1 and e2: |e| follows a Rayleigh distribution that ends at 0.8, the angle is uniform.

    Scale 0.25 as in MegaLUT's Euclid-like runs (github.com/megalut/megalut, runs/euclid-like), less for ellipticals:
    in COSMOS the dispersion of early types is smaller by up to a factor of two (Joachimi et al., arXiv:1203.6833). The
    prior of Miller et al. (2013), MNRAS 429, 2858, for discs ends at 0.804. Our choices: 0.15 and the end at 0.8.
    """
    scale = np.where(bulge_fraction < 1.0, *ELLIPTICITY_SCALES)
    whole = -np.expm1(-0.5 * (ELLIPTICITY_MAX / scale) ** 2)
    e = scale * np.sqrt(-2.0 * np.log1p(-whole * rng.uniform(size=scale.shape)))
    angle = rng.uniform(0.0, 2.0 * np.pi, size=scale.shape)
    return e * np.cos(angle), e * np.sin(angle)


def median_scale_length(magnitude: np.ndarray) -> np.ndarray:
    """Median scale length of discs along their major axis, in arcsec: ln r = -1.145 - 0.269 (m - 23).

    Miller et al. (2013), MNRAS 429, 2858, equation B1: a fit to discs seen by Hubble with 18.5 < i < 25.5. That the
    magnitude of our broad band is their i is an approximation.
    """
    return np.exp(-1.145 - 0.269 * (magnitude - 23.0))


def draw_radii(rng: np.random.Generator, magnitude: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Half-light radii in arcsec, the geometric mean of both axes, from the magnitude and |e|.

    The scale length along the major axis follows p(r) ∝ r exp[-(r/a)^(4/3)] with the median of `median_scale_length`
    (Miller et al. 2013, MNRAS 429, 2858, appendix B1). Choices of ours: a bulge is as large as the disc, and no
    half-light radius is outside `RADII`.
    """
    a = median_scale_length(magnitude) / gammaincinv(1.5, 0.5) ** 0.75  # (r/a)^(4/3) is gamma distributed, shape 3/2
    unit = HALF_LIGHT * a * np.sqrt((1.0 - e) / (1.0 + e))  # half-light radius of a galaxy with r = a
    low, high = (gammainc(1.5, (radius / unit) ** (4 / 3)) for radius in RADII)
    return unit * gammaincinv(1.5, rng.uniform(low, high)) ** 0.75


def draw_parameters(
    rng: np.random.Generator, n: int, magnitudes: tuple[float, float] = MAGNITUDES
) -> dict[str, np.ndarray]:
    """Draws the truth of n galaxies.

    Args:
        rng: generator of random numbers.
        n: number of galaxies.
        magnitudes: brightest and faintest.

    Returns:
        One array of n values for each of `magnitude` (AB), `half_light_radius` (arcsec, geometric mean of both
        axes), `bulge_fraction`, `e1`, `e2`, and `x` and `y` (arcsec, of the centre from the centre of the stamp,
        half a pixel at most).
    """
    magnitude = draw_magnitudes(rng, n, *magnitudes)
    bulge_fraction = draw_bulge_fractions(rng, n)
    e1, e2 = draw_ellipticities(rng, bulge_fraction)
    radius = draw_radii(rng, magnitude, np.hypot(e1, e2))
    x, y = rng.uniform(-0.5, 0.5, size=(2, n)) * instrument.PIXEL_SCALE
    return {
        "magnitude": magnitude,
        "half_light_radius": radius,
        "bulge_fraction": bulge_fraction,
        "e1": e1,
        "e2": e2,
        "x": x,
        "y": y,
    }


# --- light ------------------------------------------------------------------------------------------------------------


def profile(galaxy: Mapping[str, float]) -> galsim.GSObject:
    """A galaxy before the telescope: a bulge (Sérsic n = 4) and a disc (n = 1) of equal half-light radius and shape.

    As both have the same half-light radius, so has their sum.

    Args:
        galaxy: one value for each name that `draw_parameters` returns.

    Returns:
        The GalSim profile, with flux in electrons per second and lengths in arcsec.
    """
    flux, radius, bulge = instrument.flux_of(galaxy["magnitude"]), galaxy["half_light_radius"], galaxy["bulge_fraction"]
    parts = []
    if bulge < 1.0:
        parts.append(galsim.Exponential(half_light_radius=radius, flux=(1.0 - bulge) * flux))
    if bulge > 0.0:
        parts.append(galsim.Sersic(n=4, half_light_radius=radius, flux=bulge * flux, trunc=BULGE_EXTENT * radius))
    return galsim.Add(parts).shear(g1=galaxy["e1"], g2=galaxy["e2"]).shift(galaxy["x"], galaxy["y"])


def render(galaxy: Mapping[str, float], size: int) -> np.ndarray:
    """A galaxy as a noiseless stamp of size x size pixels, in electrons per second."""
    return instrument.draw(profile(galaxy), size)


def signal_to_noise(stamp: np.ndarray) -> float:
    """Signal to noise of a noiseless stamp: that of a matched filter, sqrt(sum of signal^2 / variance)."""
    variance = instrument.background_sigma() ** 2 + stamp / instrument.TOTAL_TIME
    return float(np.sqrt(np.sum(stamp**2 / variance)))


def simulate(
    n: int,
    size: int,
    seed: int,
    processes: int | None = None,
    progress: bool = True,
    magnitudes: tuple[float, float] = MAGNITUDES,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Simulates galaxies and their observations.

    Every galaxy has its own child of the seed: the result is the same for any number of processes, and the first
    galaxies of a larger set are those of a smaller one.

    Args:
        n: number of galaxies.
        size: pixels along a side of a stamp; 32 to 64 are meant.
        seed: of everything random.
        processes: that share the work; None for one a core.
        progress: whether to show a progress bar.
        magnitudes: brightest and faintest, AB.

    Returns:
        The images, float32 (n, size, size), sky-subtracted and in electrons per second; and the truth, one array of n
        values for each name of `draw_parameters` and for `snr`, the signal to noise.
    """
    one = partial(_simulate_one, size=size, magnitudes=magnitudes)
    seeds = np.random.SeedSequence(seed).spawn(n)
    processes = min(processes or os.cpu_count() or 1, n)
    images, truth = np.empty((n, size, size), dtype=np.float32), []

    def collect(results: Iterable[tuple[np.ndarray, dict[str, float]]]) -> None:
        for i, (image, row) in enumerate(track(results, "Galaxies", total=n, disable=not progress)):
            images[i] = image
            truth.append(row)

    if processes == 1:
        collect(map(one, seeds))
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            collect(pool.imap(one, seeds, chunksize=16))
    return images, {name: np.array([row[name] for row in truth]) for name in truth[0]}


def _simulate_one(
    seed: np.random.SeedSequence, size: int, magnitudes: tuple[float, float]
) -> tuple[np.ndarray, dict[str, float]]:
    rng = np.random.default_rng(seed)
    galaxy = {name: float(values[0]) for name, values in draw_parameters(rng, 1, magnitudes).items()}
    stamp = render(galaxy, size)
    return instrument.expose(stamp, rng).astype(np.float32), galaxy | {"snr": signal_to_noise(stamp)}
