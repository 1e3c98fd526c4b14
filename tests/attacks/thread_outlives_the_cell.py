"""Leaves a thread that prints into every later cell and test. It must harm nothing, itself included."""

RIGHT = True
POINTS = 25

CODE = r"""
import threading
import time


def noise():
    while True:
        print("25")
        get_ipython().displayhook(0)
        time.sleep(0.01)


threading.Thread(target=noise, daemon=True).start()
"""
