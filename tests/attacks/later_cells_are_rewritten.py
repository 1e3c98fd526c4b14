"""Cells before a test run again and again in a thread, and change the answer under way. Only values must count."""

CODE = r"""
import itertools
import threading
import time

counter = itertools.count()


def flip():
    while True:
        globals()["dense_parameters"] = (lambda n_in, n_out: 16) if next(counter) % 2 else 16
        time.sleep(0.0005)


dense_parameters = 16
threading.Thread(target=flip, daemon=True).start()
"""
