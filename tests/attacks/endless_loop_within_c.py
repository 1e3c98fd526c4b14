"""Runs for ever within one call of C, where Python looks at no signal. It must be stopped, with its line."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)longer than|stopped"

CODE = r"""
sum(iter(int, 1))
"""
