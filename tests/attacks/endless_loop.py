"""Runs for ever, in a way that can be stopped. It must cost this cell alone, with its line."""

RIGHT = True
POINTS = 25
SAYS = r"(?i)longer than|stopped"

CODE = r"""
while True:
    pass
"""
