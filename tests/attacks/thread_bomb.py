"""Starts threads without end. It must be stopped, or be refused more of them."""

CODE = r"""
import threading
import time

started = []
while len(started) < 100_000:
    try:
        started.append(threading.Thread(target=time.sleep, args=(1000,), daemon=True))
        started[-1].start()
    except (RuntimeError, MemoryError) as error:
        print(len(started), error)
        break


def dense_parameters(n_in, n_out):
    return 16
"""
