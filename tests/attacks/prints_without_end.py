"""Prints half a million lines. What is kept must be small, and the answers be graded."""

RIGHT = True
POINTS = 25
SAYS = r"(?i)dropped"

CODE = r"""
for number in range(500_000):
    print(number, "spam")
"""
