"""Writes into home, /usr, /etc, /var, /dev and the root. It must leave nothing that outlives the submission."""

CODE = r"""
import os

written = []
for folder in ("~", "/", "/usr", "/usr/bin", "/usr/local/lib", "/etc", "/var", "/opt", "/root", "/srv", "/mnt", "/dev",
               "/sys", "/proc/sys/kernel", "/run", "/lib", "/sealed", "/sealed/inside", "/home"):
    path = os.path.join(os.path.expanduser(folder), "written-by-a-student")
    try:
        with open(path, "w") as file:
            file.write("x")
        written.append(path)
    except OSError as error:
        print(error)
print(written)


def dense_parameters(n_in, n_out):
    return 16
"""
