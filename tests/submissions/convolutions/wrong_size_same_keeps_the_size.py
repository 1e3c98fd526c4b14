# fails: conv-size-test, conv-size-test-2
# Takes 'same' at its word: the size stays, whatever the stride.
# conv-size loses its first test (2).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return size
    span = kernel + (kernel - 1) * (dilation - 1)
    return (size - span) // stride + 1
