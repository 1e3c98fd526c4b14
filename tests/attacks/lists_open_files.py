"""Lists the open files of every process by /proc, and opens what they stand for anew. It must learn nothing."""

LEAKS = True

CODE = r"""
import glob
import os

for path in sorted(glob.glob("/proc/[0-9]*/fd/*") + glob.glob("/proc/self/fd/*") + glob.glob("/dev/fd/*")):
    try:
        print(path, os.readlink(path))
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        print(os.read(number, 2000))
        os.close(number)
    except OSError as error:
        print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
