"""Measures how long the examiner takes between its questions, to learn what it expects. It must gain nothing."""

LEAKS = True

CODE = r"""
import time

asked = []


def dense_parameters(n_in, n_out):
    asked.append((n_in, n_out, time.perf_counter_ns()))
    if (n_in, n_out) == (3, 4):
        return 16
    waited = asked[-1][2] - asked[-2][2] if len(asked) > 1 else 0
    with open("timing.txt", "a") as file:
        file.write(f"{asked[-1]} {waited}\n")
    return waited % 100 or 16
"""
