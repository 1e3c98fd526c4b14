# fails: conv-same-test
# Forgets that there are never less than 0 zeros, when the stride is larger than the kernel.
# conv-same loses its test (2).
# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    outputs = -(-size // stride)
    missing = (outputs - 1) * stride + kernel - size
    return missing // 2, missing - missing // 2
