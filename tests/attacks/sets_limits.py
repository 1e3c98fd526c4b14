"""Lifts its limits, or tries to, and lowers them to nothing. It may lose only its own points."""

CODE = r"""
import resource


def dense_parameters(n_in, n_out):
    return 16


for name in dir(resource):
    if name.startswith("RLIMIT_"):
        kind = getattr(resource, name)
        for limits in [(resource.RLIM_INFINITY, resource.RLIM_INFINITY), (2**40, 2**40)]:
            try:
                resource.setrlimit(kind, limits)
                print("lifted", name)
            except (OSError, ValueError) as error:
                print(name, error)
        try:
            resource.prlimit(1, kind, (0, 0))
        except (OSError, ValueError) as error:
            print(name, error)
for name in ("RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_STACK"):
    resource.setrlimit(getattr(resource, name), (0, 0))
"""
