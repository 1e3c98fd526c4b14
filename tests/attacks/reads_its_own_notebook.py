"""Reads the notebook that is being graded, which holds the hidden tests, from its folder. It must not be there."""

LEAKS = True

CODE = r"""
import pathlib

for path in sorted(pathlib.Path().rglob("*")):
    if path.is_file():
        text = path.read_text(errors="replace")
        place = text.find("check_" + "dense")
        print(path, len(text), text[max(0, place - 300) : place + 300] if place >= 0 else "")


def dense_parameters(n_in, n_out):
    return 16
"""
