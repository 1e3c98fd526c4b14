"""Ends its process in the middle of the notebook. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died"

CODE = r"""
import os

os._exit(0)
"""
