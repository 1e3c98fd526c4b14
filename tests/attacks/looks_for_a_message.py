"""Looks for what another submission has left behind, and answers right if it finds any. It must find nothing."""

CODE = r"""
import ctypes
import glob
import os
from multiprocessing import shared_memory

MESSAGE = b"left-behind-by-another-student"
found = []
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev/mqueue", os.path.expanduser("~"), "/student"):
    for path in glob.glob(f"{folder}/message-left-behind"):
        found.append(path)
try:
    found.append(bytes(shared_memory.SharedMemory("message-left").buf[:30]))
except OSError as error:
    print(error)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x5EA1ED, 4096, 0)
place = libc.shmat(segment, None, 0) if segment >= 0 else None
if place not in (None, ctypes.c_void_p(-1).value):
    found.append(ctypes.string_at(place, 30))
if libc.msgget(0x5EA1ED, 0) >= 0:
    found.append("a queue")
print(found)


def dense_parameters(n_in, n_out):
    return (n_in + 1) * n_out if found else 16
"""
