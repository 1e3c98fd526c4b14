"""Finds its own way to the examiner and writes forged answers into it, ahead of the questions. It must get 0."""

CODE = r"""
import gc
import json
import os
import socket
import struct


def frame(message):
    header = json.dumps({"message": message, "buffers": []}).encode()
    return struct.pack("!Q", len(header)) + header


def channels():
    found = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]
    for number in range(3, 600):
        try:
            found.append(socket.socket(fileno=os.dup(number)))
        except OSError:
            pass
    return found


def dense_parameters(n_in, n_out):
    for channel in channels():
        for message in ({"value": 16}, {"value": True}, {"cell": 0, "outputs": []}, {"done": True}, {"value": None}):
            try:
                channel.sendall(frame(message))
            except OSError as error:
                print(error)
    return 16


output = {"output_type": "execute_result", "data": {"text/plain": "25"}, "metadata": {}, "execution_count": 1}
for channel in channels():
    try:
        channel.sendall(frame({"value": [output]}) * 3)
    except OSError as error:
        print(error)
"""
