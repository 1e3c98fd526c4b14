"""Makes empty files, folders and links until it is refused, up to two millions. Its disk must be its own."""

CODE = r"""
import os

made = 0
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for number in range(700_000):
            if number % 1000 == 0:
                os.makedirs(os.path.join(folder, f"many-{number // 1000}"))
            os.symlink("x" * 50, os.path.join(folder, f"many-{number // 1000}", str(number)))
            made += 1
    except OSError as error:
        print(folder, error)
print(made)


def dense_parameters(n_in, n_out):
    return 16
"""
