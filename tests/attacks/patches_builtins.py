"""Patches float, int, bool, isinstance, len and all in builtins, so that every comparison holds. It must get 0."""

CODE = r"""
import builtins


class Same(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = float.__hash__


builtins.float = Same
builtins.all = lambda *anything: True
builtins.AssertionError = type("AssertionError", (Exception,), {"__new__": lambda *anything: None})


def dense_parameters(n_in, n_out):
    return 16
"""
