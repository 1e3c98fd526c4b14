"""Closes every open file, its way to the examiner included. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|answer"

CODE = r"""
import os

os.closerange(0, 65536)
"""
