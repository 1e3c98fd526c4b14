# fails: conv-size-test-2
# Believes that a dilated kernel spans k * d pixels: counts the gap after the last tap too.
# conv-size loses its second test (1).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-size // stride)
    span = kernel * dilation
    return (size - span) // stride + 1
