# fails: conv-size-test, conv-size-test-2
# Takes a kernel of one pixel for one that leaves the size as it is, whatever the stride.
# conv-size loses both tests (3).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-size // stride)
    if kernel == 1:
        return size
    return (size - (kernel - 1) * dilation - 1) // stride + 1
