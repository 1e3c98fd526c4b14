"""The modules beside the notebook `inference` do what they say."""

import importlib

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from helpers import COURSE

from graders.proof.rehearsal import importing_from

NAMES = ("theta_grid", "regressors", "trainer")


@pytest.fixture(scope="module")
def modules():
    """The modules by name, which nothing else finds by these names afterwards."""
    with importing_from(str(COURSE.source("inference"))):
        yield {name: importlib.import_module(name) for name in NAMES}


@pytest.fixture
def gaussian(modules):
    """The density of two correlated numbers on the grid, and its covariance."""
    cov = np.array([[0.5, 0.3], [0.3, 0.4]])
    return scipy.stats.multivariate_normal([0.5, -1.0], cov).pdf(modules["theta_grid"].GRID)[None], cov


def test_the_grid_holds_nearly_all_of_the_prior(modules):
    grid = modules["theta_grid"]
    assert pytest.approx(scipy.stats.multivariate_normal([0, 0]).pdf(grid.GRID)) == grid.PRIOR
    assert np.sum(grid.PRIOR) * grid.AREA == pytest.approx(1, abs=1e-5)


def test_each_point_is_in_the_cell_around_it(modules):
    grid = modules["theta_grid"]
    theta = np.random.default_rng(0).uniform(-5, 5, size=(100, 2))
    assert np.abs(grid.GRID[grid.nearest_cell(theta)] - theta).max() <= grid.STEP / 2 + 1e-12
    assert grid.GRID[grid.nearest_cell(np.array([[9.0, -7.0]]))].tolist() == [[5.0, -5.0]]


def test_a_density_is_read_at_its_point(modules, gaussian):
    grid, (density, cov) = modules["theta_grid"], gaussian
    at = grid.GRID[[7000, 7130]]
    expected = scipy.stats.multivariate_normal([0.5, -1.0], cov).logpdf(at)
    assert grid.log_at(np.tile(density, (2, 1)), at) == pytest.approx(expected)
    assert grid.log_at(np.zeros_like(density), at[:1]) == -np.inf


def test_samples_have_the_moments_of_their_density(modules, gaussian):
    grid, (density, cov) = modules["theta_grid"], gaussian
    samples = grid.samples_of(np.concatenate([density, grid.PRIOR[None]]), 20000, np.random.default_rng(0))
    assert samples.shape == (2, 20000, 2)
    # a standard error is at most 0.007, and a cell adds 0.0006 to a variance
    assert samples.mean(axis=1) == pytest.approx(np.array([[0.5, -1.0], [0.0, 0.0]]), abs=0.04)
    assert np.cov(samples[0].T) == pytest.approx(cov, abs=0.04)
    assert np.cov(samples[1].T) == pytest.approx(np.eye(2), abs=0.06)


def test_lines_hold_their_share_of_a_density(modules, gaussian):
    grid, (density, _) = modules["theta_grid"], gaussian
    held = [np.sum(density[density >= height]) * grid.AREA for height in grid.heights(density[0])]
    assert held == pytest.approx([0.95, 0.68], abs=0.01)


def test_regressors_are_products_of_powers(modules):
    regressors = modules["regressors"]
    theta, x = np.array([[2.0, 3.0]]), np.array([[5.0, 7.0]])
    assert regressors.linear(theta).tolist() == [[1, 2, 3]]
    assert regressors.quadratic(theta).tolist() == [[1, 2, 3, 4, 9, 6]]
    assert regressors.of_scores(theta, x).tolist() == [[1, 2, 3, 4, 9, 6, 8, 5, 10, 15, 7, 14, 21]]
    assert regressors.bent(x).tolist() == [[1, 5, 7, 25, 49]]


def test_networks_are_trained_towards_a_lower_loss(modules):
    tf.keras.utils.set_random_seed(0)
    network = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])

    def loss():
        return tf.reduce_mean((network(tf.ones((1, 1))) - 0.2) ** 2)

    before = float(loss())
    modules["trainer"].minimise(loss, [network], 1)
    after_one = float(loss())
    modules["trainer"].minimise(loss, [network], 600)
    assert after_one < before
    assert float(loss()) < 0.1 * before


def test_a_classifier_learns_the_ratio_of_two_gaussians(modules):
    """Data are theta and noise, so that the logarithm of the ratio is known."""
    rng = np.random.default_rng(0)
    theta = rng.normal(size=(20000, 2))
    x = np.repeat(theta, 2, axis=1) + rng.normal(size=(20000, 4))
    classifier = modules["trainer"].PairClassifier(seed=0)
    classifier.train(theta, x, 300)
    some, seen = rng.normal(size=(200, 2)), np.full(4, 0.5)
    logits = classifier.logits(some, seen)
    assert logits.shape == (1, 200)
    cov = np.eye(4) + np.kron(np.eye(2), np.ones((2, 2)))
    ratio = -0.5 * np.sum((seen - np.repeat(some, 2, axis=1)) ** 2, axis=1) + 0.5 * np.linalg.slogdet(cov)[1]
    ratio += 0.5 * seen @ np.linalg.inv(cov) @ seen
    assert np.corrcoef(logits[0], ratio)[0, 1] > 0.95
    assert np.sqrt(np.mean((logits[0] - ratio) ** 2)) < 0.5 * np.std(ratio)
