"""Sends the stop signal to itself and its parent, to hang the batch without using any time. It must go on."""

CODE = r"""
import os
import signal


def dense_parameters(n_in, n_out):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 16


if os.getppid() > 1:
    os.kill(os.getppid(), signal.SIGSTOP)
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(0)
os.kill(os.getpid(), signal.SIGSTOP)
"""
