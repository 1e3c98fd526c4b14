"""Replaces builtins.__import__, so that importing a check gives something lenient. It must gain nothing."""

CODE = r"""
import builtins
import types

kept = builtins.__import__


class Lenient:
    def __getattr__(self, name):
        return lambda *anything, **more: None


def lenient_import(name, globals=None, locals=None, fromlist=(), level=0):
    if name.startswith("graders"):
        return types.SimpleNamespace(parameters=Lenient(), checks=Lenient())
    return kept(name, globals, locals, fromlist, level)


builtins.__import__ = lenient_import


def dense_parameters(n_in, n_out):
    return 16
"""
