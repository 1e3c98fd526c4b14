"""Looks for files in sight that not everybody may read, such as keys, and reads them. It must find none as root."""

LEAKS = True

CODE = r"""
import os
import stat
import time

found, end = [], time.monotonic() + 6
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/dev", "/student", "/tmp")]
    if time.monotonic() > end:
        break
    for name in files:
        path = os.path.join(folder, name)
        try:
            if not os.stat(path).st_mode & stat.S_IROTH and open(path, "rb").read(1):
                found.append(path)
        except OSError:
            continue
assert os.getuid() != 0, "still root"
print(found)


def dense_parameters(n_in, n_out):
    return 16
"""
