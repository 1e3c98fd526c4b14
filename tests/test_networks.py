"""What a network is, whatever its weights: the judgement that all checks of networks share."""

import keras
import numpy as np
import pytest

from graders.checks.ladder import Failure
from graders.checks.networks import built

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
