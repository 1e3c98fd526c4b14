"""Reads the environment and the command line of every process it can see. None of the instructor's may be there."""

LEAKS = True

CODE = r"""
import glob

for kind in ("environ", "cmdline", "cwd", "root", "status"):
    for path in glob.glob(f"/proc/[0-9]*/{kind}") + glob.glob(f"/proc/self/{kind}") + glob.glob(f"/proc/1/{kind}"):
        try:
            print(path, open(path, "rb").read().replace(b"\0", b"\n").decode(errors="replace"))
        except OSError as error:
            print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
