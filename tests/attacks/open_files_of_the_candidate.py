"""Reads from every open file it was born with, and writes to it. It must learn nothing, and harm no one else."""

LEAKS = True

CODE = r"""
import fcntl
import os
import stat


def dense_parameters(n_in, n_out):
    return 16


for number in range(0, 1100):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    try:
        name = os.readlink(f"/proc/self/fd/{number}")
    except OSError as error:
        name = str(error)
    print(number, stat.filemode(mode), name)
    flags = fcntl.fcntl(number, fcntl.F_GETFL)
    fcntl.fcntl(number, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    try:
        print(os.pread(number, 1000, 0) if stat.S_ISREG(mode) else os.read(number, 1000))
    except OSError as error:
        print(error)
    try:
        os.write(number, b'{"value": 16}')
    except OSError as error:
        print(error)
"""
