"""Waits in system calls that never return, on locks, pipes and children. It must be stopped, with its line."""

SLEEPS = True

CODE = r"""
import os
import signal
import threading

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.mkfifo("pipe")
threading.Thread(target=lambda: open("pipe").read(), daemon=True).start()
os.read(os.pipe()[0], 1)
"""
