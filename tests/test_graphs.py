"""What is counted in graphs, wherever it lies; networks as wholes are in test_networks.py."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from graders.checks.graphs import DEEP, FEW, GraphDef, fixed_numbers, more_than_computes

TABLE = np.random.default_rng(1).normal(size=2000).astype(np.float32)
FLOAT = tf.float32.as_datatype_enum


def node(definition, op="Const", **attributes):
    added = definition.node.add(name=f"node_{len(definition.node)}", op=op)
    for name, value in attributes.items():
        getattr(added.attr[name], "tensor" if hasattr(value, "tensor_shape") else "shape").CopyFrom(value)
    return added


def function(definition):
    added = definition.library.function.add()
    added.signature.name = "own"
    return added


def of_a_constant(definition):
    node(definition, value=tf.make_tensor_proto(TABLE))


def in_a_function(definition):
    function(definition).node_def.add(op="Const").attr["value"].tensor.CopyFrom(tf.make_tensor_proto(TABLE))


def as_an_attribute_of_a_function(definition):
    function(definition).attr["_kept"].tensor.CopyFrom(tf.make_tensor_proto(TABLE))


def as_the_default_of_a_function(definition):
    value = function(definition).signature.attr.add(name="v", type="tensor").default_value
    value.tensor.CopyFrom(tf.make_tensor_proto(TABLE))


def given_to_a_function(definition):
    function(definition)
    called = node(definition, "PartitionedCall").attr["f"].func
    called.name = "own"
    called.attr["v"].tensor.CopyFrom(tf.make_tensor_proto(TABLE))


def given_to_a_branch(definition):
    function(definition)
    called = node(definition, "Case").attr["branches"].list.func.add(name="own")
    called.attr["v"].list.tensor.add().CopyFrom(tf.make_tensor_proto(TABLE))


def in_shapes_of_nothing(definition):
    shape = tf.TensorShape((0, *range(2, 2002))).as_proto()
    node(definition, value=tf.compat.v1.make_tensor_proto(0.0)).attr["value"].tensor.tensor_shape.CopyFrom(shape)


def in_short_shapes_of_nothing(definition):
    for first in range(300):
        value = tf.make_tensor_proto(np.zeros((0, *range(2 + first, 2 + first + DEEP - 1)), np.float32))
        node(definition, value=value)


def in_shapes_of_many_axes(definition):
    for _ in range(300):
        node(definition, "EnsureShape", shape=tf.TensorShape(range(2, 2 + FEW // 200)).as_proto())


def beyond_a_shape(definition):
    value = tf.make_tensor_proto(TABLE)
    value.tensor_shape.CopyFrom(tf.TensorShape((1,)).as_proto())
    node(definition, value=value)


def listed_one_by_one(definition):
    node(definition, value=TensorProto(dtype=FLOAT, float_val=TABLE.tolist()))


def as_boundaries(definition):
    node(definition, "Bucketize").attr["boundaries"].list.f.extend(sorted(TABLE.tolist()))


def as_the_wires_of_a_few_constants(definition):
    for _ in range(50):
        node(definition, "Pack").input.extend(f"level_{int(number)}" for number in 16 * np.abs(TABLE[:500]))


def as_bytes(definition):
    node(definition, "Einsum").attr["equation"].s = TABLE.tobytes()


@pytest.mark.parametrize(
    "hide",
    [
        of_a_constant, in_a_function, as_an_attribute_of_a_function, as_the_default_of_a_function, given_to_a_function,
        given_to_a_branch, in_shapes_of_nothing, in_short_shapes_of_nothing, in_shapes_of_many_axes, beyond_a_shape,
        listed_one_by_one, as_boundaries, as_the_wires_of_a_few_constants, as_bytes,
    ],
)  # fmt: skip
def test_numbers_count_wherever_in_a_graph_they_lie(hide):
    definition = GraphDef()
    hide(definition)
    assert min(fixed_numbers(definition), fixed_numbers(definition, free=True)) >= 2000


def test_what_networks_have_of_numbers_is_next_to_none():
    inputs = keras.Input((20, 4))
    recurrent = keras.layers.LSTM(8)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, "softplus")(keras.layers.LayerNormalization()(recurrent)))
    taken = tf.function(model).get_concrete_function(tf.TensorSpec((None, 20, 4)))
    definition = GraphDef.FromString(taken.graph.as_graph_def().SerializeToString())
    assert fixed_numbers(definition) < 100
    assert more_than_computes(definition) is None


@pytest.mark.parametrize("kind", [tf.variant, tf.resource])
def test_a_constant_that_is_no_numbers_is_more_than_computing(kind):
    definition = GraphDef()
    node(definition, value=TensorProto(dtype=kind.as_datatype_enum))
    assert kind.name in more_than_computes(definition)


@pytest.mark.parametrize("calls", ["as an operation", "by its name"])
def test_a_function_that_is_not_in_the_graph_is_more_than_computing(calls):
    definition = GraphDef()
    if calls == "as an operation":
        node(definition, "not_here")
    else:
        node(definition, "PartitionedCall").attr["f"].func.name = "not_here"
    assert more_than_computes(definition) == "not_here"
