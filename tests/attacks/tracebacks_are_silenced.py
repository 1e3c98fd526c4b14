"""Replaces showtraceback and all that shows errors by functions that do nothing. Failures must still count."""

CODE = r"""
import sys

shell = get_ipython()
for name in ("showtraceback", "_showtraceback", "showsyntaxerror", "show_usage_error", "showindentationerror"):
    setattr(shell, name, lambda *anything, **more: None)
shell.InteractiveTB = lambda *anything, **more: None
sys.excepthook = lambda *anything: None


def dense_parameters(n_in, n_out):
    return -1
"""
