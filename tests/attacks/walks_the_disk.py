"""Walks the whole disk for notebooks, gradebooks and checks, and prints what it finds. It must find none."""

LEAKS = True

CODE = r"""
import os
import time

needle = "check_" + "dense"
found, end = [], time.monotonic() + 20
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/dev")]
    if time.monotonic() > end:
        print("no time left")
        break
    for name in files:
        path = os.path.join(folder, name)
        if name.endswith((".ipynb", ".db")) or (name.endswith(".py") and "parameters" in path):
            try:
                with open(path, errors="replace") as file:
                    text = file.read(10**7)
            except OSError:
                continue
            place = text.find(needle)
            if place >= 0:
                found.append((path, text[max(0, place - 300) : place + 300]))
print(found)


def dense_parameters(n_in, n_out):
    return 16
"""
