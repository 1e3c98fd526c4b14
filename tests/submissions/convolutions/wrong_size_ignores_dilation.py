# fails: conv-size-test-2
# Has not used the argument dilation.
# conv-size loses its second test (1).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-size // stride)
    span = kernel
    return (size - span) // stride + 1
