"""Recurses without end, which Python stops. It must cost this cell alone."""

RIGHT = True
POINTS = 25

CODE = r"""
def again(n):
    return again(n + 1) + 1


again(0)
"""
