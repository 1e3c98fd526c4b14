"""Redefines np, checks, got, per_layer, the builtins and the fixtures of the tests in the notebook. It must get 0."""

CODE = r"""
import types


class Yes:
    def __getattr__(self, name):
        return Yes()

    def __call__(self, *anything, **more):
        return True


python = types.ModuleType("builtins")
python.__dict__.update(__builtins__.__dict__ if hasattr(__builtins__, "__dict__") else __builtins__)
python.__import__ = lambda *anything, **more: Yes()


np = checks = graders = tf = tfk = keras = Yes()
got = expected = total = 16
len = lambda thing: 16
isinstance = hasattr = callable = all = any = lambda *anything: True
print = repr = str = lambda *anything, **more: None
type = lambda thing: int
range = lambda *anything: []
AssertionError = NameError = Exception = BaseException
__builtins__ = python


def dense_parameters(n_in, n_out):
    return 16
"""
