"""Sends its answer byte by byte, each just before the examiner would give up. The class must not wait for ever."""

CODE = r"""
import socket
import time

kept = socket.socket.send


class Slow(socket.socket):
    pass


def dense_parameters(n_in, n_out):
    import gc

    if (n_in, n_out) == (3, 4):
        return 16
    for channel in [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]:
        for byte in b"\0\0\0\0\0\0\x10\0" + b" " * 4096:
            channel.sendall(bytes([byte]))
            time.sleep(1)
    return 16
"""
