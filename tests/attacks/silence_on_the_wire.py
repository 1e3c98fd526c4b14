"""Puts a line of its own in the place of the examiner's, whose questions it reads in a thread and never answers.

It must be given up on, with its line.
"""

SLEEPS = True

CODE = r"""
import gc
import os
import socket
import threading

channels = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]
kept = []


def swallow(channel):
    while channel.recv(2**16):
        pass


def dense_parameters(n_in, n_out):
    return 16


for channel in channels:
    try:
        real = socket.socket(fileno=os.dup(channel.fileno()))
    except OSError:  # it is open no more
        continue
    kept += [real, *socket.socketpair()]
    os.dup2(kept[-1].fileno(), channel.fileno())  # what is read and written here now goes to nobody
    threading.Thread(target=swallow, args=(real,), daemon=True).start()
"""
