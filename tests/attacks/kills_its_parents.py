"""Kills its parent, its group and its session. The batch must go on."""

CODE = r"""
import os
import signal

for work in (
    lambda: os.getppid() > 0 and os.kill(os.getppid(), signal.SIGKILL),
    lambda: os.getppid() > 0 and os.killpg(os.getpgid(os.getppid()), signal.SIGKILL),
    lambda: os.kill(os.getsid(0), signal.SIGTERM),
    lambda: os.killpg(0, signal.SIGTERM),
):
    try:
        work()
    except OSError as error:
        print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
