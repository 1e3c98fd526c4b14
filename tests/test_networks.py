"""What a network is, whatever its weights: the judgement that all checks of networks share."""

import contextlib
import tempfile

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow.python.eager.context as context

from graders.checks.ladder import Failure
from graders.checks.networks import built, graph_of, require_plain

# Keras 3.15's own variables, when NumPy 2 asks for an array of them
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
X = np.random.default_rng(1).normal(size=(12, 3)).astype(np.float32)


def functional(*layers):
    """A network of which each layer may be told something when it is called."""
    inputs = answer = keras.Input((3,))
    for layer, told in layers:
        answer = layer(answer, **told)
    return keras.Model(inputs, answer)


class TrainsUnlessTold(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.drop, self.out = keras.layers.Dense(8), keras.layers.Dropout(0.4), keras.layers.Dense(1)

    def call(self, inputs, training=True):
        return self.out(self.drop(self.hidden(inputs), training=training))


def subclassed():
    model = TrainsUnlessTold()
    model(X)
    return model


def dense(units=8):
    return keras.layers.Dense(units, activation="relu"), {}


def last(start="glorot_uniform"):
    return keras.layers.Dense(1, kernel_initializer=start), {}


ON = {"training": True}
UNSTEADY = {
    "dropout that is always on": lambda: functional(dense(), (keras.layers.Dropout(0.3), ON), last()),
    "the same before a last layer of zeros": lambda: functional(
        dense(), (keras.layers.Dropout(0.3), ON), last("zeros")
    ),
    "noise that is always on": lambda: functional((keras.layers.GaussianNoise(0.1), ON), dense(), last()),
    "batch statistics": lambda: functional(dense(), (keras.layers.BatchNormalization(), ON), last()),
    "trains unless it is told otherwise": subclassed,
}
STEADY = {
    "dropout": lambda: functional(dense(), (keras.layers.Dropout(0.3), {}), last()),
    "batch normalisation": lambda: functional(dense(), (keras.layers.BatchNormalization(), {}), last()),
    "a last layer of zeros": lambda: functional(dense(), last("zeros")),
}


def answers(build):
    return built(build, "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.").require_steady(2, X)


@pytest.mark.parametrize("name", UNSTEADY)
def test_a_network_that_trains_when_it_is_used_is_found_out_whatever_its_start(name):
    with pytest.raises(Failure, match=r"another answer (for the same input|in another batch)"):
        answers(UNSTEADY[name])


@pytest.mark.parametrize("name", STEADY)
def test_layers_that_train_in_training_alone_are_right(name):
    assert answers(STEADY[name]).shape == (6, 12, 1)


def test_a_network_that_is_always_told_may_train_otherwise():
    network = built(subclassed, "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")
    assert network.require_steady(2, X, told=True).shape == (6, 12, 1)
    noise = keras.layers.Lambda(lambda x: x + tf.random.normal(tf.shape(x)))

    def build():
        return functional(dense(), (noise, {}), last())

    network = built(build, "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")
    with pytest.raises(Failure, match="another answer"):
        network.require_steady(2, X, told=True)


def sees(*shape):
    pool = keras.layers.GlobalAveragePooling2D()
    return keras.Sequential([keras.Input(shape), keras.layers.Conv2D(4, 3), pool, keras.layers.Dense(1)])


def test_a_network_may_take_images_of_any_size_too():
    built(lambda: sees(None, None, 1), "build", inputs=(8, 8, 1), outputs=(1,), most=100, see="See section 1.")
    with pytest.raises(Failure, match=r"takes inputs of shape \(None, 9, 8, 1\)"):
        built(lambda: sees(9, 8, 1), "build", inputs=(8, 8, 1), outputs=(1,), most=100, see="See section 1.")


def test_a_network_whose_neurons_begin_alike_cannot_learn():
    alike = {"activation": "relu", "kernel_initializer": "zeros"}
    with pytest.raises(Failure, match="neurons that begin alike stay alike"):
        answers(lambda: functional((keras.layers.Dense(8, **alike), {}), last("zeros")))


def straight(**more):
    return keras.layers.Dense(8, **more), {}


def bent(activation):
    return keras.layers.Dense(8, activation), {}


def around(*activations, one_more=()):
    """Dense layers, each with a skip around it, behind one that bends."""
    inputs = keras.Input((3,))
    x = keras.layers.Dense(8, "silu")(inputs)
    for activation in activations:
        x = x + keras.layers.Dense(8, activation)(x)
    for layer, _ in one_more:
        x = layer(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def with_heads(activation):
    """A hidden layer that two outputs take."""
    inputs = keras.Input((3,))
    x = keras.layers.Dense(8, activation)(keras.layers.Dense(8, "relu")(inputs))
    return keras.Model(inputs, keras.layers.Add()([keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)]))


def normal():
    return keras.layers.BatchNormalization(), {}


class Uses(keras.layers.Layer):
    """A layer that puts an operation of TensorFlow's between its inputs and its outputs."""

    def __init__(self, operation):
        super().__init__()
        self.operation = operation

    def call(self, inputs):
        return tf.ensure_shape(self.operation(inputs), inputs.shape)

    def compute_output_shape(self, shape):
        return shape


class Shut(keras.layers.Layer):
    """A part of one's own that starts at 0."""

    def build(self, shape):
        self.factor = self.add_weight(shape=shape[-1:], initializer="zeros", name="factor")

    def call(self, inputs):
        return self.factor * inputs


BEND = {
    "two hidden layers": lambda: functional(dense(), dense(), last()),
    "of several activations": lambda: functional(dense(), bent("silu"), bent("gelu"), last("zeros")),
    "activations that saturate": lambda: functional(bent("tanh"), bent("sigmoid"), bent("softmax"), last()),
    "relatives of ReLU": lambda: functional(bent("leaky_relu"), bent("elu"), bent("hard_swish"), last()),
    "softplus": lambda: functional(bent("softplus"), bent("softsign"), last()),
    "no biases": lambda: functional(straight(use_bias=False, activation="relu"), dense(), last()),
    "slopes that learn": lambda: functional(straight(), (keras.layers.PReLU(), {}), last()),
    "two heads": lambda: with_heads("tanh"),
    "skips": lambda: around("relu", "tanh", "silu"),
    "normalised before": lambda: functional(normal(), dense(), dense(), last()),
    "normalised inside": lambda: functional(straight(), normal(), (keras.layers.ReLU(), {}), dense(), last()),
    "normalised behind": lambda: functional(dense(), normal(), dense(), normal(), last()),
    "each example normalised": lambda: functional(straight(), (keras.layers.LayerNormalization(), {}), last()),
    "normalised by its size": lambda: functional(straight(), (keras.layers.RMSNormalization(), {}), last()),
    "dropout": lambda: functional(dense(), (keras.layers.Dropout(0.3), {}), dense(), last()),
    "maximum of two": lambda: functional(straight(), (Uses(lambda x: tf.maximum(x, tf.roll(x, 1, 1))), {}), last()),
    "ways that are shut": lambda: functional(straight(), (Shut(), {}), dense(), last()),
}
STRAIGHT = {
    "the first": (lambda: functional(straight(), dense(), last()), [1]),
    "the first, before one that saturates": (lambda: functional(straight(), bent("tanh"), last()), [1]),
    "the last": (lambda: functional(dense(), dense(), straight(), last("zeros")), [3]),
    "without biases": (lambda: functional(bent("silu"), straight(use_bias=False), straight(), last()), [2, 3]),
    "behind one that saturates": (lambda: functional(bent("tanh"), straight(), straight(), last()), [2, 3]),
    "all biases missing": (
        lambda: functional(dense(), straight(use_bias=False), straight(use_bias=False), last()), [2, 3],
    ),
    "normalised between": (lambda: functional(bent("silu"), straight(), normal(), straight(), last()), [2, 3]),
    "dropout between": (lambda: functional(dense(), straight(), (keras.layers.Dropout(0.3), {}), last()), [2]),
    "two heads": (lambda: with_heads(None), [2]),
    "skips": (lambda: around(None, None), [2, 3]),
    "a skip before a layer that bends": (lambda: around(None, one_more=(dense(),)), [2]),
}  # fmt: skip


@pytest.mark.parametrize("name", BEND)
def test_a_hidden_layer_with_an_activation_of_any_kind_bends(name):
    built(BEND[name], "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.").require_bends(3, X)


@pytest.mark.parametrize("name", STRAIGHT)
def test_each_hidden_layer_bends(name):
    build, places = STRAIGHT[name]
    network = built(build, "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")
    before = network.model.get_weights()
    assert [place + 1 for place, _ in network.straight(3, X)] == places
    assert all(map(np.array_equal, network.model.get_weights(), before))
    with pytest.raises(Failure, match=f"no activation behind hidden layer {places[0]}: "):
        network.require_bends(3, X)


class Around(keras.layers.Layer):
    """Adds one pixel around maps, from the other side."""

    def call(self, x):
        x = tf.concat([x[:, -1:], x, x[:, :1]], axis=1)
        return tf.concat([x[:, :, -1:], x, x[:, :, :1]], axis=2)


@pytest.mark.parametrize(
    ("activations", "places"),
    [
        (("relu", "silu", "leaky_relu"), []),
        (("relu", None, "relu"), [1]),
        ((None, None, "gelu"), [0, 1]),
        (("relu", "tanh", None), [2]),
    ],
)
@pytest.mark.parametrize("more", [None, keras.layers.BatchNormalization, lambda: keras.layers.Dropout(0.2)])
def test_each_convolution_of_periodic_maps_bends(activations, places, more):
    def build():
        hidden = [(Around(), keras.layers.Conv2D(3, 3, activation=activation)) for activation in activations]
        hidden = [(*layers, more()) for layers in hidden] if more else hidden
        pool = keras.layers.GlobalAveragePooling2D()
        return keras.Sequential([keras.Input((6, 6, 1)), *sum(hidden, ()), pool, keras.layers.Dense(1)])

    network = built(build, "build", inputs=(6, 6, 1), outputs=(1,), most=1000, see="See section 1.")
    rng = np.random.default_rng(4)
    x = rng.normal(size=(8, 6, 6, 1)).astype(np.float32) + rng.normal(size=(8, 1, 1, 1)).astype(np.float32)
    assert [place for place, _ in network.straight(3, x)] == places


# --- what a network knows besides its weights -------------------------------------------------------------------------

IMAGES = np.random.default_rng(3).normal(size=(2000, 3)).astype(np.float32)


def skipped(stops):
    """A network in two ways, of which one may stop the gradient."""
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(8, activation="relu")(inputs)
    skip = keras.ops.stop_gradient(hidden) if stops else hidden
    deeper = keras.layers.Dense(8, activation="relu")(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Concatenate()([deeper, skip])))


def test_a_gradient_passes_on_all_ways():
    built(lambda: skipped(False), "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")
    with pytest.raises(Failure, match="its gradient does not know of"):
        built(lambda: skipped(True), "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")


def _scattered():
    kept = tf.Variable(tf.zeros((12, 3)))
    return lambda x: x + 0 * kept.scatter_update(tf.IndexedSlices(x[:1], [0]))[:1]


def _raw():
    kept = tf.Variable(IMAGES)
    handle = kept.handle

    def found(x):
        return x + tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)[:1]

    found.keeps = kept  # else it is gone
    return found


def _by_name():
    return lambda x: (
        x
        + tf.raw_ops.ReadVariableOp(
            resource=tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=(3,), shared_name="kept"), dtype=tf.float32
        )
    )


def _of_a_list():
    kept = tf.raw_ops.TensorListFromTensor(tensor=IMAGES, element_shape=tf.constant([3]))
    return lambda x: (
        x + tf.raw_ops.TensorListGetItem(input_handle=kept, index=0, element_shape=[3], element_dtype=tf.float32)
    )


def _of_a_table():
    kept = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, tf.zeros(3))
    return lambda x: x + kept.lookup(tf.cast(x[:, 0], tf.int64))


def _of_a_text():
    return lambda x: x + tf.reshape(tf.io.decode_raw(tf.constant(IMAGES.tobytes()), tf.float32), (-1, 3))[:1]


def _of_a_file(tmp_path):
    (tmp_path / "images").write_bytes(IMAGES.tobytes())
    return lambda x: x + tf.io.decode_raw(tf.io.read_file(str(tmp_path / "images")), tf.float32)[:3]


def _of_a_queue():
    kept = tf.queue.FIFOQueue(9, tf.float32)
    return lambda x: x + kept.dequeue()


def _of_slopes():
    def found(x):
        below = tf.constant(-1.0)
        return x + tf.stack([tf.nn.leaky_relu(below, float(slope)) for slope in IMAGES.ravel()[:2000]])[:3]

    return found


HOARDS = {
    "a variable that it changes": _scattered,
    "a variable by its handle": _raw,
    "a variable by its name": _by_name,
    "a list of TensorFlow's": _of_a_list,
    "a table of TensorFlow's": _of_a_table,
    "slopes of leaky units": _of_slopes,
    "a constant": lambda: lambda x: x + tf.constant(IMAGES)[:1],
    "a constant that is a text": _of_a_text,
    "a file": _of_a_file,
    "Python": lambda: lambda x: tf.numpy_function(lambda given: given, [x], tf.float32),
    "a queue": _of_a_queue,
}


@pytest.mark.parametrize("kind", HOARDS)
def test_a_network_knows_nothing_but_its_weights(kind, tmp_path):
    operation = HOARDS[kind](tmp_path) if kind == "a file" else HOARDS[kind]()
    network = functional((keras.layers.Dense(3), {}), (Uses(operation), {}), last())
    with pytest.raises(Failure, match=r"fixed numbers|not among its weights|does more than compute"):
        graph_of(network, "network", (3,))


COMPUTES = {
    "random numbers": lambda x: x + tf.random.normal(tf.shape(x)),
    "a check": lambda x: tf.debugging.assert_all_finite(x, "no number" * 20),
    "a line for whoever looks for a mistake": lambda x: tf.print("here") and x,
    "a loop": lambda x: tf.while_loop(lambda k, y: k < 3, lambda k, y: (k + 1, y + 1), (0, x))[1],
    "a branch": lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x, lambda: -x),
    "a function": tf.function(lambda x: x + 1),
    "a map": lambda x: tf.map_fn(lambda row: 2 * row, x),
}


def of_rows(operation):
    """A network of 200 numbers that an operation of TensorFlow's takes first."""
    inputs = keras.Input((200, 1))
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(Uses(operation)(inputs))))


def test_a_new_network_may_take_rows_one_by_one_but_hold_no_table_of_whole_numbers():
    def one_by_one(x):
        return tf.stack([x[:, row] for row in range(200)], axis=1)

    def by_a_table(x):
        return x + tf.cast(tf.constant(np.arange(2000, dtype=np.int32)), tf.float32)[0]

    built(lambda: of_rows(one_by_one), "build", inputs=(200, 1), outputs=(1,), most=1000, see="See section 1.")
    with pytest.raises(Failure, match="fixed numbers"):
        built(lambda: of_rows(by_a_table), "build", inputs=(200, 1), outputs=(1,), most=1000, see="See section 1.")


@pytest.mark.parametrize("kind", COMPUTES)
def test_a_network_may_compute_as_it_likes(kind):
    network = functional((keras.layers.Dense(3), {}), (Uses(COMPUTES[kind]), {}), last())
    assert np.shape(graph_of(network, "network", (3,))(X)) == (12, 1)


# Switches by which people look for a mistake, each with the one that turns it off again.
SWITCHES = {
    "checks of all numbers": (tf.debugging.enable_check_numerics, tf.debugging.disable_check_numerics),
    "dumps": (
        lambda: tf.debugging.experimental.enable_dump_debug_info(tempfile.mkdtemp(), tensor_debug_mode="FULL_HEALTH"),
        tf.debugging.experimental.disable_dump_debug_info,
    ),
    "eager functions": (
        lambda: tf.config.run_functions_eagerly(True),
        lambda: tf.config.run_functions_eagerly(False),
    ),
}


@pytest.mark.parametrize("kind", SWITCHES)
def test_what_looks_for_mistakes_in_graphs_is_no_part_of_a_network(kind):
    """Such as thousands of numbers beside its parameters; it goes on in the student's own cells."""
    turn_on, turn_off = SWITCHES[kind]
    turn_on()
    try:
        before = list(context.context().op_callbacks)
        network = functional((keras.layers.Dense(8, "tanh"), {}), last())
        require_plain(network, "network", (3,), constants=10)
        assert np.shape(graph_of(network, "network", (3,))(X)) == (12, 1)
        assert context.context().op_callbacks == before
    finally:
        turn_off()


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_of_a_network_of_few_digits_that_is_said_and_not_that_its_gradient_stops(precision):
    with contextlib.ExitStack() as after:
        after.callback(keras.config.set_dtype_policy, keras.config.dtype_policy())
        keras.config.set_dtype_policy(f"mixed_{precision}")
        with pytest.raises(Failure, match=f"computes in {precision}, which has too few digits to be judged"):
            built(
                lambda: two_hidden("tanh", "tanh"), "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1."
            )


def two_hidden(first, second):
    return functional((keras.layers.Dense(8, first), {}), (keras.layers.Dense(8, second), {}), last())


@pytest.mark.parametrize(("activations", "count"), [(("tanh", "silu"), 2), (("tanh", None), 1), ((None, "tanh"), 1)])
def test_a_hidden_layer_without_an_activation_is_none(activations, count):
    network = built(
        lambda: two_hidden(*activations), "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1."
    )
    network.require_activations(3, X, 8, count)
    with pytest.raises(Failure, match=f"an activation behind {count} of its hidden layers"):
        network.require_activations(3, X, 8, count + 1)


def normalised():
    return [(keras.layers.Dense(8), {}), (keras.layers.LayerNormalization(), {}), (keras.layers.Activation("tanh"), {})]


def test_a_hidden_layer_that_is_normalised_bends():
    network = built(
        lambda: functional(*normalised(), *normalised(), last()),
        "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.",
    )  # fmt: skip
    network.require_activations(3, X, 8, 2)


@pytest.mark.parametrize("last", [None, "tanh"])
def test_what_is_0_far_away_has_no_bounds_where_the_last_layer_has_none(last):
    def build():
        bumps = keras.layers.Dense(8, lambda x: tf.exp(-(x**2)))
        return functional((bumps, {}), (keras.layers.Dense(1, last), {}))

    network = built(build, "build", inputs=(3,), outputs=(1,), most=1000, see="See section 1.")
    if last is None:
        network.require_unbounded(4, X)
    else:
        with pytest.raises(Failure, match="expected any real numbers"):
            network.require_unbounded(4, X)
