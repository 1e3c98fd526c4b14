"""Registers work for the end of the process, that waits and writes. It must be cut short."""

RIGHT = True
POINTS = 25

CODE = r"""
import atexit
import threading
import time
import weakref


def work():
    with open("/tmp/at-the-end", "w") as file:
        file.write("still here")
    time.sleep(1000)


class Thing:
    def __del__(self):
        work()


atexit.register(work)
threading._register_atexit(work)
thing = Thing()
weakref.finalize(thing, work)
"""
