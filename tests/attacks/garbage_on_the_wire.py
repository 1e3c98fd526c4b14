"""Writes garbage, endless frames and gigantic lengths into its way to the examiner. The points before must be kept."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)stopped|ended|died|answer"

CODE = r"""
import gc
import os
import socket
import struct

channels = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]
for number in range(3, 600):
    try:
        channels.append(socket.socket(fileno=os.dup(number)))
    except OSError:
        pass
header = b'{"message": {"value": ' + b"[" * 10**6 + b"]" * 10**6 + b'}, "buffers": [-1, 1e9, "x"]}'
for channel in channels:
    for data in (
        struct.pack("!Q", 10),
        b"no header",
        struct.pack("!Q", len(header)) + header,
        struct.pack("!Q", 2**63 + 5),
        os.urandom(1000),
    ):
        try:
            channel.sendall(data)
        except OSError as error:
            print(error)
os._exit(0)
"""
