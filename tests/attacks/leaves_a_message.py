"""Leaves messages for the next submission, on disk and in shared memory. The one that looks must find none."""

CODE = r"""
import ctypes
import os
import socket
from multiprocessing import shared_memory

MESSAGE = b"left-behind-by-another-student"


def dense_parameters(n_in, n_out):
    return 16


for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev/mqueue", os.path.expanduser("~"), "/student"):
    try:
        with open(os.path.join(folder, "message-left-behind"), "wb") as file:
            file.write(MESSAGE)
    except OSError as error:
        print(error)
try:
    block = shared_memory.SharedMemory("message-left", create=True, size=100)
    block.buf[: len(MESSAGE)] = MESSAGE
except OSError as error:
    print(error)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x5EA1ED, 4096, 0o1666)
place = libc.shmat(segment, None, 0) if segment >= 0 else None
print(segment, place)
if place not in (None, ctypes.c_void_p(-1).value):
    ctypes.memmove(place, MESSAGE, len(MESSAGE))
queue = libc.msgget(0x5EA1ED, 0o1666)
print(queue, libc.msgsnd(queue, ctypes.c_long(1).value.to_bytes(8, "little") + MESSAGE, len(MESSAGE), 0o4000))
try:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("\0message-left-behind")
    listening.listen()
except OSError as error:
    print(error)
"""
