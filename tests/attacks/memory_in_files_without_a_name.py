"""Fills memory by files that are in memory alone, which a count of its own pages may miss. It must have a limit."""

CODE = r"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
files = []
chunk = b"\x01" * 2**24
for number in range(40):
    for make in (lambda: os.memfd_create(f"bomb-{number}"), lambda: libc.syscall(447, 0)):
        try:
            file = make()
            if file < 0:
                continue
            for _ in range(64):
                os.write(file, chunk)
            files.append(file)
        except (OSError, AttributeError) as error:
            print(error)
print(len(files))


def dense_parameters(n_in, n_out):
    return 16
"""
