"""Calls exit, quit and sys.exit in a cell of its own. It must cost this cell alone."""

RIGHT = True
POINTS = 25

CODE = r"""
import sys

try:
    exit()
except (SystemExit, Exception) as error:
    print(type(error))
try:
    quit(0)
except (SystemExit, Exception) as error:
    print(type(error))
sys.exit("that was all")
"""
