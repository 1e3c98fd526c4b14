"""Patches isinstance, len, range, print and sorted in builtins to raise. It may lose its own points and no others."""

CODE = r"""
import builtins


def broken(*anything, **more):
    raise SystemExit


def dense_parameters(n_in, n_out):
    return 16


for name in ("print", "sorted", "range", "len", "isinstance"):
    setattr(builtins, name, broken)
"""
