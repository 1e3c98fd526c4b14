"""Fills memory until there is none left, and tries again when it is refused. It must be stopped, with its line."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)memory"

CODE = r"""
import time

taken = []
while True:
    try:
        taken.append(b"\x01" * 2**25)
    except MemoryError:
        time.sleep(0.01)
"""
