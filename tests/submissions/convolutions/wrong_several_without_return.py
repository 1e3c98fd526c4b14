# fails: conv-size-test, conv-size-test-2, conv-same-test, conv-field-test, conv-field-test-2
# Prints the answers instead of returning them.
# conv-size loses both tests (3), conv-same (2), conv-field both tests (3).
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        print(-(-size // stride))
    span = kernel + (kernel - 1) * (dilation - 1)
    print((size - span) // stride + 1)

# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    print(missing // 2, missing - missing // 2)

# %% solution="conv-field"
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    print(field, jump)
