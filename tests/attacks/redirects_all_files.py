"""Puts /dev/null in place of every open file. The points before must be kept, with a line on why."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|answer"

CODE = r"""
import os

nothing = os.open("/dev/null", os.O_RDWR)
for number in range(0, 512):
    try:
        os.fstat(number)
    except OSError:
        continue
    if number != nothing:
        os.dup2(nothing, number)
"""
