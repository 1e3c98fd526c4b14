"""Returns an object that is equal to everything. It is no number, and must get 0."""

CODE = r"""
import numpy


class Anything:
    shape, size, ndim, dtype = (), 1, 0, numpy.dtype(float)

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __array__(self, *anything, **more):
        return numpy.array(Anything.Number(), dtype=object)

    class Number(float):
        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

        __hash__ = None

    __hash__ = None


def dense_parameters(n_in, n_out):
    return Anything()
"""
