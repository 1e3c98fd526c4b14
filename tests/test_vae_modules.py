"""The modules beside the notebook `vae` do what they say."""

import importlib

import numpy as np
import pytest
import tensorflow as tf
from helpers import COURSE

from graders.checks import vae as checks  # imports TensorFlow Probability without its warnings
from graders.proof.rehearsal import importing_from

NAMES = ("galaxy_stamps", "stand_ins", "trainer", "latent_flow")


@pytest.fixture(scope="module")
def modules():
    """The modules by name, which nothing else finds by these names afterwards."""
    with importing_from(str(COURSE.source("vae"))):
        yield {name: importlib.import_module(name) for name in NAMES}


def test_stamps_come_with_their_part_and_what_was_put_in(modules):
    stamps, part, truth = modules["galaxy_stamps"].load_galaxies()
    assert stamps.shape == (5600, 32, 32)
    assert {name: int(np.sum(part == name)) for name in ("train", "valid", "test")} == {
        "train": 4600,
        "valid": 400,
        "test": 600,
    }
    assert {len(values) for values in truth.values()} == {5600}


def test_the_noise_of_the_camera_is_that_which_is_judged(modules):
    galaxy_stamps = modules["galaxy_stamps"]
    assert pytest.approx(checks.held_out()[2]) == galaxy_stamps.NOISE
    assert checks.EXPOSURE == galaxy_stamps.EXPOSURE
    flat = np.full((100, 32, 32), 3.0)
    noise = galaxy_stamps.observed(flat, np.random.default_rng(0)) - flat
    # 102,400 numbers: their scatter is known to 0.2%, and this fails once in a million
    assert np.std(noise) == pytest.approx(np.hypot(galaxy_stamps.NOISE, np.sqrt(3.0 / 2264)), rel=0.011)


ANSWERS = {
    "gaussian_log_prob": lambda x, mean, sigma: (
        -tf.reduce_sum(((x - mean) / sigma) ** 2 / 2 + tf.math.log(sigma * np.sqrt(2 * np.pi)), axis=[1, 2, 3])
    ),
    "reparametrise": lambda mean, log_var, eps: mean + tf.exp(log_var / 2) * eps,
    "kl_to_standard_normal": lambda mean, log_var: tf.reduce_sum(tf.exp(log_var) + mean**2 - 1 - log_var, axis=1) / 2,
    "affine_step": lambda z, shift, log_scale: ((z - shift) / tf.exp(log_scale), -tf.reduce_sum(log_scale, axis=1)),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_is_used(modules, name, capsys):
    library = getattr(modules["stand_ins"], name)
    assert modules["stand_ins"].yours_or(library, ANSWERS[name]) is ANSWERS[name]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_double_precision_meets_the_others_in_single_precision(modules, name, capsys):
    stand_ins = modules["stand_ins"]
    library = getattr(stand_ins, name)

    def answer(*arguments):
        return ANSWERS[name](*(tf.cast(argument, tf.float64) for argument in arguments))

    chosen = stand_ins.yours_or(library, answer)
    given = stand_ins.EXAMPLES[library][0]
    assert capsys.readouterr().out == ""
    for got, expected in zip(tf.nest.flatten(chosen(*given)), tf.nest.flatten(answer(*given)), strict=True):
        assert got.dtype == tf.float32
        assert got.numpy() == pytest.approx(expected.numpy(), rel=1e-5, abs=1e-5)


def wrong(*arguments):
    return tf.zeros(2)


def without_gradient(*arguments):
    return ANSWERS["kl_to_standard_normal"](*(tf.stop_gradient(argument) for argument in arguments))


def broken(*arguments):
    raise ValueError("no")


@pytest.mark.parametrize("answer", [wrong, without_gradient, broken, None])
def test_an_answer_that_is_not_right_is_replaced_and_named(modules, answer, capsys):
    stand_ins = modules["stand_ins"]
    assert stand_ins.yours_or(stand_ins.kl_to_standard_normal, answer) is stand_ins.kl_to_standard_normal
    assert "Your kl_to_standard_normal is not used here" in capsys.readouterr().out


def test_a_slip_that_one_example_hides_is_found(modules, capsys):
    """A square that is not halved, where an image is its mean; a weight with a ceiling, below it."""
    stand_ins = modules["stand_ins"]

    def not_halved(x, mean, sigma):
        return ANSWERS["gaussian_log_prob"](x, mean, sigma) - tf.reduce_sum(((x - mean) / sigma) ** 2 / 2, [1, 2, 3])

    def at_most_2(log_likelihood, kl, beta):
        return tf.reduce_mean(tf.minimum(beta, 2.0) * kl - log_likelihood)

    for library, answer in ((stand_ins.gaussian_log_prob, not_halved), (stand_ins.negative_elbo, at_most_2)):
        assert stand_ins.yours_or(library, answer) is library
        assert f"Your {library.__name__} is not used here" in capsys.readouterr().out


def test_gradients_that_come_by_gather_are_right(modules):
    def gathered(log_likelihood, kl, beta):
        order = tf.argsort(kl)
        return tf.reduce_mean(beta * tf.gather(kl, order) - tf.gather(log_likelihood, order))

    assert modules["stand_ins"].yours_or(modules["stand_ins"].negative_elbo, gathered) is gathered


def unwritten(*arguments):
    raise NotImplementedError("Return the divergence.")


def test_what_is_not_written_yet_says_so(modules):
    with pytest.raises(NotImplementedError, match="Return the divergence"):
        modules["stand_ins"].yours_or(modules["stand_ins"].affine_step, unwritten)
    with pytest.raises(NotImplementedError, match="Return the divergence"):
        modules["stand_ins"].yours_or_a_table(unwritten, unstabilise, np.ones(3), 0.5, 4.0)


def stabilise(images, noise, exposure):
    return 2 * exposure * (np.sqrt(noise**2 + images / exposure) - noise)


def unstabilise(y, noise, exposure):
    return exposure * ((y / (2 * exposure) + noise) ** 2 - noise**2)


def test_a_table_stands_in_for_a_wrong_transformation(modules, capsys):
    pixels = np.array([0.0, 3.0, -0.01])
    camera = modules["galaxy_stamps"].NOISE, modules["galaxy_stamps"].EXPOSURE
    choose = modules["stand_ins"].yours_or_a_table
    assert choose(stabilise, unstabilise, pixels, *camera) is stabilise
    chosen = choose(lambda images, *camera: images, unstabilise, pixels, *camera)
    assert "Your stabilise is not used here" in capsys.readouterr().out
    assert chosen(pixels, *camera) == pytest.approx(stabilise(pixels, *camera), abs=1e-3)


def test_every_image_comes_once_in_an_epoch_and_progress_is_told(modules, capsys):
    seen = []

    def step(encoder, decoder, optimizer, y, eps, beta):
        tf.py_function(lambda some, weight: seen.append((some.numpy().ravel(), float(weight))), [y, beta], [])
        return tf.constant(-1.0), tf.constant(2.0)

    encoder = tf.keras.Sequential([tf.keras.Input((1, 1, 1)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(4)])
    decoder = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
    images = np.arange(64, dtype=np.float32).reshape(64, 1, 1, 1)
    trainer = modules["trainer"].Trainer(step, encoder, decoder, images, 1e-3, seed=0)
    trainer.run(2, lambda k: k / 2, every=1)
    assert sorted(np.concatenate([some for some, _ in seen])) == list(range(64))
    assert [weight for _, weight in seen] == trainer.history["weight"] == [0.0, 0.5]
    assert trainer.history["kl"] == [2.0, 2.0]
    assert capsys.readouterr().out.count("s left") == 2


def test_a_flow_undoes_its_steps(modules):
    tf.keras.utils.set_random_seed(0)
    properties = np.random.default_rng(0).normal(3, 2, size=(50, 4))
    flow = modules["latent_flow"].LatentFlow(ANSWERS["affine_step"], 3, properties)
    given = flow.standard(properties)
    assert given.mean(axis=0) == pytest.approx(0, abs=1e-6)
    assert given.std(axis=0) == pytest.approx(1, abs=1e-5)
    u = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    z = tf.constant(flow.sample(u, tf.constant(given)))
    for network in flow.networks:
        z = tf.reverse(flow.step(z, *flow.shift_and_log_scale(network, z, given))[0], [-1])
    assert np.asarray(z) == pytest.approx(u, abs=1e-4)


def test_a_trained_network_is_judged_after_each_weight(modules, capsys):
    weights = []

    def step(encoder, decoder, optimizer, y, eps, beta):
        tf.py_function(lambda weight: weights.append(float(weight)), [beta], [])
        return tf.constant(-1.0), tf.constant(2.0)

    def code_of(encoder, y):
        return tf.split(encoder(y), 2, axis=-1)

    encoder = tf.keras.Sequential([tf.keras.Input((1, 1, 1)), tf.keras.layers.Flatten()])
    encoder.add(
        tf.keras.layers.Dense(4, bias_initializer=tf.keras.initializers.Constant(0.5), kernel_initializer="zeros")
    )
    decoder = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    decoder.add(tf.keras.layers.Reshape((1, 1, 1)))
    images = np.full((64, 1, 1, 1), 3.0, dtype=np.float32)
    trainer = modules["trainer"].Trainer(step, encoder, decoder, images, 1e-3, seed=0)
    both = code_of, lambda decoder, z: decoder(z)
    found = modules["trainer"].rates_and_distortions(trainer, [1, 10], 2, images, both, lambda *given: given[2] * 10)
    assert weights == [1, 1, 10, 10]
    for rate, distortion, number in found.values():  # means and log-variances are 0.5, and the images are 0
        assert rate == pytest.approx(np.exp(0.5) + 0.25 - 1 - 0.5)
        assert (distortion, number) == (4.0, 1)
    assert list(found) == [1, 10]
    assert capsys.readouterr().out.count("nats per pixel below the limit") == 2


def test_orders_change_one_property_along_a_row():
    with importing_from(str(COURSE.source("vae"))):
        orders = importlib.import_module("figures").orders()
    assert [np.flatnonzero(np.ptp(rows, axis=0)).tolist() for rows in orders.values()] == [[0], [1], [2], [3]]
    assert [row.tolist() for row in (orders["magnitude 21.1 to 22.9"][0], orders["$e_2$ from -0.5 to 0.5"][7])] == [
        [21.1, 0.5, 0.0, 0.0],
        [22.0, 0.5, 0.0, 0.5],
    ]
