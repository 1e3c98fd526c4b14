"""Returns a set of numbers whose hashes are all equal, so that building it takes for ever. It must be cut short."""

CODE = r"""
class Quick(int):
    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return {Quick(number * (2**61 - 1)) for number in range(1, 100_000)}
"""
