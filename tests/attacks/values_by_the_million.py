"""Answers with a header of millions of dictionaries, which grows a hundredfold. It must be cut short."""

SAYS = r"answered what no notebook answers"

CODE = r"""
import struct

from inside import wire

inside = b"{}," * 10_000_000
header = b'{"message": {"value": [' + inside[:-1] + b']}, "buffers": []}'


def send(channel, *anything):
    channel.settimeout(None)
    channel.sendall(struct.pack("!Q", len(header)) + header)


def dense_parameters(n_in, n_out):
    wire.send = send
    return 16
"""
