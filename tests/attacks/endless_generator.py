"""Returns generators and iterators that never end. They must be refused in the time of one cell."""

CODE = r"""
import itertools


class Endless:
    shape = (3,)

    def __len__(self):
        return 3

    def __iter__(self):
        return itertools.count(16)


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return [itertools.count(16), Endless(), iter(int, 1), (n for n in itertools.count())][n_in % 4]


def mlp_parameters(sizes):
    return Endless()
"""
