"""Forks without end, in every child again. It must be stopped as a whole, and soon."""

SAYS = r"(?i)process|thread|stopped"

CODE = r"""
import os

while True:
    try:
        os.fork()
    except BaseException:
        pass
"""
