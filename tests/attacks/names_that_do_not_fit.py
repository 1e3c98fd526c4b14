"""Fills its namespace with names and modules that lie on what they are called. It must gain nothing."""

CODE = r"""
import types

import numpy

fake = types.ModuleType("numpy")
fake.__getattr__ = lambda name: lambda *anything, **more: True
np = fake
dense_parameters = numpy
mlp_parameters = types.ModuleType("graders.checks.parameters")
batch_norm_parameters = types.ModuleType("os")


class Odd(types.ModuleType):
    __name__ = property(lambda self: {"is": "handle", "on": 0})
    __array__ = None


conv_parameters = Odd("x")
"""
