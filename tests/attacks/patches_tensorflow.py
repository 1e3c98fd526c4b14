"""Replaces tf.keras, tf.debugging and tf.constant by things that agree with all. It must gain nothing."""

CODE = r"""
import types

tf.debugging.assert_near = tf.debugging.assert_equal = lambda *anything, **more: None
tf.keras = types.SimpleNamespace(layers=types.SimpleNamespace(), Sequential=None, Model=None)
tf.reduce_all = lambda *anything, **more: True


def dense_parameters(n_in, n_out):
    return 16
"""
