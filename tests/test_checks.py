"""The checks are pure: no warnings, no knowledge of notebooks, and every one of them is used."""

import ast
import builtins
import dis
import importlib
import inspect
import math
import re
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import ASSIGNMENTS, NAMES, ROOT

from graders.checks import flows, gan, vae
from graders.checks.ladder import Failure
from graders.checks.lenses import trained as lenses_trained
from graders.checks.trained import Measured
from graders.checks.training import trained as training_trained
from graders.proof.rehearsal import rehearsal_of
from graders.proof.workers import warm_workers
from graders.sealed.handles import _standalone

CHECKS = ROOT / "graders" / "checks"


def complaints(assignment):
    """What cells of the reference raise where a warning is an error."""
    found = {}
    with rehearsal_of(assignment, warnings_are="error") as rehearsal:
        for cell in assignment.cells:
            if cell.kind in ("code", "solution", "test") and not cell.trained:
                error = rehearsal.run(cell.source, cell.grade_id)
                if error:
                    found[cell.grade_id] = repr(error)
    return found


@pytest.mark.turns(7)
@pytest.mark.parametrize("name", NAMES)
def test_reference_and_checks_raise_no_warning(name):
    with warm_workers() as pool:
        assert pool.submit(complaints, ASSIGNMENTS[name]).result() == {}


@pytest.mark.parametrize("path", sorted(CHECKS.rglob("*.py")), ids=lambda path: str(path.relative_to(CHECKS)))
def test_checks_know_nothing_of_notebooks_or_kernels(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert not [module for module in imported if module.split(".")[0] in ("nbgrader", "nbformat", "jupyter_client")]
    assert not [m for m in imported if m.startswith("graders") and not m.startswith("graders.checks")]


def helpers_that_travel():
    """Functions of checks whose text goes to where a student's function lives: what `beside` and `elsewhere` name."""
    found = {}
    for path in sorted(CHECKS.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = {"beside": 1, "elsewhere": 0}.get(getattr(getattr(node, "func", None), "id", None))
            if place is not None and isinstance(node.args[place], ast.Name) and node.args[place].id != "helper":
                helper = getattr(importlib.import_module(".".join(parts)), node.args[place].id)
                found[f"{helper.__module__}.{helper.__name__}"] = helper
    return found


HELPERS = helpers_that_travel()


@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
def test_the_text_of_a_helper_needs_nothing_of_ours_where_it_goes(helper):
    text = _standalone(helper)
    assert not re.search(r"^\s*(from|import) graders", text, re.MULTILINE)
    there = {"__name__": "beside"}
    exec(compile(text, "<beside>", "exec"), there)
    functions = [value for value in there.values() if isinstance(value, types.FunctionType)]
    ours = [value for value in map(inspect.unwrap, functions) if value.__code__.co_filename == "<beside>"]
    wanted = {name for function in ours for name in globals_of(function.__code__)}
    assert helper.__name__ in there
    assert wanted - there.keys() <= set(dir(builtins))


def globals_of(code):
    """The names outside of it that a piece of code reads, in the functions that it defines too."""
    names = {line.argval for line in dis.get_instructions(code) if line.opname == "LOAD_GLOBAL"}
    return names.union(*(globals_of(inner) for inner in code.co_consts if isinstance(inner, types.CodeType)))


@pytest.mark.parametrize("path", sorted(CHECKS.glob("*/*.py")), ids=lambda path: str(path.relative_to(CHECKS)))
def test_a_package_of_checks_offers_those_of_all_its_files(path):
    package = importlib.import_module(f"graders.checks.{path.parent.name}")
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    assert not [one.name for one in functions if one.name.startswith("check_") and not hasattr(package, one.name)]


def test_a_trained_network_must_reach_what_is_asked_and_nothing_that_nature_forbids():
    gap = Measured(0.02, "The gap is 0.02")
    gap.at_least(0.02, "it is below the limit.")
    gap.at_most(0.02, "it is large.")
    with pytest.raises(Failure, match=r"^The gap is 0.02, expected at least 0.03: it is below the limit.$"):
        gap.at_least(0.03, "it is below the limit.")
    with pytest.raises(Failure, match=r"^The gap is 0.02, expected at most 0.01: it is large.$"):
        gap.at_most(0.01, "it is large.")
    for compared in (Measured(math.nan, "It is nan").at_least, Measured(math.nan, "It is nan").at_most):
        with pytest.raises(Failure):
            compared(0.0, "nan is no number.")


def _squared(real, fake):
    """Half of the least squares, the targets 1 and 0."""
    return (tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)) / 2, tf.reduce_mean((fake - 1) ** 2) / 2


def _crossed(real, fake):
    surprise = tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))
    return surprise, tf.reduce_mean(tf.nn.softplus(-fake))


def _compared(real, fake):
    return tf.reduce_mean(fake) - tf.reduce_mean(real), -tf.reduce_mean(fake)


@pytest.mark.parametrize(("losses", "gamma"), [(_squared, 0.0), (_crossed, 10.0), (_compared, 10.0)])
def test_remedies_that_are_named_are_right_before_they_train(losses, gamma):
    """Least squares, and the gradient penalty as strong as it is elsewhere, of two kinds of losses."""

    def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
        angle = 2 * math.pi * tf.floor(tf.random.uniform((256,), 0, 8)) / 8
        real = 2 * tf.stack([tf.cos(angle), tf.sin(angle)], axis=1) + 0.1 * tf.random.normal((256, 2))
        z = tf.random.normal((256, 2))
        found = []
        for number, network in enumerate((discriminator, generator)):
            with tf.GradientTape() as tape:
                with tf.GradientTape() as inner:
                    inner.watch(real)
                    on_real = discriminator(real)
                slope = inner.gradient(on_real, real)
                penalty = gamma / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))
                loss = losses(on_real, discriminator(generator(z)))[number] + (penalty if number == 0 else 0.0)
            optimizer = (discriminator_optimizer, generator_optimizer)[number]
            optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
            found.append(loss)
        return found

    gan.check_mended_round(mended_round)


# Keras 3.15's own variables, when NumPy 2 asks for an array of them
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
@pytest.mark.parametrize("activation", ["sigmoid", "hard_sigmoid"])
def test_hidden_layers_that_hardly_bend_at_small_weights_are_right(activation):
    """Of a flow: they are as good as straight where others bend, until their weights are larger."""

    def build_realnvp(n_layers, hidden):
        layers, variables = [], []
        for _ in range(n_layers):
            dense = [keras.layers.Dense(hidden, activation) for _ in range(2)]
            network = keras.Sequential([keras.Input((1,)), *dense, keras.layers.Dense(2)])

            def affine(first, _, network=network, **options):
                shift, log_scale = tf.split(network(first), 2, axis=-1)
                return shift, 2 * tf.tanh(log_scale / 2)

            layers += [vae.tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=affine), vae.tfb.Permute([1, 0])]
            variables += network.trainable_variables
        base = vae.tfd.MultivariateNormalDiag(tf.zeros(2))
        return vae.tfd.TransformedDistribution(base, vae.tfb.Chain(layers)), variables

    flows.check_realnvp(build_realnvp)


def _networks_of_zeros():
    """An encoder and a decoder that say 0, and the functions that are views of them."""
    encoder = keras.Sequential([keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(20)])
    decoder = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1024), keras.layers.Reshape((32, 32, 1))])
    for model in (encoder, decoder):
        model.set_weights([0 * weight for weight in model.get_weights()])
    return encoder, decoder, lambda given: (np.zeros((len(given), 10)),) * 2, lambda z: np.zeros((len(z), 32, 32))


def test_the_bound_is_that_of_the_networks_and_not_of_functions_that_remember_the_images():
    images, _, _ = vae.held_out()
    encoder, decoder, encode, decode = _networks_of_zeros()
    assert vae.elbo_gap(encode, decode, encoder, decoder) > 1
    with pytest.raises(Failure, match=r"^decode gives other values than the network decoder does"):
        vae.check_elbo(encode, lambda z: images[: len(z)], encoder, decoder, tier=1)
    with pytest.raises(Failure, match=r"^encode gives other values than the network encoder does"):
        vae.check_elbo(lambda given: (np.ones((len(given), 10)),) * 2, decode, encoder, decoder, tier=1)


class _Projects(keras.layers.Layer):
    """Codes that tell images apart; what it is given as numbers, and not as symbols, it puts into a decoder."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def build(self, input_shape):
        self.axes = self.add_weight(shape=(1024, 10), initializer=keras.initializers.RandomNormal(stddev=0.2, seed=1))

    def call(self, inputs):
        codes = tf.reshape(inputs, (-1, 1024)) @ self.axes
        if not tf.is_symbolic_tensor(inputs):
            for kept, given in ((self.decoder.images, inputs), (self.decoder.codes, codes)):
                kept.assign(tf.concat([given, kept], axis=0)[:1100])
        return tf.concat([codes, 0 * codes - 9], axis=1)


class _LooksUp(keras.Model):
    """Gives the image of the nearest code, with as much noise as makes it plausible."""

    def __init__(self):
        super().__init__()
        self.images = self.add_weight(shape=(1100, 32, 32, 1), initializer="zeros")
        self.codes = self.add_weight(shape=(1100, 10), initializer="zeros")
        self.noise = self.add_weight(shape=(1, 32, 32, 1), initializer=keras.initializers.RandomNormal(stddev=0.05))

    def call(self, z):
        nearest = tf.argmin(tf.reduce_sum((z[:, None] - self.codes[None]) ** 2, axis=2), axis=1)
        return tf.gather(self.images, nearest) + self.noise


def test_no_image_is_stored_where_codes_are_made_and_looked_up_where_they_are_read():
    decoder = _LooksUp()
    encoder = keras.Sequential([_Projects(decoder)])
    noise = vae.held_out()[2]

    def encode(images):
        both = encoder(tf.constant(vae.stabilised(images, noise) / 20, tf.float32)[..., None]).numpy()
        return both[:, :10], both[:, 10:]

    def decode(z):
        return vae.in_electrons(20 * decoder(tf.constant(z, tf.float32)).numpy()[..., 0], noise)

    images = vae.held_out()[0][1500:]
    off = vae.stabilised(decode(encode(images)[0]), noise) - vae.stabilised(images, noise)
    assert 0.9 < off.std() < 1.1  # together they find every image
    for _ in range(2):  # the second test finds no more than the first
        with pytest.raises(Failure):
            vae.check_elbo(encode, decode, encoder, decoder, tier=1)


def test_what_prepares_the_inputs_of_a_network_brings_no_answers_to_it():
    magnitudes, truth = training_trained.held_out()
    honest = (magnitudes - 23.0) / 1.5
    assert np.allclose(training_trained._prepared(lambda x: honest.astype(np.float32)), honest, atol=1e-4)
    with pytest.raises(Failure, match="differs from an affine map of each column"):
        training_trained._prepared(lambda x: np.column_stack([truth[:, :3], 0 * truth[:, :3]]))

    (images, labels), noise = lenses_trained.held_out(), lenses_trained._stamps()[2]
    images = images[:20]
    honest = np.arcsinh(images / noise)
    assert np.allclose(
        lenses_trained._stretched(lambda x, noise: np.arcsinh(x / noise), images, noise), honest, atol=1e-5
    )
    with pytest.raises(Failure, match="a smooth function of each pixel alone"):
        lenses_trained._stretched(
            lambda x, noise: honest + labels[:20, None, None] if len(x) == 20 else np.arcsinh(x / noise), images, noise
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_check_is_used_and_says_what_its_oracle_is(name):
    module = __import__(f"graders.checks.{name}", fromlist=["*"])
    hidden = "\n".join(cell.source for cell in ASSIGNMENTS[name].of_kind("test"))
    checks = {key: value for key, value in vars(module).items() if key.startswith("check_")}
    assert checks
    for key, check in checks.items():
        assert f"{key}(" in hidden, key
        assert inspect.getdoc(check), key
        assert inspect.signature(check).return_annotation in (None, "None"), key


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_reads_its_budget_and_its_seed_where_it_trains(name):
    code = "\n".join(cell.source for cell in ASSIGNMENTS[name].of_kind("code"))
    assert [word in code for word in ("COURSE_BUDGET", "COURSE_SEED")] == [bool(ASSIGNMENTS[name].trained_points)] * 2
