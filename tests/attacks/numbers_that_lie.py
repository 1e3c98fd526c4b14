"""Returns an int subclass whose comparisons, conversions and hash all lie. Its plain value must be what counts."""

CODE = r"""
class Lie(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __float__(self):
        return FloatLie(16)

    def __int__(self):
        return self

    def __index__(self):
        return self

    def __hash__(self):
        return 16

    def __repr__(self):
        return "16"

    __str__ = __repr__


class FloatLie(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __float__(self):
        return self


def dense_parameters(n_in, n_out):
    return Lie(16)
"""
