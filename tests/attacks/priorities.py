"""Asks for a real-time priority and other processors, then for the lowest. It must harm nobody, nor itself."""

RIGHT = True
POINTS = 25

CODE = r"""
import os

for work in (
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    lambda: os.sched_setaffinity(0, range(1024)),
    lambda: os.setpriority(os.PRIO_USER, 0, -20),
    lambda: os.setpriority(os.PRIO_PROCESS, 1, -20),
    lambda: os.nice(-20),
    lambda: os.nice(19),
):
    try:
        print(work())
    except (OSError, ValueError) as error:
        print(error)
"""
