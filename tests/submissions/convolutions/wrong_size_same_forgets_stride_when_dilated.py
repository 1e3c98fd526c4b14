# fails: conv-size-test-2
# Keras forbids strides with dilation; the task does not.

# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return size if dilation > 1 else -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1
