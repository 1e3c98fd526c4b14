"""Runs the reference solutions at some budget, in plain kernels, and reports what they reach, how fast, and on what.

For a machine with a GPU above all: nothing else trains there. It runs on a CPU as well.

    probe    what is asked inside of a kernel: the machine, memory, devices, metrics
    run      one reference from start to end
    report   the page, the tables, the plots and the notebooks of many
"""
