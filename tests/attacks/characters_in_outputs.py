"""Prints half characters, control characters and names of errors that no file can hold. It must be graded."""

RIGHT = True
POINTS = 25

CODE = r"""
import sys

from IPython.display import HTML, display

print("\ud800", "\x00\x01\x1b[31m\x1b[2J\x0c\x85\u2028\ufffe", "\r" * 100, "\b" * 100)
print("\udcff", file=sys.stderr)
display(HTML("<b>\udfff\x00</b>"))
raise type("\ud800\nError<b>", (Exception,), {})("\udc00\x00")
"""
