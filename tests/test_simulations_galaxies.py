"""Simulated galaxies: their distributions, and their light.

Statistical bounds are five standard deviations, and Kolmogorov-Smirnov tests fail below p = 1e-6: were the seeds
random, each would fail about once in a million runs.
"""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import cumulative_trapezoid

from simulations import datasets, galaxies, instrument, storage

ROOT = Path(__file__).parents[1]
N = 40_000
P = 1e-6
GALAXY = {"magnitude": 22.0, "half_light_radius": 0.5, "bulge_fraction": 0.0, "e1": 0.0, "e2": 0.0, "x": 0.0, "y": 0.0}


@pytest.fixture(scope="module")
def drawn():
    return galaxies.draw_parameters(np.random.default_rng(20260605), N)


def grid(size):
    """Coordinates of the pixels from the centre of the stamp, in arcsec: columns, rows."""
    axis = (np.arange(size) - (size - 1) / 2) * instrument.PIXEL_SCALE
    return np.meshgrid(axis, axis)


def ellipticity(image):
    """e1 and e2 from the second moments, without the pixel's own; exact where all profiles are similar ellipses."""
    x, y = grid(len(image))
    x, y = x - np.average(x, weights=image), y - np.average(y, weights=image)
    pixel = instrument.PIXEL_SCALE**2 / 12
    xx, yy = (np.average(axis**2, weights=image) - pixel for axis in (x, y))
    xy = np.average(x * y, weights=image)
    # The moments give |chi| = (1 - q²)/(1 + q²); the ellipticity (1 - q)/(1 + q) is chi / (1 + sqrt(1 - |chi|²)).
    root = 2 * np.sqrt(xx * yy - xy**2)
    return (xx - yy) / (xx + yy + root), 2 * xy / (xx + yy + root)


# --- distributions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [(20.0, 25.0), (21.0, 23.5)])
def test_magnitudes_follow_the_counts(ends):
    m = galaxies.draw_parameters(np.random.default_rng(1), N, ends)["magnitude"]

    def cumulative(m):
        count = 10.0 ** (0.36 * (np.array([*ends, 0.0]) - ends[1]))
        return (10.0 ** (0.36 * (m - ends[1])) - count[0]) / (count[1] - count[0])

    assert ends[0] <= m.min() < m.max() <= ends[1]
    assert stats.kstest(m, cumulative).pvalue > P


def test_a_tenth_are_ellipticals_and_the_others_have_small_bulges(drawn):
    bulge = drawn["bulge_fraction"]
    elliptical = bulge == 1.0
    assert elliptical.mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.1 * 0.9 / N))
    assert bulge.min() >= 0.0
    assert stats.kstest(bulge[~elliptical], stats.halfnorm(scale=0.1).cdf).pvalue > P


@pytest.mark.parametrize(("elliptical", "scale"), [(False, 0.25), (True, 0.15)])
def test_ellipticities_are_rayleigh_distributed_and_have_no_direction(drawn, elliptical, scale):
    these = (drawn["bulge_fraction"] == 1.0) == elliptical
    e = drawn["e1"][these] + 1j * drawn["e2"][these]
    whole = stats.rayleigh(scale=scale)
    assert np.abs(e).max() <= 0.8
    assert stats.kstest(np.abs(e), lambda x: whole.cdf(x) / whole.cdf(0.8)).pvalue > P
    assert stats.kstest(np.angle(e), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > P
    # The mean of e² of a Rayleigh distribution that ends at 0.8 is 2 scale² (1 - t / (exp(t) - 1)).
    t = 0.5 * (0.8 / scale) ** 2
    dispersion = scale * np.sqrt(1.0 - t / np.expm1(t))
    for component in (e.real, e.imag):
        assert component.mean() == pytest.approx(0.0, abs=5 * dispersion / np.sqrt(e.size))
        assert component.std() == pytest.approx(dispersion, rel=5 / np.sqrt(2 * e.size))


def test_half_the_light_of_an_exponential_disc():
    x = galaxies.HALF_LIGHT
    assert (1 + x) * np.exp(-x) == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(("magnitude", "e"), [(20.5, 0.0), (23.0, 0.3), (25.0, 0.6)])
def test_radii_follow_the_size_magnitude_relation(magnitude, e):
    """Against the density itself, integrated numerically: its median before the ends are cut is the relation's."""
    r = np.linspace(0.0, 20.0, 400_001)
    whole = cumulative_trapezoid(r * np.exp(-(r ** (4 / 3))), r, initial=0.0)
    median = np.interp(0.5 * whole[-1], whole, r)
    scale_length = np.exp(-1.145 - 0.269 * (magnitude - 23.0)) / median * r
    radius = 1.67835 * scale_length * np.sqrt((1 - e) / (1 + e))
    low, high = np.interp([0.1, 1.2], radius, whole)

    drawn = galaxies.draw_radii(np.random.default_rng(2), np.full(N, magnitude), np.full(N, e))
    assert 0.1 <= drawn.min() < drawn.max() <= 1.2
    assert stats.kstest(drawn, lambda x: (np.interp(x, radius, whole) - low) / (high - low)).pvalue > P


def test_centres_are_within_half_a_pixel(drawn):
    half = instrument.PIXEL_SCALE / 2
    for name in ("x", "y"):
        assert np.abs(drawn[name]).max() <= half
        assert stats.kstest(drawn[name], stats.uniform(-half, 2 * half).cdf).pvalue > P


# --- light ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bulge", [0.0, 1.0])
def test_a_large_stamp_has_the_flux_of_the_magnitude(bulge):
    galaxy = GALAXY | {"bulge_fraction": bulge, "e1": 0.3, "e2": -0.2}
    flux = instrument.flux_of(22.0)
    assert instrument.draw(galaxies.profile(galaxy), 128, psf_too=False).sum() == pytest.approx(flux, rel=2e-3)
    assert 0.98 * flux < galaxies.render(galaxy, 128).sum() < flux  # the halo of the Airy disc is wide


def test_a_stamp_of_the_data_has_nearly_all_the_flux():
    for magnitude, radius, least in [(25.0, 0.1, 0.97), (24.0, 0.3, 0.97), (20.0, 1.2, 0.80)]:
        galaxy = GALAXY | {"magnitude": magnitude, "half_light_radius": radius}
        assert least < galaxies.render(galaxy, 48).sum() / instrument.flux_of(magnitude) < 1.0


@pytest.mark.parametrize(
    ("bulge", "e"), [(0.0, (0.0, 0.0)), (0.0, (0.4, 0.0)), (0.3, (-0.2, 0.3)), (1.0, (0.0, 0.0)), (1.0, (-0.2, 0.3))]
)
def test_half_the_light_is_within_the_half_light_radius(bulge, e):
    """Within the ellipse of the shape e with the area of the circle. Tolerance: half a pixel, the width of its edge."""
    galaxy = GALAXY | {"half_light_radius": 1.0, "bulge_fraction": bulge, "e1": e[0], "e2": e[1]}
    image = instrument.draw(galaxies.profile(galaxy), 160, psf_too=False)
    x, y = grid(160)
    square = ((1 + e[0] ** 2 + e[1] ** 2) * (x**2 + y**2) - 2 * e[0] * (x**2 - y**2) - 4 * e[1] * x * y) / (
        1 - e[0] ** 2 - e[1] ** 2
    )
    order = np.argsort(square, axis=None)
    radius = np.sqrt(square.flat[order][np.searchsorted(np.cumsum(image.flat[order]), 0.5 * image.sum())])
    assert radius == pytest.approx(1.0, abs=instrument.PIXEL_SCALE / 2)


@pytest.mark.parametrize(
    ("bulge", "e"),
    [
        (0.0, (0.0, 0.0)),
        (0.0, (0.5, 0.0)),
        (0.0, (-0.3, 0.0)),
        (0.0, (0.1, -0.6)),
        (0.3, (0.0, 0.4)),
        (1.0, (-0.3, 0.2)),
    ],
)
def test_second_moments_without_the_telescope_give_the_ellipticity(bulge, e):
    """All isophotes are similar ellipses. Tolerance: light beyond the stamp, 13 half-light radii from the centre."""
    galaxy = GALAXY | {"bulge_fraction": bulge, "e1": e[0], "e2": e[1], "x": 0.03, "y": -0.05}
    measured = ellipticity(instrument.draw(galaxies.profile(galaxy), 128, psf_too=False))
    assert measured == pytest.approx(e, abs=1e-3)


@pytest.mark.parametrize("name", ["e1", "e2"])
def test_the_telescope_makes_galaxies_rounder_but_keeps_sign_and_order(name):
    true = np.array([-0.6, -0.3, 0.0, 0.3, 0.6])
    images = [galaxies.render(GALAXY | {"half_light_radius": 0.3, name: e}, 64) for e in true]
    seen, other = np.transpose([ellipticity(image) for image in images])[:: 1 if name == "e1" else -1]
    assert np.all(np.diff(seen) > 0)
    assert np.all(seen * true >= 0)
    assert np.all(np.abs(seen[true != 0]) < np.abs(true[true != 0]))
    assert other == pytest.approx(np.zeros(5), abs=2e-3)


def test_positive_e1_lies_along_the_columns_and_positive_e2_along_the_diagonal():
    size = 33
    wide = galaxies.render(GALAXY | {"e1": 0.5}, size)
    assert wide[16, 22] > 2 * wide[22, 16]
    rising = galaxies.render(GALAXY | {"e2": 0.5}, size)
    assert rising[21, 21] > 2 * rising[21, 11]


def test_a_bulge_concentrates_the_light():
    peaks = [galaxies.render(GALAXY | {"bulge_fraction": bulge}, 33).max() for bulge in (0.0, 0.1, 0.3, 1.0)]
    assert np.all(np.diff(peaks) > 0)


def test_signal_to_noise_is_that_of_a_matched_filter():
    rng = np.random.default_rng(3)
    stamp = galaxies.render(GALAXY | {"magnitude": 24.0}, 32)
    weights = stamp / (instrument.background_sigma() ** 2 + stamp / instrument.TOTAL_TIME)
    amplitudes = [np.sum(weights * instrument.expose(stamp, rng)) / np.sum(weights * stamp) for _ in range(4000)]
    snr = galaxies.signal_to_noise(stamp)
    assert np.mean(amplitudes) == pytest.approx(1.0, abs=5 / snr / np.sqrt(4000))
    assert 1 / np.std(amplitudes) == pytest.approx(snr, rel=5 / np.sqrt(8000))


# --- sets -------------------------------------------------------------------------------------------------------------


def test_a_set_is_decided_by_the_seed_whatever_the_number_of_processes():
    one, truth = galaxies.simulate(18, 32, seed=5, processes=1, progress=False)
    two, again = galaxies.simulate(18, 32, seed=5, processes=2, progress=False)
    assert one.dtype == np.float32
    assert one.shape == (18, 32, 32)
    assert np.array_equal(one, two)
    assert truth.keys() == again.keys() == {*GALAXY, "snr"}
    assert all(np.array_equal(truth[name], again[name]) for name in truth)
    assert len(np.unique(truth["magnitude"])) == 18


def test_a_smaller_set_is_the_beginning_of_a_larger_one_and_another_seed_makes_another():
    few, _ = galaxies.simulate(3, 32, seed=5, processes=1, progress=False)
    more, _ = galaxies.simulate(6, 32, seed=5, processes=1, progress=False)
    other, _ = galaxies.simulate(3, 32, seed=6, processes=1, progress=False)
    assert np.array_equal(few, more[:3])
    assert not np.any(np.isclose(few, other).all(axis=(1, 2)))


def test_an_image_is_its_truth_with_noise():
    images, truth = galaxies.simulate(40, 48, seed=8, processes=1, progress=False, magnitudes=(21.0, 23.0))
    for i, image in enumerate(images):
        stamp = galaxies.render({name: values[i] for name, values in truth.items()}, 48)
        variance = instrument.background_sigma() ** 2 + stamp / instrument.TOTAL_TIME
        chi_square = np.sum((image - stamp) ** 2 / variance)
        assert chi_square == pytest.approx(48**2, abs=6 * np.sqrt(2 * 48**2))
        assert truth["snr"][i] == pytest.approx(galaxies.signal_to_noise(stamp))
    assert truth["magnitude"].min() >= 21.0
    assert truth["magnitude"].max() <= 23.0


def test_signal_to_noise_of_the_set_spans_faint_to_bright():
    faint = galaxies.render(GALAXY | {"magnitude": 25.0, "half_light_radius": 0.3}, 48)
    bright = galaxies.render(GALAXY | {"magnitude": 20.0, "half_light_radius": 0.9}, 48)
    assert 10 < galaxies.signal_to_noise(faint) < 30
    assert 200 < galaxies.signal_to_noise(bright) < 500


# --- the data files of vae --------------------------------------------------------------------------------------------


def read(path):
    with np.load(path, allow_pickle=False) as file:
        return file["pixels"] * float(file["step"]), {name: file[name] for name in file.files if name != "pixels"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    made = datasets.make_galaxies(3, {"train": 20, "test": 10}, (21.0, 23.0), processes=1)
    path = tmp_path_factory.mktemp("galaxies") / "galaxies.npz"
    return made, path, storage.save_galaxies(path, made)


def test_a_file_of_galaxies_needs_no_reader_but_numpy(small):
    made, path, digest = small
    images, columns = read(path)
    step = columns["step"]
    assert step == pytest.approx(made.noise / 4)
    assert np.abs(images - made.images).max() <= 0.501 * step
    assert columns["part"].tolist() == ["train"] * 20 + ["test"] * 10
    for name, values in made.truth.items():
        assert columns[f"truth/{name}"] == pytest.approx(values, rel=1e-6)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest == path.with_suffix(".sha256").read_text().split()[0]


def test_the_same_galaxies_make_the_same_bytes(small, tmp_path):
    made, _, digest = small
    assert storage.save_galaxies(tmp_path / "galaxies.npz", made) == digest


def test_every_column_of_the_truth_has_a_unit(small):
    made, _, _ = small
    assert made.truth.keys() <= made.about["units"].keys()
    assert made.about["exposure"] == instrument.TOTAL_TIME


def test_pixels_that_do_not_fit_are_refused(small, tmp_path):
    made, _, _ = small
    for bad in (np.nan, 1e4):
        with pytest.raises(ValueError, match="Pixels are nan or beyond"):
            storage.save_galaxies(tmp_path / "bad.npz", dataclasses.replace(made, images=made.images + bad))
    with pytest.raises(ValueError, match="not as many entries in: part"):
        storage.save_galaxies(tmp_path / "bad.npz", dataclasses.replace(made, part=made.part[1:]))


@pytest.mark.parametrize("name", ["galaxies", "galaxies-heldout"])
def test_galaxies_of_the_assignment(name):
    images, columns = read(ROOT / datasets.DATASETS[name].path)
    parts = {"galaxies": {"train": 4600, "valid": 400, "test": 600}, "galaxies-heldout": {"heldout": 2000}}[name]
    assert {part: int(np.sum(columns["part"] == part)) for part in np.unique(columns["part"])} == parts
    assert images.shape == (sum(parts.values()), 32, 32)
    assert 21.0 <= columns["truth/magnitude"].min() < columns["truth/magnitude"].max() <= 23.0
    assert columns["truth/snr"].min() > 20


def test_held_out_galaxies_are_in_no_release():
    released, heldout = (read(ROOT / datasets.DATASETS[name].path)[0] for name in ("galaxies", "galaxies-heldout"))
    assert not {image.tobytes() for image in released} & {image.tobytes() for image in heldout}
