"""Returns objects whose array interface points at memory that is not theirs. Nobody else's memory must be read."""

SAYS = r"(?i)stopped|ended|expected|signal"

CODE = r"""
class Pointer:
    __array_interface__ = {"shape": (10**6,), "typestr": "|u1", "data": (4096, False), "version": 3}

    def __array__(self, *anything, **more):
        import numpy

        return numpy.lib.stride_tricks.as_strided(numpy.zeros(1), shape=(10**6,), strides=(10**6,))


def dense_parameters(n_in, n_out):
    return 16 if (n_in, n_out) == (3, 4) else Pointer()
"""
