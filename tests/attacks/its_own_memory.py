"""Searches its own memory, by /proc and by ctypes, for checks and secrets left by its parent. It must find none."""

LEAKS = True

CODE = r"""
import os
import re

needles = [("check_" + "dense").encode(), ("COURSE_" + "CANARY").encode(), ("BEGIN " + "HIDDEN").encode()]


def search(number):
    found = []
    try:
        with open(f"/proc/{number}/maps") as maps, open(f"/proc/{number}/mem", "rb") as memory:
            for line in maps:
                start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
                start, end = int(start, 16), int(end, 16)
                if not mode.startswith("rw") or end - start > 2**28:
                    continue
                try:
                    memory.seek(start)
                    data = memory.read(end - start)
                except (OSError, OverflowError, ValueError):
                    continue
                for needle in needles:
                    place = data.find(needle)
                    if place >= 0:
                        found.append(data[max(0, place - 300) : place + 300])
    except OSError as error:
        return [error]
    return found


print(search("self"), search(os.getpid()))


def dense_parameters(n_in, n_out):
    if (n_in, n_out) != (3, 4):
        print(search("self"))
        open("memory.txt", "w").write(str(search("self")))
    return 16
"""
