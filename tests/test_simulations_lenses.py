"""The lens equation, light, and the lens sets that the course hands out and grades on."""

import hashlib
import importlib.util
import sys

import numpy as np
import pytest
from helpers import ROOT
from scipy.ndimage import label as connected
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from simulations import instrument, lenses
from simulations.datasets import DATASETS, checksum_holds, make_lenses
from simulations.statistics import radial_profiles, statistics

COMMITTED = [name for name, dataset in DATASETS.items() if dataset.committed]
LENSES = [name for name in COMMITTED if name.startswith("lenses")]


def read(name):
    spec = importlib.util.spec_from_file_location("lens_data_of_tests", ROOT / "source" / "lenses" / "lens_data.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.read_lenses(ROOT / DATASETS[name].path)


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(20261123)


# --- the deflection -----------------------------------------------------------------------------------------------


def test_a_round_lens_deflects_by_its_einstein_radius_everywhere(rng):
    x, y = rng.uniform(-3, 3, size=(2, 200))
    alpha = np.array(lenses.deflection(x, y, theta_E=1.3))
    expected = 1.3 * np.array([x, y]) / np.hypot(x, y)
    np.testing.assert_allclose(alpha, expected, atol=1e-6)


@pytest.mark.parametrize(("q", "angle"), [(0.6, 0.0), (0.6, 0.7), (0.85, 2.5)])
def test_the_divergence_of_the_deflection_is_twice_the_convergence_of_an_isothermal_ellipsoid(rng, q, angle):
    """div alpha = 2 kappa, kappa = theta_E sqrt(q) / (2 sqrt(q^2 x^2 + y^2)), curl alpha = 0: finite differences."""
    x, y = rng.uniform(0.3, 2.0, size=(2, 300)) * rng.choice([-1, 1], size=(2, 300))
    h = 1e-5
    right, left = (lenses.deflection(x + s, y, 1.1, q, angle) for s in (h, -h))
    up, down = (lenses.deflection(x, y + s, 1.1, q, angle) for s in (h, -h))
    divergence = (right[0] - left[0] + up[1] - down[1]) / (2 * h)
    curl = (right[1] - left[1] - up[0] + down[0]) / (2 * h)
    major, minor = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    np.testing.assert_allclose(divergence, 1.1 * np.sqrt(q) / np.hypot(q * major, minor), rtol=1e-5)
    np.testing.assert_allclose(curl, 0.0, atol=1e-6)


def test_shear_is_added_to_the_deflection(rng):
    x, y = rng.normal(size=(2, 50))
    without = np.array(lenses.deflection(x, y, 1.0, 0.8, 0.3))
    sheared = np.array(lenses.deflection(x, y, 1.0, 0.8, 0.3, gamma1=0.05, gamma2=-0.02))
    np.testing.assert_allclose(sheared - without, [0.05 * x - 0.02 * y, -0.02 * x - 0.05 * y], atol=1e-12)


def test_deflection_agrees_with_lenstronomy(rng):
    """Runs where lenstronomy is installed: `pip install lenstronomy`; it is no dependency (docs/decisions/0007)."""
    lens_model = pytest.importorskip("lenstronomy.LensModel.lens_model")
    x, y = rng.uniform(-3, 3, size=(2, 500))
    for q, angle, gamma1, gamma2 in ((0.7, 0.4, 0.03, -0.02), (0.95, 2.0, -0.05, 0.01)):
        e = (1 - q) / (1 + q)
        model = lens_model.LensModel(["SIE", "SHEAR"])
        sie = {"theta_E": 1.2, "e1": e * np.cos(2 * angle), "e2": e * np.sin(2 * angle), "center_x": 0, "center_y": 0}
        expected = model.alpha(x, y, [sie, {"gamma1": gamma1, "gamma2": gamma2}])
        got = lenses.deflection(x, y, 1.2, q, angle, gamma1, gamma2)
        np.testing.assert_allclose(got, expected, atol=1e-6)


# --- light --------------------------------------------------------------------------------------------------------


def test_half_of_a_sersic_profile_lies_within_its_half_light_ellipse():
    x, y = np.meshgrid(*2 * [(np.arange(1600) - 799.5) * 0.01])
    for index, q, angle in ((1.0, 1.0, 0.0), (1.6, 0.5, 0.8)):
        light = lenses.sersic(x, y, 3.0, 0.5, index, q, angle) * 0.01**2
        along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
        inside = q * along**2 + across**2 / q < 0.5**2
        assert light.sum() == pytest.approx(3.0, rel=2e-3)
        assert light[inside].sum() == pytest.approx(1.5, rel=3e-3)


def a_lens(**changes):
    values = dict(
        kind="lens",
        theta_E=1.2,
        mass_q=0.999,
        mass_angle=0.0,
        gamma1=0.0,
        gamma2=0.0,
        lens_magnitude=20.0,
        lens_radius=0.6,
        lens_index=4.0,
        lens_q=0.8,
        lens_angle=0.3,
        lens_x=0.0,
        lens_y=0.0,
        source_magnitude=24.0,
        source_radius=0.03,
        source_index=1.0,
        source_q=0.99,
        source_angle=0.0,
        source_x=0.3,
        source_y=0.0,
    )
    return lenses.System(**values | changes)


def test_a_small_source_behind_a_round_lens_has_two_images_and_the_known_magnification():
    """Images at theta_E + beta and theta_E - beta on opposite sides; total magnification 2 theta_E / beta."""
    x, y = lenses.grid()
    light = lenses.lensed_source(a_lens(), x, y)
    blobs, count = connected(light > 0.05 * light.max())
    assert count == 2
    places = sorted(float(np.average(x[blobs == k], weights=light[blobs == k])) for k in (1, 2))
    assert places == pytest.approx([0.3 - 1.2, 0.3 + 1.2], abs=0.03)
    magnification = light.sum() / instrument.flux_of(24.0)
    assert magnification == pytest.approx(2 * 1.2 / 0.3, rel=0.03)


@pytest.mark.parametrize("kind", lenses.KINDS[1:])
def test_what_is_no_lens_carries_the_light_of_its_lens(rng, kind):
    x, y = lenses.grid()
    system = a_lens(kind=kind, source_radius=0.15)
    arcs = lenses.lensed_source(system, x, y)
    light = lenses.unlensed_light(system, arcs, x, y, rng)
    assert light.min() >= 0
    assert light.sum() == pytest.approx(arcs.sum(), rel=1e-9)
    if kind == "spiral":  # a modulation of mean 1 along each circle leaves the radial profile alone
        r = (np.hypot(x, y) / 0.1).astype(int).ravel()
        of_arcs, of_arms = (np.bincount(r, picture.ravel())[5:20] for picture in (arcs, light))
        np.testing.assert_allclose(of_arms, of_arcs, atol=0.05 * of_arcs.max())


def test_an_object_imaged_twice_is_the_same_object_in_new_noise():
    seed = np.random.SeedSequence(4)
    seen = lenses.observe("spiral", seed, times=2)
    one, two = seen.images
    assert not np.array_equal(one, two)
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.8
    again = lenses.observe("spiral", seed.__class__(4), times=1)
    np.testing.assert_array_equal(again.images[0], one)


def test_a_set_does_not_depend_on_the_number_of_processes():
    first, second = (make_lenses(7, {"train": 20, "test": 4}, 0.3, processes) for processes in (1, 2))
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.objects, second.objects)


# --- the sets that are used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMITTED)
def test_checksum(name):
    assert checksum_holds(name, ROOT)


@pytest.mark.parametrize("name", COMMITTED)
def test_data_files_are_small(name):
    assert (ROOT / DATASETS[name].path).stat().st_size < 10_000_000


@pytest.mark.parametrize("name", LENSES)
def test_half_are_lenses_and_no_object_is_in_two_parts(name):
    stamps = read(name)
    for part in np.unique(stamps.part):
        inside = stamps.part == part
        objects, first = np.unique(stamps.objects[inside], return_index=True)
        assert stamps.labels[inside][first].mean() == pytest.approx(0.5)
        assert not set(objects) & set(stamps.objects[~inside])
    assert np.isfinite(stamps.theta_E[stamps.labels == 1]).all()
    assert np.isnan(stamps.theta_E[stamps.labels == 0]).all()


def test_the_held_out_set_is_not_in_the_release():
    released, held_out = read("lenses"), read("lenses-heldout")
    digests = [{hashlib.sha256(image.tobytes()).digest() for image in stamps.images} for stamps in (released, held_out)]
    assert not digests[0] & digests[1]
    assert not (ROOT / "release" / "lenses" / "data").exists()


@pytest.mark.parametrize("name", LENSES)
def test_no_single_statistic_tells_a_lens(name):
    """AUROC < 0.56; by chance alone it is 0.5 within 0.013 (one standard deviation) on 2,000 images."""
    stamps = read(name)
    for statistic, values in statistics(stamps.images).items():
        area = roc_auc_score(stamps.labels, values)
        assert max(area, 1 - area) < 0.56, statistic


@pytest.mark.parametrize("name", LENSES)
def test_the_radial_profile_does_not_tell_a_lens(name):
    """Gradient boosting on the profile, total flux and peak, trained on the released set: AUROC < 0.70."""
    released, judged = read("lenses"), read(name)

    def features(stamps):
        numbers = statistics(stamps.images)
        columns = [*radial_profiles(stamps.images).T, numbers["total flux"], numbers["peak"]]
        return np.arcsinh(np.stack(columns, axis=1) / stamps.noise)

    train, test = released.part == "train", np.isin(judged.part, ["test", "heldout"])
    model = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.06, random_state=0)
    with threadpool_limits(1):  # more threads than free cores make it slow
        model.fit(features(released)[train], released.labels[train])
    area = roc_auc_score(judged.labels[test], model.predict_proba(features(judged)[test])[:, 1])
    assert area < 0.70
