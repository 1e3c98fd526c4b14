"""Takes memory in processes whose first thread has ended, as Linux then says nothing of it there. It must count."""

CODE = r"""
import ctypes
import os
import platform
import threading
import time


def hoard():
    taken = []
    for _ in range(40):
        taken.append(bytearray(b"x") * 25_000_000)
        time.sleep(0.05)
    time.sleep(600)


for _ in range(5):
    if os.fork() == 0:
        threading.Thread(target=hoard).start()
        ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
os.wait()


def dense_parameters(n_in, n_out):
    return 16
"""
SAYS = "more than 1 GB of memory"
