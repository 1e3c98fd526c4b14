"""Raises an error that quotes the source of every frame that called it. No hidden line may be among them."""

LEAKS = True

CODE = r"""
import linecache
import sys


def dense_parameters(n_in, n_out):
    frame, lines = sys._getframe(), []
    while frame is not None:
        file = frame.f_code.co_filename
        if "site-packages" not in file and "/lib/python" not in file:
            lines += linecache.getlines(file)
            lines += [repr(constant) for constant in frame.f_code.co_consts] + list(frame.f_code.co_names)
        frame = frame.f_back
    text = "\n".join(lines)
    with open("frames.txt", "w") as file:
        file.write(text)
    raise ValueError(" ".join(text.split())[-1800:])
"""
