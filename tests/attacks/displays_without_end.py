"""Calls display a hundred thousand times. What is kept must be small, and the answers be graded."""

RIGHT = True
POINTS = 25

CODE = r"""
from IPython.display import HTML, display

for number in range(100_000):
    display(HTML("<b>spam</b>"))
"""
