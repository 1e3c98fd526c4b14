"""Returns lists, tuples and dictionaries nested a hundred thousand deep. They must be refused."""

CODE = r"""
def nested(kind):
    value = 16
    for _ in range(100_000):
        value = {"list": [value], "tuple": (value,), "dict": {0: value}}[kind]
    return value


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return nested(["list", "tuple", "dict"][n_in % 3])
"""
