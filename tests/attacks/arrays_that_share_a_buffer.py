"""Answers with dozens of arrays that are one buffer on the way, and gigabytes in a test. It must be cut short."""

SAYS = r"answered what no notebook answers"

CODE = r"""
from inside import wire

kept = wire.Encoder._array


def _array(self, array, tag, depth=0):
    encoded = kept(self, array, tag, depth)
    del self.buffers[1:]
    return encoded | {"in": 0}


wire.Encoder._array = _array


def dense_parameters(n_in, n_out):
    import numpy

    return 16 if (n_in, n_out) == (3, 4) else [numpy.ones(2**24, dtype=bool)] * 30
"""
