"""A trace function changes what is expected, in the frame of the check, to what it returned. It must gain nothing."""

CODE = r"""
import sys


def trace(frame, event, argument):
    if frame.f_code.co_name == "count" and event == "line" and "expected" in frame.f_locals:
        frame.f_locals["expected"] = 16
    return trace


def dense_parameters(n_in, n_out):
    sys.settrace(trace)
    return 16
"""
