"""Fills sockets of ordinary size in all the processes that it may have, mapping nothing. It must have a limit."""

SAYS = r"more than 1 GB of memory"

CODE = r"""
import os
import socket
import time


def fill():
    held = []
    try:
        while True:
            held.append(socket.socketpair())
            for end in held[-1]:
                end.setblocking(False)
                try:
                    while end.send(b"x" * 65536):
                        pass
                except BlockingIOError:
                    pass
    except OSError:
        return held


for _ in range(40):
    try:
        child = os.fork()
    except OSError as error:
        print(error)
        break
    if child == 0:
        held = fill()
        time.sleep(20)
        os._exit(0)
held = fill()
time.sleep(5)


def dense_parameters(n_in, n_out):
    return 16
"""
