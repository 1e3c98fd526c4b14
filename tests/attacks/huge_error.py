"""Fails with an error whose text has 100 MB, and one of a million lines. The answers must be graded."""

RIGHT = True
POINTS = 25

CODE = r"""
import sys

print("x", file=sys.stderr)
raise ValueError("spam\n" * 20_000_000)
"""
