"""Answers the public example at once, and sleeps for ever on anything else. It must be stopped, with a sentence."""

SLEEPS = True

CODE = r"""
import time


def dense_parameters(n_in, n_out):
    while (n_in, n_out) != (3, 4):
        try:
            time.sleep(100_000)
        except Exception:
            pass
    return 16
"""
