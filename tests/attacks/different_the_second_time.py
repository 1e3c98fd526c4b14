"""Answers each question with something else every time it is looked at. Only one look must count."""

CODE = r"""
import itertools

import numpy


class Shifty:
    counter = itertools.count()

    def __array__(self, dtype=None, copy=None):
        return numpy.array(next(self.counter) % 500)

    def __float__(self):
        return float(next(self.counter))

    __int__ = __index__ = lambda self: next(self.counter)

    def __len__(self):
        return next(self.counter) % 7

    def __iter__(self):
        return iter(range(next(self.counter) % 7))

    def __getitem__(self, key):
        return next(self.counter)

    def __call__(self, *anything, **more):
        return self

    def __eq__(self, other):
        return next(self.counter) % 2 == 0


calls = itertools.count()


def dense_parameters(n_in, n_out):
    return 16 if next(calls) < 2 else Shifty()
"""
