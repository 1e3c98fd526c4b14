"""Fills shared memory and lets go of its pages, so that no process seems to hold them. It must have a limit."""

CODE = r"""
import mmap

held = []
for _ in range(192):
    try:
        block = mmap.mmap(-1, 2**26, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        for place in range(0, 2**26, 4096):
            block[place] = 1
        block.madvise(mmap.MADV_DONTNEED)
        held.append(block)
    except (OSError, MemoryError) as error:
        print(error)
        break
print(len(held) * 64, "MB")


def dense_parameters(n_in, n_out):
    return 16
"""
