"""Patches json, struct, sockets, tobytes and numpy where answers are written, to say what is right. It must get 0."""

CODE = r"""
import json
import socket
import struct

import numpy

kept = json.dumps


def generous(thing, *anything, **more):
    if isinstance(thing, dict) and isinstance(thing.get("message"), dict) and "value" in thing["message"]:
        thing = {"message": {"value": {"is": "everything", "points": 25, "status": "ok"}}, "buffers": []}
    return kept(thing, *anything, **more)


def dense_parameters(n_in, n_out):
    json.dumps = json.encoder.JSONEncoder.encode = generous
    return 16


try:
    socket.socket.sendall = lambda self, data, *anything: None
    numpy.ascontiguousarray = lambda *anything, **more: numpy.full(8, 16, dtype=numpy.uint8)
    struct.pack = lambda *anything: b"\0" * 8
    numpy.ndarray.tobytes = lambda *anything: b"\x10"
except TypeError as error:
    print(error)
"""
