"""Returns an ndarray subclass that lies on its shape, its items and its comparisons. It must get 0."""

CODE = r"""
import numpy


class Lie(numpy.ndarray):
    @property
    def shape(self):
        return ()

    size = 1
    ndim = 0

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return numpy.True_

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def reshape(self, *shape):
        return self

    def __float__(self):
        return 16.0


def dense_parameters(n_in, n_out):
    return numpy.full(1, 16).view(Lie)
"""
