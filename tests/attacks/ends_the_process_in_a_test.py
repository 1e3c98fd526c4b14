"""Ends its process when a test calls it. It must get 0 with a line on why, and a grade at all."""

SAYS = r"(?i)stopped|ended|died"

CODE = r"""
import os


def dense_parameters(n_in, n_out):
    os._exit(0)
"""
