"""The ladder accepts every right form, and the first rung that fails says what is wrong in one sentence."""

import asyncio
import warnings
from functools import partial

import numpy as np
import pytest
import tensorflow as tf

from graders.checks.ladder import Failure, Function, beside, brief, draws, require


def returns(value):
    return Function(lambda x: value, "f")(1)


RIGHT_COUNTS = [
    16,
    16.0,
    np.int64(16),
    np.float32(16),
    np.array(16),
    np.array([16]),
    tf.constant(16),
    tf.constant(16.0),
]


@pytest.mark.parametrize("value", RIGHT_COUNTS, ids=repr)
def test_a_right_count_passes_in_every_form(value):
    returns(value).count(16)


RIGHT_ARRAYS = [
    [[1, 2], [3, 4]],
    ((1.0, 2.0), (3.0, 4.0)),
    np.array([[1, 2], [3, 4]], dtype=np.float32),
    np.array([[1, 2], [3, 4]], dtype=object),
    tf.constant([[1.0, 2.0], [3.0, 4.0]]),
    tf.Variable([[1.0, 2.0], [3.0, 4.0]]),
    [np.array([1.0, 2.0]), tf.constant([3.0, 4.0])],
]


@pytest.mark.parametrize("value", RIGHT_ARRAYS, ids=lambda value: type(value).__name__)
def test_a_right_array_passes_in_every_form(value):
    returns(value).close([[1, 2], [3, 4]])


@pytest.mark.parametrize("value", [(3, 4), [3, 4], np.array([3, 4]), tf.TensorShape([3, 4]), (3.0, 4.0)], ids=repr)
def test_a_right_shape_passes_in_every_form(value):
    returns(value).shape((3, 4))


@pytest.mark.parametrize("value", [(3, 4), [3, 4], np.array([3, 4]), tf.constant([3, 4])], ids=repr)
def test_an_answer_of_two_parts_passes_in_every_form(value):
    dw, db = returns(value).unpack("dw", "db")
    dw.count(3)
    db.count(4)
    assert len(returns(value).sequence(2)) == 2


WRONG = {
    "nothing": (lambda: returns(None).count(16), "f(1) returned None, expected a number: is there a return statement?"),
    "text": (lambda: returns("16").count(16), "f(1) returned '16', expected a number."),
    "a wrong count": (
        lambda: returns(12).count(16, "add the biases."),
        "f(1) returned 12, expected 16: add the biases.",
    ),
    "true": (lambda: returns(True).count(1), "f(1) returned True, expected a count."),
    "a fraction": (lambda: returns(15.5).count(16), "f(1) returned 15.5, expected 16."),
    "not a number": (lambda: returns(float("nan")).count(16), "f(1) returned nan, expected a finite number."),
    "two numbers": (lambda: returns([1, 2]).count(16), "f(1) returned [1, 2], expected a single number."),
    "complex": (lambda: returns(1j).number(), "f(1) returned complex numbers, expected a number."),
    "a wrong array shape": (
        lambda: returns(np.zeros((2, 3))).close(np.zeros((3, 2))),
        "f(1) returned an array of shape (2, 3), expected (3, 2).",
    ),
    "infinite values": (
        lambda: returns(np.array([1.0, np.inf])).array(),
        "f(1) returned 1 value of 2 that are nan or infinite.",
    ),
    "a ragged list": (
        lambda: returns([[1], [2, 3]]).array(),
        "f(1) returned [[1], [2, 3]], expected an array of numbers: its rows may have different lengths.",
    ),
    "a wrong value": (
        lambda: returns(np.arange(8.0).reshape(2, 4)).close(np.zeros((2, 4)), "see section 1."),
        "f(1) is wrong in 7 of 8 values: [1, 3] is 7, expected 0: see section 1.",
    ),
    "a wrong short array": (lambda: returns([1.0, 2.0]).close([1.0, 3.0]), "f(1) returned [1, 2], expected [1, 3]."),
    "a wrong number": (lambda: returns(0.25).close(0.5), "f(1) returned 0.25, expected 0.5."),
    "a wrong shape": (lambda: returns((3, 4)).shape((4, 3)), "f(1) returned (3, 4), expected (4, 3)."),
    "no shape": (lambda: returns(3).shape((4, 3)), "f(1) returned 3, expected a shape such as (4, 3)."),
    "too few parts": (lambda: returns((1,)).unpack("dw", "db"), "f(1) returned 1 values, expected 2: dw, db."),
    "no parts": (lambda: returns(1).unpack("dw", "db"), "f(1) returned 1, expected 2 values: dw, db."),
    "a short list": (lambda: returns([1]).sequence(2, "gradients"), "f(1) returned 1 gradients, expected 2."),
    "no model": (lambda: returns(3).keras_model(), "f(1) returned 3, expected a built Keras model"),
    "an unbuilt model": (
        lambda: returns(tf.keras.Sequential([tf.keras.layers.Dense(1)])).keras_model(),
        "f(1) returned a Keras model that knows no input shape, expected a built Keras model",
    ),
    "no function": (lambda: Function(3, "f"), "f is 3, expected a function: do not assign to its name."),
    "another signature": (lambda: Function(lambda: 1, "f")(1, 2), "f(1, 2) does not fit your definition f()"),
    "an error": (lambda: Function(lambda x: 1 / 0, "f")(1), "f(1) stopped with ZeroDivisionError: division by zero."),
    "a stub": (lambda: Function(stub, "f")(1), "f is not written yet: Return the count."),
    "a property": (lambda: require(False, "the  density\n is negative."), "the density is negative."),
}


def stub(x):
    raise NotImplementedError("Return the count.")


@pytest.mark.parametrize(("check", "sentence"), WRONG.values(), ids=WRONG)
def test_the_first_rung_that_fails_says_so_in_one_sentence(check, sentence):
    with pytest.raises(Failure) as caught:
        check()
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@tf.function
def compiled_stub(x):
    return stub(x)


class LayerWithAStub(tf.keras.layers.Layer):
    def call(self, x):
        return stub(x)


class LayerWithoutCall(tf.keras.layers.Layer):
    pass


# Libraries raise the error of stubs, too, leave their frames out of its trace, and put a stub's sentence into theirs.
NOT_IMPLEMENTED = {
    "a stub": (stub, "f is not written yet: Return the count."),
    "a stub that is compiled": (compiled_stub, "f is not written yet: Return the count."),
    "a stub that is compiled as it is": (
        tf.function(stub, autograph=False),
        "f is not written yet: Return the count.",
    ),
    "a stub in a layer": (lambda x: LayerWithAStub()(tf.ones((1, 1))), "f is not written yet: Return the count."),
    "NumPy on a tensor that is none yet": (
        tf.function(lambda x: np.subtract(x, 1)),
        "f(1) stopped with NotImplementedError: Cannot convert a symbolic tf.Tensor",
    ),
    "the same as it is": (
        tf.function(lambda x: np.exp(x), autograph=False),
        "f(1) stopped with NotImplementedError: Cannot convert a symbolic tf.Tensor",
    ),
    "a layer that lacks a method": (
        lambda x: LayerWithoutCall()(tf.ones((1, 1))),
        "f(1) stopped with NotImplementedError: Exception encountered when calling LayerWithoutCall.call(). Layer",
    ),
    "a method of a base class": (
        lambda x: asyncio.AbstractEventLoop().time(),
        "f(1) stopped with NotImplementedError.",
    ),
    "a compiled function of wrong shapes": (
        tf.function(lambda x: tf.matmul(x, x)),
        "f(1) stopped with ValueError: Shape must be rank 2 but is rank 0",
    ),
}


@pytest.mark.parametrize("name", NOT_IMPLEMENTED)
def test_what_is_not_written_yet_is_told_from_what_a_library_cannot_do(name):
    function, sentence = NOT_IMPLEMENTED[name]
    with pytest.raises(Failure) as caught:
        Function(function, "f")(tf.constant(1.0))
    said = str(caught.value)
    assert said.startswith(sentence)
    assert "\x1b" not in said
    assert ("symbolic" in said) == said.endswith("Use TensorFlow's functions on tensors, not NumPy's.")


def spoil_array(x):
    x[:] = 0


def spoil_nested(x):
    x[0]["b"].sort()


CHANGES = {
    "an array": (spoil_array, np.ones(3)),
    "a zero of an array": (lambda x: np.maximum(x, 1e-12, out=x), np.array([0.5, 0.0])),
    "a list": (list.reverse, [1, 2]),
    "an array in a list": (lambda x: x[1].fill(0), [1, np.ones(2)]),
    "a list in a dictionary in a list": (spoil_nested, [{"b": [2, 1]}]),
    "an item of a list put aside": (lambda x: x.clear(), [np.ones(2)]),
    "a variable": (lambda x: x.assign_add(1.0), tf.Variable(1.0)),
}


CONSTANT = np.arange(3.0)
RAGGED = np.array([np.ones(2), np.ones(3)], dtype=object)


@pytest.mark.parametrize("value", [object(), iter([]), np.random.default_rng(0), tf.keras.optimizers.Adam()])
def test_no_sentence_shows_where_something_is_in_memory(value):
    assert " at 0x" not in brief(value)


@pytest.mark.parametrize(("function", "value"), CHANGES.values(), ids=CHANGES)
def test_what_a_function_is_given_stays_as_it_is(function, value):
    with pytest.raises(Failure, match="changed its argument number 1: leave what a function is given as it is"):
        Function(function, "f")(value)
    Function(function, "f", may_change=(0,))(value)


def hand_out(form):
    buffer = np.zeros(9)

    def fill(x):
        buffer[:3] = x
        return form(buffer)

    return fill


FORMS = {
    "an array": lambda buffer: buffer,
    "a view": lambda buffer: buffer[1:3],
    "one of several": lambda buffer: (0.5, [buffer[:3], np.ones(2)]),
    "seen by another type": lambda buffer: buffer.view(np.uint8),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_a_function_has_returned_stays_as_it_is(form):
    student = Function(hand_out(form), "f")
    student(np.array([1.0, 2.0, 3.0]))
    with pytest.raises(Failure, match="changed what an earlier call had returned: make the answer anew in each call"):
        student(np.array([4.0, 5.0, 6.0]))


def test_the_last_calls_are_remembered_not_the_last_alone():
    one, other = hand_out(FORMS["an array"]), Function(lambda x: one(x) if x[0] else x.copy(), "f")
    other(np.ones(3))
    other(np.zeros(3))
    with pytest.raises(Failure, match="changed what an earlier call had returned"):
        other(2 * np.ones(3))


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x,
        lambda x: x[::-1],
        lambda x: CONSTANT,
        lambda x: [CONSTANT, x, 1.0],
        lambda x: np.ma.masked_array(x, x > 0),
        lambda x: RAGGED,
        lambda x: (RAGGED, np.array(["a", None], dtype=object), np.array("text")),
        lambda x: np.full(3, np.nan) if x[0] else np.array([]),
    ],
)
def test_views_and_what_is_always_the_same_may_be_returned(answer):
    student = Function(answer, "f")
    for values in (np.ones(3), np.zeros(3), np.ones(3)):
        student(values)


def test_a_function_that_writes_into_its_arguments_does_not_change_ours():
    values = np.ones(3)
    Function(spoil_array, "f", may_change=(0,))(values)
    assert values.tolist() == [1, 1, 1]


def test_a_step_there_and_back_is_no_change():
    def wander(x):
        x[0] += 1e-5
        x[0] -= 2e-5
        x[0] += 1e-5

    Function(wander, "f")(np.array([0.3, -1e6]))


def test_a_model_may_be_trained_unless_it_must_keep_its_weights():
    def train(model):
        model.set_weights([array + 1 for array in model.get_weights()])

    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
    Function(train, "f")(model)
    with pytest.raises(Failure, match="changed its argument number 1"):
        Function(train, "f", keeps=(0,))(model)


@pytest.mark.parametrize("touch", [lambda x: np.random.random(), lambda x: np.random.seed(0)])
def test_random_numbers_are_drawn_only_where_a_task_says_so(touch):
    with pytest.raises(Failure, match="global random state"):
        Function(touch, "f")(1)
    Function(touch, "f", may_draw=True)(1)


def test_what_makes_a_network_may_seed_its_weights():
    def build(units, listed):
        tf.keras.utils.set_random_seed(3)
        model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(units)])
        return (model, model.trainable_variables) if listed else model

    for listed in (False, True):
        Function(build, "f")(2, listed)


class Doubler:
    def __call__(self, x):
        return 2 * x


@pytest.mark.parametrize(
    "double", [partial(np.multiply, 2), partial(lambda a, x: a * x, 2), Doubler()], ids=["ufunc", "lambda", "object"]
)
def test_whatever_can_be_called_is_a_function(double):
    Function(double, "double")(3).count(6)


def test_long_values_are_named_by_their_shape():
    assert (
        Function(lambda x: x, "f").describe(np.zeros((4, 3)), [1, 2], "same")
        == "f(an array of shape (4, 3), [1, 2], 'same')"
    )


def test_draws_are_the_same_each_time():
    assert [rng.integers(1000) for rng in draws(7, 5)] == [rng.integers(1000) for rng in draws(7, 5)]


def copies(variable):
    """A helper of a check, as several are, for which NumPy warns of TensorFlow."""
    return np.array(variable).tolist()


def test_warnings_that_a_student_has_made_errors_are_those_of_the_students_own_code():
    """What checks and libraries are warned of costs nobody points, in whatever way their warnings are filtered."""
    own = {"__name__": "__main__", "np": np}
    exec("def warned(x):\n    return np.log(x)", own)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert beside(own["warned"], copies, tf.Variable([1.0])) == [1.0]
        with pytest.raises(Failure, match="stopped with RuntimeWarning: divide by zero"):
            Function(own["warned"], "warned")(0.0)
