# fails: conv-size-test, conv-size-test-2
# Rounds the number of steps up for valid: believes that a last, incomplete window counts.
# conv-size loses both tests (3).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-size // stride)
    span = kernel + (kernel - 1) * (dilation - 1)
    return -(-(size - span) // stride) + 1
