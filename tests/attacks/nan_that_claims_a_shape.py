"""Returns arrays of nan whose shape, size and dtype are made up. They must be taken for what they are."""

CODE = r"""
import numpy


class Claims(numpy.ndarray):
    shape = (1,)
    size = 1
    ndim = 1
    dtype = numpy.dtype("int64")
    __array_priority__ = 1e9

    def __array_finalize__(self, other):
        pass

    def astype(self, *anything, **more):
        return numpy.array([16])

    def __array__(self, *anything, **more):
        return numpy.array([16])

    def tobytes(self, *anything, **more):
        return b"\x10" + b"\0" * 7

    tolist = item = lambda self, *anything: 16


def dense_parameters(n_in, n_out):
    return numpy.full(1000, numpy.nan).view(Claims)
"""
