"""Patches asarray, allclose, isclose, array_equal and isfinite of NumPy to agree with all. It must gain nothing."""

CODE = r"""
import numpy


class Agreeable(float):
    size, ndim, shape = 1, 0, ()
    dtype = numpy.dtype(float)

    def reshape(self, *shape):
        return self

    def __float__(self):
        return self

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = float.__hash__


for name in ("allclose", "isclose", "array_equal", "isfinite", "all", "any"):
    setattr(numpy, name, lambda *anything, **more: True)
numpy.asarray = lambda *anything, **more: Agreeable(16)


def dense_parameters(n_in, n_out):
    return Agreeable(16)
"""
