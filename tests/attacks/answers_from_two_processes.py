"""Forks, so that two processes answer the examiner in turn. It must get 0 at most, and end."""

CODE = r"""
import os

os.fork()


def dense_parameters(n_in, n_out):
    return 16
"""
