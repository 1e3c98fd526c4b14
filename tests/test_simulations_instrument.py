"""The camera: photometry, point-spread function, noise.

Statistical bounds are five standard deviations: were the seeds random, each would fail once in two million runs.
"""

import galsim
import numpy as np
import pytest

from simulations import instrument


@pytest.fixture
def rng():
    return np.random.default_rng(20260605)


def test_magnitudes_and_fluxes():
    assert instrument.flux_of(instrument.ZERO_POINT) == 1.0
    assert instrument.flux_of(instrument.ZERO_POINT - 5.0) == pytest.approx(100.0)
    assert instrument.flux_of(23.4) / instrument.flux_of(25.9) == pytest.approx(10.0)


def test_the_point_spread_function_has_the_width_of_an_obscured_telescope_with_jitter():
    psf = instrument.psf()
    assert psf.flux == pytest.approx(1.0)
    assert psf.calculateFWHM() == pytest.approx(0.144, abs=0.0005)
    with_pixel = galsim.Convolve(psf, galsim.Pixel(instrument.PIXEL_SCALE))
    assert with_pixel.calculateFWHM() == pytest.approx(0.16, abs=0.005)


def test_light_on_sub_pixels_goes_through_the_point_spread_function_as_galsim_draws_it():
    size, oversampling, flux = 48, 4, 7.0
    profile = galsim.Gaussian(sigma=0.3, flux=flux).shear(g1=0.2, g2=-0.1).shift(0.04, -0.11)
    scale = instrument.PIXEL_SCALE / oversampling
    fine = profile.drawImage(nx=size * oversampling, ny=size * oversampling, scale=scale, dtype=np.float64).array
    seen = instrument.through_psf(fine, oversampling)
    expected = instrument.draw(profile, size)
    assert seen.sum() == pytest.approx(expected.sum(), rel=0.005)
    assert np.abs(seen - expected).max() < 0.005 * expected.max()


def test_an_empty_exposure_has_mean_zero_and_the_stated_noise(rng):
    n = 400_000
    empty = instrument.expose(np.zeros((n // 100, 100)), rng)
    sigma = instrument.background_sigma()
    assert 0.0100 < sigma < 0.0115
    assert abs(empty.mean()) < 5 * sigma / np.sqrt(n)
    # A sum of normal and Poisson noise of hundreds of electrons: the sample's deviation has relative error 1/sqrt(2n).
    assert empty.std() == pytest.approx(sigma, rel=5 / np.sqrt(2 * n))


@pytest.mark.parametrize("signal", [0.02, 0.5, 20.0])
def test_light_adds_its_photon_noise(rng, signal):
    n = 400_000
    image = instrument.expose(np.full((n // 100, 100), signal), rng)
    variance = instrument.background_sigma() ** 2 + signal / instrument.TOTAL_TIME
    assert image.mean() == pytest.approx(signal, abs=5 * np.sqrt(variance / n))
    assert image.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / n))


def test_an_exposure_is_decided_by_the_generator():
    signal = np.full((8, 8), 0.3)
    one, same, other = (instrument.expose(signal, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
