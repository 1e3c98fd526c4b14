"""Recurses through C until the stack is gone. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|signal"

CODE = r"""
import sys

sys.setrecursionlimit(10**9)
nested = []
for _ in range(10**7):
    nested = [nested]
repr(nested)
"""
