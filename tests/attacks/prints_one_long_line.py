"""Prints one line of 200 MB. What is kept must be small, and the answers be graded."""

RIGHT = True
POINTS = 25
SAYS = r"(?i)dropped"

CODE = r"""
print("spam " * 40_000_000)
"""
