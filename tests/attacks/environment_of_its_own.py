"""Prints its environment, as Python has it and as it lies in memory. No secret of the instructor may be in it."""

LEAKS = True

CODE = r"""
import ctypes
import os
import subprocess

print(dict(os.environ))
pointers = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
number = 0
while pointers[number]:
    print(pointers[number])
    number += 1
print(subprocess.run(["env"], capture_output=True, text=True).stdout)


def dense_parameters(n_in, n_out):
    return 16
"""
