"""Fills memory in many children at a time, each of which stays below the limit. All of them together must not."""

SAYS = r"(?i)memory"

CODE = r"""
import os
import time

for _ in range(40):
    if os.fork() == 0:
        try:
            taken = [b"\x01" * 2**24 for _ in range(16)]
            time.sleep(600)
        finally:
            os._exit(0)
time.sleep(600)
"""
