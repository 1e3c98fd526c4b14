"""Fills the buffers of pipes and sockets in many processes, which is memory of the kernel. It must have a limit."""

CODE = r"""
import fcntl
import os
import socket
import time

for _ in range(60):
    try:
        child = os.fork()
    except OSError as error:
        print(error)
        break
    if child == 0:
        held = []
        try:
            while True:
                pair = socket.socketpair()
                held.append(pair)
                pair[0].setblocking(False)
                pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
                try:
                    while True:
                        pair[0].send(b"x" * 65536)
                except BlockingIOError:
                    pass
                reading, writing = os.pipe()
                os.set_blocking(writing, False)
                fcntl.fcntl(writing, 1031, 2**20)
                os.write(writing, b"x" * 2**20)
        except OSError:
            time.sleep(5)
        finally:
            os._exit(0)


def dense_parameters(n_in, n_out):
    return 16
"""
