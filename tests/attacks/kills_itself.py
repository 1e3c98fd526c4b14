"""Kills itself, and should that be refused ends otherwise. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|killed"

CODE = r"""
import os
import time

os.kill(os.getpid(), 9)
time.sleep(0.5)
os.abort()
"""
