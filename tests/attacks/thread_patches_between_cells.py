"""A thread waits until the next cell runs and then patches the answer, the checks and NumPy. It must gain nothing."""

CODE = r"""
import sys
import threading
import time


def dense_parameters(n_in, n_out):
    return 16


def patch():
    for _ in range(3000):
        ladder = sys.modules.get("graders.checks.ladder")
        if ladder is not None:
            ladder.Result.count = lambda self, *anything, **more: None
        globals()["got"] = 16
        globals()["dense_parameters"] = lambda n_in, n_out: 16
        time.sleep(0.001)


threading.Thread(target=patch, daemon=True).start()
"""
