"""Runs for ever and catches whatever is raised to end it. It must be stopped, with its line."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)longer than|stopped"

CODE = r"""
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
"""
