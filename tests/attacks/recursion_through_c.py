"""Recurses through C until the stack is gone. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|signal"

CODE = r"""
nested = ()
for _ in range(10**6):
    nested = (nested,)
hash(nested)
"""
