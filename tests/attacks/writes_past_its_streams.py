"""Writes 100 MB to the open files 1 and 2, past Python's own streams. Nothing must be kept, nor the grader wait."""

RIGHT = True
POINTS = 25

CODE = r"""
import os

for number in (1, 2):
    for _ in range(100):
        try:
            os.write(number, b"spam\n" * 100_000)
        except OSError as error:
            print(error)
            break
"""
