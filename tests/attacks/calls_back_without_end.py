"""Asks the examiner to call functions that it never gave, without end. It must be cut short."""

CODE = r"""
import gc
import json
import socket
import struct

channels = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]


def frame(message):
    header = json.dumps({"message": message, "buffers": []}).encode()
    return struct.pack("!Q", len(header)) + header


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    for number in [0, -1, 10**9, True, "0", None, [0], 1e300] * 100_000:
        for channel in channels:
            channel.sendall(frame({"callback": number, "args": [], "kwargs": {"is": "dict", "of": []}}))
            channel.setblocking(False)
            try:
                channel.recv(2**16)
            except BlockingIOError:
                pass
            channel.setblocking(True)
    return 16
"""
