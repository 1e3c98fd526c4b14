"""Returns arrays and texts of hundreds of megabytes. They must be refused within the limits of one submission."""

CODE = r"""
import numpy


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    if n_in % 2:
        return numpy.zeros((10**9,), dtype=bool)
    return "16 " * 150_000_000


def mlp_parameters(sizes):
    return numpy.zeros((4, 120_000_000), dtype=bool)
"""
