"""Writes into every folder it can until nothing more fits. Its disk must be small and its own."""

CODE = r"""
import os

chunk = b"\x01" * 2**22
total = 0
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~")):
    for number in range(1000):
        try:
            with open(os.path.join(folder, f"filler-{number}"), "wb") as file:
                for _ in range(64):
                    total += file.write(chunk)
        except OSError as error:
            print(folder, error)
            break
print(total)


def dense_parameters(n_in, n_out):
    return 16
"""
