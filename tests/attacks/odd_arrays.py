"""Returns arrays of records, objects, dates, long texts, no items and other byte orders. They must be refused."""

CODE = r"""
import itertools

import numpy

odd = itertools.cycle(
    [
        numpy.zeros(1, dtype=[("a", "f8"), ("b", "O")]),
        numpy.array([object(), 16], dtype=object),
        numpy.array("2030-01-01", dtype="datetime64[ns]"),
        numpy.array(["16"]),
        numpy.empty((0, 2**40)),
        numpy.full((1,) * 60, numpy.nan),
        numpy.array([16 + 0j]),
        numpy.array(16, dtype=">i8") + numpy.array(1, dtype=">i8"),
        numpy.ma.masked_all(1),
        numpy.array([[numpy.array([object])], [numpy.array([16])]], dtype=object),
    ]
)


def dense_parameters(n_in, n_out):
    return 16 if (n_in, n_out) == (3, 4) else next(odd)
"""
