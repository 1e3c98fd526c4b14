"""Returns an object that has every attribute and every method there is, and says 16 to all. It must get 0."""

CODE = r"""
import numpy


class Yes:
    def __getattr__(self, name):
        return Yes()

    def __call__(self, *anything, **more):
        return Yes()

    def __getitem__(self, key):
        return 16

    def __iter__(self):
        return iter([16])

    def __len__(self):
        return 1

    def __float__(self):
        return 16.0

    def __int__(self):
        return 16

    __index__ = __int__

    def __array__(self, *anything, **more):
        return numpy.array(16)

    def __bool__(self):
        return True

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __lt__(self, other):
        return True

    __gt__ = __le__ = __ge__ = __contains__ = __lt__

    def __instancecheck__(self, other):
        return True


dense_parameters = Yes()
"""
