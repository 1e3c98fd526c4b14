"""Answers with arrays of no rows and a billion columns, whose mean is gigabytes. The examiner must not fill up."""

CODE = r"""
import numpy

empty = numpy.empty((0, 2 * 10**9), dtype=numpy.float32)


def dense_parameters(n_in, n_out):
    return 16 if (n_in, n_out) == (3, 4) else empty


def build_model(*anything):
    return empty
"""
