"""Simulated strong lenses, and galaxies that are easily taken for one.

A lens is a singular isothermal ellipsoid with external shear in front of a Sérsic source. A non-lens carries the
same foreground galaxy and as much additional light at the same radii, but the light is that of companions, spiral
arms, a ring or a merger. What differs is its shape alone.
"""

from dataclasses import dataclass, replace
from multiprocessing import get_context

import galsim
import numpy as np
from rich.progress import track
from scipy.special import gamma as gamma_function
from scipy.special import i0

from simulations import instrument

SIZE = 48  # pixels of a stamp
OVERSAMPLING = 4  # sub-pixels of a pixel, along each axis
KINDS = ("lens", "blobs", "spiral", "ring", "merger")
LEAST_SNR = 10.0  # of the light around the foreground galaxy


# --- the lens equation ----------------------------------------------------------------------------------------------


def deflection(
    x: np.ndarray,
    y: np.ndarray,
    theta_E: float,
    q: float = 1.0,
    angle: float = 0.0,
    gamma1: float = 0.0,
    gamma2: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Deflection of a singular isothermal ellipsoid at the origin with external shear, in arcsec.

    Kormann, Schneider & Bartelmann (1994), A&A 284, 285, equation 27a; here in the normalisation in which
    theta_E is the radius of the circle with the area of the critical ellipse.

    Args:
        x: coordinates on the sky in arcsec.
        y: the same.
        theta_E: Einstein radius in arcsec.
        q: axis ratio of the mass, 0 < q <= 1.
        angle: of the major axis, from the x axis towards the y axis, in radians.
        gamma1: shear along the x axis.
        gamma2: shear along the diagonal.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    major, minor = cos * x + sin * y, -sin * x + cos * y
    e = np.sqrt(max(1.0 - q**2, 1e-8))
    psi = np.sqrt(q**2 * major**2 + minor**2) + 1e-12
    along = theta_E * np.sqrt(q) / e * np.arctan(e * major / psi)
    across = theta_E * np.sqrt(q) / e * np.arctanh(e * minor / psi)
    return (
        cos * along - sin * across + gamma1 * x + gamma2 * y,
        sin * along + cos * across + gamma2 * x - gamma1 * y,
    )


def sersic(
    x: np.ndarray, y: np.ndarray, flux: float, radius: float, index: float, q: float, angle: float
) -> np.ndarray:
    """Surface brightness of an elliptical Sérsic profile at the origin, in flux per arcsec^2.

    Graham & Driver (2005), PASA 22, 118, equations 1 and 4; b_n by the series of Ciotti & Bertin (1999).

    Args:
        x: coordinates in arcsec.
        y: the same.
        flux: of the whole profile.
        radius: half-light radius in arcsec, geometric mean of the axes.
        index: Sérsic index n.
        q: axis ratio.
        angle: of the major axis, in radians.
    """
    b = 2 * index - 1 / 3 + 4 / (405 * index) + 46 / (25515 * index**2)
    cos, sin = np.cos(angle), np.sin(angle)
    r = np.sqrt(q * (cos * x + sin * y) ** 2 + (-sin * x + cos * y) ** 2 / q) / radius
    at_radius = flux / (2 * np.pi * radius**2 * index * np.exp(b) * b ** (-2 * index) * gamma_function(2 * index))
    return at_radius * np.exp(-b * (r ** (1 / index) - 1))


# --- what is drawn ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class System:
    """Truth of one object: lengths in arcsec, magnitudes AB, angles in radians, positions from the stamp's centre."""

    kind: str
    theta_E: float
    mass_q: float
    mass_angle: float
    gamma1: float
    gamma2: float
    lens_magnitude: float
    lens_radius: float
    lens_index: float
    lens_q: float
    lens_angle: float
    lens_x: float
    lens_y: float
    source_magnitude: float
    source_radius: float
    source_index: float
    source_q: float
    source_angle: float
    source_x: float
    source_y: float


def draw_system(rng: np.random.Generator, kind: str) -> System:
    """Draws the truth of an object; of a non-lens too, whose light is put where that of its lens would be.

    The ranges are those of a galaxy-scale lens that Euclid is expected to find (Collett 2015, ApJ 811, 20), drawn
    uniformly for an exercise: they are no forecast.
    """
    theta_E = rng.uniform(0.6, 1.7)
    mass_q = rng.uniform(0.55, 0.98)
    mass_angle = rng.uniform(0, np.pi)
    # Sources inside the diamond of the caustics and around it: quads and doubles with a bright counter-image.
    r, phi = 0.45 * theta_E * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
    shift = rng.uniform(-0.5, 0.5, size=2) * instrument.PIXEL_SCALE
    return System(
        kind=kind,
        theta_E=theta_E,
        mass_q=mass_q,
        mass_angle=mass_angle,
        gamma1=rng.normal(0, 0.03),
        gamma2=rng.normal(0, 0.03),
        lens_magnitude=rng.uniform(19.0, 21.5),
        lens_radius=0.35 * np.exp(rng.normal(0, 0.25)) + 0.35 * theta_E,
        lens_index=round(rng.uniform(2.5, 5.0), 1),
        lens_q=np.clip(mass_q + rng.normal(0, 0.08), 0.5, 0.99),
        lens_angle=mass_angle + rng.normal(0, 0.15),
        lens_x=shift[0],
        lens_y=shift[1],
        source_magnitude=rng.uniform(23.0, 25.8),
        source_radius=np.exp(rng.uniform(np.log(0.08), np.log(0.35))),
        source_index=round(rng.uniform(0.8, 2.0), 1),
        source_q=rng.uniform(0.4, 1.0),
        source_angle=rng.uniform(0, np.pi),
        source_x=r * np.cos(phi),
        source_y=r * np.sin(phi),
    )


# --- light --------------------------------------------------------------------------------------------------------


def grid(size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the sub-pixels in arcsec, from the centre of the stamp: x along columns, y along rows."""
    step = instrument.PIXEL_SCALE / OVERSAMPLING
    at = (np.arange(size * OVERSAMPLING) - (size * OVERSAMPLING - 1) / 2) * step
    return np.meshgrid(at, at)


def lensed_source(system: System, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Light of the lensed source by the lens equation beta = theta - alpha(theta), in electrons/s per sub-pixel."""
    alpha_x, alpha_y = deflection(x, y, system.theta_E, system.mass_q, system.mass_angle, system.gamma1, system.gamma2)
    light = sersic(
        x - alpha_x - system.source_x,
        y - alpha_y - system.source_y,
        instrument.flux_of(system.source_magnitude),
        system.source_radius,
        system.source_index,
        system.source_q,
        system.source_angle,
    )
    return light * (instrument.PIXEL_SCALE / OVERSAMPLING) ** 2


def unlensed_light(
    system: System, arcs: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """As much light as in the arcs, at the radii of the arcs, in the form that a non-lens gives it."""
    r, phi = np.hypot(x, y), np.arctan2(y, x)
    light = _companions(system, arcs, x, y, rng) if system.kind in ("blobs", "merger") else np.zeros_like(arcs)
    if system.kind == "merger":
        light += arcs.sum() * _unit(_turned(arcs, r, r) * _arms(r, phi, 1, rng)) * rng.uniform(0.5, 1.5)
    elif system.kind == "spiral":
        light = _turned(arcs, r, r) * _arms(r, phi, int(rng.choice([2, 2, 3])), rng)
    elif system.kind == "ring":
        q, angle = rng.uniform(0.6, 0.95), rng.uniform(0, np.pi)
        cos, sin = np.cos(angle), np.sin(angle)
        ellipse = np.sqrt(q * (cos * x + sin * y) ** 2 + (cos * y - sin * x) ** 2 / q)
        clumps = np.exp(rng.uniform(0.0, 0.5) * np.cos(phi - rng.uniform(0, 2 * np.pi)))
        light = _turned(arcs, r, ellipse) * clumps
    return light * arcs.sum() / light.sum()


def _unit(light: np.ndarray) -> np.ndarray:
    return light / light.sum()


def _turned(arcs: np.ndarray, r: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The mean brightness of the arcs at each radius r, spread over whole circles, or other curves of constant `at`."""
    step = instrument.PIXEL_SCALE / OVERSAMPLING
    bins = (r / step).astype(int).ravel()
    mean = np.bincount(bins, arcs.ravel()) / np.maximum(np.bincount(bins), 1)
    return np.interp(at / step - 0.5, np.arange(mean.size), mean)


def _arms(r: np.ndarray, phi: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Logarithmic spiral arms: a modulation of mean 1 along every circle (von Mises in the angle from the arm)."""
    pitch = np.deg2rad(rng.uniform(10.0, 35.0)) * rng.choice([-1, 1])
    sharpness = rng.uniform(1.5, 5.0)
    wound = number * (phi - rng.uniform(0, 2 * np.pi) - np.log(r + 0.05) / np.tan(pitch))
    return np.exp(sharpness * np.cos(wound)) / i0(sharpness)


def _companions(system: System, arcs: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to four small galaxies at radii drawn from the light of the arcs."""
    number = int(rng.integers(1, 5)) if system.kind == "blobs" else 1
    share = rng.dirichlet(np.full(number, 2.0)) * arcs.sum()
    places = rng.choice(arcs.size, size=number, p=arcs.ravel() / arcs.sum())
    step = instrument.PIXEL_SCALE / OVERSAMPLING
    light = np.zeros_like(arcs)
    for flux, place in zip(share, places, strict=True):
        radius, angle = np.hypot(x.flat[place], y.flat[place]), rng.uniform(0, 2 * np.pi)
        size = system.source_radius * np.exp(rng.normal(0.25, 0.25))
        light += sersic(
            x - radius * np.cos(angle),
            y - radius * np.sin(angle),
            flux,
            size,
            system.source_index,
            rng.uniform(0.35, 1.0),
            rng.uniform(0, np.pi),
        )
    return light * step**2


def foreground(system: System, size: int = SIZE) -> np.ndarray:
    """The foreground galaxy, an elliptical Sérsic profile seen through the instrument, in electrons/s per pixel."""
    profile = galsim.Sersic(
        n=system.lens_index,
        half_light_radius=system.lens_radius,
        flux=instrument.flux_of(system.lens_magnitude),
        trunc=6 * system.lens_radius,
    ).shear(q=system.lens_q, beta=system.lens_angle * galsim.radians)
    return instrument.draw(profile.shift(system.lens_x, system.lens_y), size)


@dataclass(frozen=True)
class Stamp:
    """A noiseless object: the foreground galaxy, and the light around it, in electrons/s per pixel."""

    system: System
    galaxy: np.ndarray
    around: np.ndarray

    @property
    def snr(self) -> float:
        """Signal to noise of the light around: that of a matched filter, sqrt(sum of f^2 / variance)."""
        variance = (self.galaxy + self.around) / instrument.TOTAL_TIME + instrument.background_sigma() ** 2
        return float(np.sqrt(np.sum(self.around**2 / variance)))


def render(system: System, rng: np.random.Generator, size: int = SIZE) -> Stamp:
    """Draws an object through the instrument, without noise; `rng` draws the details of what is no lens."""
    x, y = grid(size)
    x, y = x - system.lens_x, y - system.lens_y
    light = lensed_source(system, x, y)
    if system.kind != "lens":
        light = unlensed_light(system, light, x, y, rng)
    return Stamp(system, foreground(system, size), instrument.through_psf(light, OVERSAMPLING))


# --- a set of objects ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Observed:
    """One object as it was observed, once or more often: images in electrons/s, each shifted within a pixel."""

    system: System
    snr: float
    images: list[np.ndarray]


def observe(kind: str, seed: np.random.SeedSequence, times: int = 1) -> Observed:
    """Draws objects of a kind until one is bright enough to be judged, and takes images of it."""
    truth, details, noise = (np.random.default_rng(child) for child in seed.spawn(3))
    while True:
        system = draw_system(truth, kind)
        shape = details.integers(2**63)
        stamp = render(system, np.random.default_rng(shape))
        if stamp.snr >= LEAST_SNR:
            break
    images = [instrument.expose(stamp.galaxy + stamp.around, noise)]
    for _ in range(times - 1):
        x, y = noise.uniform(-0.5, 0.5, size=2) * instrument.PIXEL_SCALE
        again = render(replace(system, lens_x=x, lens_y=y), np.random.default_rng(shape))
        images.append(instrument.expose(again.galaxy + again.around, noise))
    return Observed(system, stamp.snr, [image.astype(np.float32) for image in images])


def observe_many(
    kinds: list[str], times: list[int], seed: np.random.SeedSequence, processes: int | None, title: str
) -> list[Observed]:
    """Observes objects in parallel, with a progress bar; each has its own child of the seed, whoever computes it."""
    jobs = list(zip(kinds, seed.spawn(len(kinds)), times, strict=True))
    with get_context("spawn").Pool(processes) as pool:
        return list(track(pool.imap(_observe, jobs, chunksize=25), title, total=len(jobs)))


def _observe(job: tuple[str, np.random.SeedSequence, int]) -> Observed:
    return observe(*job)
