"""Patches clocks, sleeps and selects to stand still, so that no limit comes. The limits must be others'."""

SAYS = r"(?i)longer than|stopped"

CODE = r"""
import select
import signal
import time

for name in ("monotonic", "time", "perf_counter", "process_time"):
    setattr(time, name, lambda: 0.0)
time.sleep = lambda seconds: None
signal.setitimer = signal.alarm = signal.signal = lambda *anything: 0
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM, signal.SIGINT, signal.SIGTERM])


def dense_parameters(n_in, n_out):
    while True:
        pass
"""
