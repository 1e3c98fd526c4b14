"""Returns objects that lie on their class, by __class__ and by metaclasses. They must be taken for what they are."""

CODE = r"""
class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(int)

    def mro(cls):
        return [cls, int, object]


class Liar(int, metaclass=Meta):
    __module__ = "builtins"
    __qualname__ = "int"

    @property
    def __class__(self):
        return int

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


class Hollow:
    __class__ = int
    dtype, shape, ndim, size = "int64", (), 0, 1
    __array_interface__ = {"shape": (), "typestr": "<i8", "data": (16, False), "version": 3}


def dense_parameters(n_in, n_out):
    return Liar(16) if n_in % 2 else Hollow()
"""
