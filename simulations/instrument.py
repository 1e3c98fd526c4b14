"""A Euclid-VIS-like camera: pixel, point-spread function, noise.

Numbers are those of Euclid's visible imager where a source is named, and rounded or chosen where it says so. Left out:
spiders, colours, dark current, digitisation, cosmic rays, charge-transfer inefficiency, and the resampling of a stack.

Sources:
    [C16] Cropper et al. (2016), "VIS: the visible imager for Euclid", arXiv:1608.08603, as quoted by [M].
    [C25] Cuillandre et al. (2025), A&A 697, A6, "Euclid: Early Release Observations", arXiv:2405.13496.
    [EC] The Euclid Consortium's page of the instrument, euclid-ec.org/public/mission/vis.
    [L] lenstronomy's configuration of June 2026, lenstronomy/SimulationAPI/ObservationConfig/Euclid.py.
    [M] MegaLUT's Euclid-like runs, github.com/megalut/megalut, runs/euclid-like/simparamscomputation/sim_params.md.
    [R16] Racca et al. (2016), Proc. SPIE 9904, "The Euclid mission design", arXiv:1610.05508.
    [W] The pupil of github.com/CosmoStat/wf-psf, as copied by GalSim-Euclid-Like (make_euclidlike_pupil_plane.py).
"""

import functools

import galsim
import numpy as np
from scipy.signal import fftconvolve

PIXEL_SCALE = 0.101  # arcsec [L]; 0.1 in [EC]
ZERO_POINT = 25.72  # AB magnitude of 1 electron per second [L, of C25]; before launch 25.5 to 25.9 were in use
SKY = 22.3  # AB mag per arcsec^2 [L, of C25]; 22.35 in [M]
EXPOSURE_TIME = 566.0  # s [L]; 565 in [EC]
EXPOSURES = 4  # of the wide survey [EC]; where detectors have gaps there are fewer
READ_NOISE = 4.2  # electrons, rms, a pixel and exposure [L; M, of C16]; "less than 4.4 electrons" in [EC]
WAVELENGTH = 700.0  # nm, a choice: one wavelength for the band from 550 to 900 nm [M, of R16]
DIAMETER = 1.2  # m [R16]
OBSCURATION = 0.33  # of the diameter: 395 mm of 1200 mm [W]
JITTER = 0.04  # arcsec, a choice: one Gaussian for detector and pointing; with the pixel, FWHM = 0.16 as in [C25]

TOTAL_TIME = EXPOSURE_TIME * EXPOSURES


def flux_of(magnitude: float) -> float:
    """Electrons per second of an AB magnitude."""
    return 10.0 ** (-0.4 * (magnitude - ZERO_POINT))


def background_sigma() -> float:
    """Standard deviation of an empty pixel, in electrons per second: sky and read noise over all exposures."""
    sky = flux_of(SKY) * PIXEL_SCALE**2
    return float(np.sqrt(sky * TOTAL_TIME + EXPOSURES * READ_NOISE**2) / TOTAL_TIME)


@functools.cache
def psf() -> galsim.GSObject:
    """Airy disc of the obscured telescope convolved with a Gaussian; without the pixel."""
    airy = galsim.Airy(lam=WAVELENGTH, diam=DIAMETER, obscuration=OBSCURATION, scale_unit=galsim.arcsec)
    return galsim.Convolve(airy, galsim.Gaussian(sigma=JITTER))


def draw(profile: galsim.GSObject, size: int, psf_too: bool = True) -> np.ndarray:
    """A GalSim profile (flux in electrons per second, lengths in arcsec) as a noiseless stamp of size x size pixels."""
    seen = galsim.Convolve(profile, psf()) if psf_too else profile
    return seen.drawImage(nx=size, ny=size, scale=PIXEL_SCALE, dtype=np.float64).array


@functools.cache
def psf_kernel(oversampling: int) -> np.ndarray:
    """The point-spread function on sub-pixels, of odd size, out to 2.4 arcsec (98.7% of its light)."""
    scale = PIXEL_SCALE / oversampling
    size = 2 * int(2.4 / scale) + 1
    return psf().drawImage(nx=size, ny=size, scale=scale, method="no_pixel", dtype=np.float64).array


def through_psf(light: np.ndarray, oversampling: int) -> np.ndarray:
    """Light on sub-pixels, (size * oversampling,) * 2, through the point-spread function and into pixels."""
    blurred = fftconvolve(light, psf_kernel(oversampling), mode="same")
    size = light.shape[0] // oversampling
    return blurred.reshape(size, oversampling, size, oversampling).sum(axis=(1, 3))


def expose(signal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A sky-subtracted observation of a noiseless stamp, in electrons per second: photon, sky and read noise."""
    sky = flux_of(SKY) * PIXEL_SCALE**2
    electrons = rng.poisson(np.clip(signal + sky, 0.0, None) * TOTAL_TIME)
    read = rng.normal(0.0, READ_NOISE * np.sqrt(EXPOSURES), size=signal.shape)
    return (electrons + read) / TOTAL_TIME - sky
