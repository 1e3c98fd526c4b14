"""Reads memory that is not there. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|signal"

CODE = r"""
import ctypes

ctypes.string_at(0)
"""
