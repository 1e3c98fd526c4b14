"""Takes memory of the kernel by semaphores, messages, locks, rules and other things of old. It must get none of it."""

RIGHT = True
POINTS = 25

CODE = r"""
import ctypes
import fcntl
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
got = {}
for name, first, *more in [("semget", 0, 32000, 0o600), ("msgget", 0, 0o600), ("shmget", 0, 2**20, 0o600)]:
    got[name] = sum(getattr(libc, name)(first, *more) >= 0 for _ in range(800))
calls = {"mq_open": (240, b"q", 0o102, 0o600, None), "io_setup": (206, 1000, ctypes.byref(ctypes.c_ulong()))}
calls |= {"inotify": (294, 0), "landlock": (444, struct.pack("Q", 1), 8, 0), "io_uring": (425, 4096, bytes(120))}
for name, call in calls.items():
    got[name] = sum(libc.syscall(*call) >= 0 for _ in range(800))
with open("locked", "wb") as file:
    try:
        for place in range(100_000):
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 2 * place, 1, 0))
            got["locks"] = place + 1
    except OSError as error:
        print(error)
assert not any(got.values()), got
"""
