"""Leaves a detached process behind that goes on writing after the notebook. It must end with it."""

RIGHT = True
POINTS = 25

CODE = r"""
import os
import signal
import time

child = os.fork()
if child == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with open("/tmp/daemon-of-a-student", "w") as file:
                file.write(str(time.time()))
            time.sleep(0.05)
    os._exit(0)
os.waitpid(child, 0)
"""
