"""Reads the examiner's questions in a thread and never answers them. It must be given up on, with its line."""

SLEEPS = True

CODE = r"""
import gc
import socket
import threading
import time

channels = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]


def swallow(channel):
    while True:
        try:
            if not channel.recv(2**16):
                return
        except OSError:
            time.sleep(0.01)


def dense_parameters(n_in, n_out):
    return 16


for channel in channels:
    threading.Thread(target=swallow, args=(channel,), daemon=True).start()
"""
