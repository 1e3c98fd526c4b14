# fails: conv-field-test
# Adds up the kernels and forgets that later taps are further apart.
# conv-field loses its first test (2); the jump is right.
# %% solution="conv-field"
def receptive_field(layers):
    field = 1 + sum(kernel - 1 for kernel, stride in layers)
    return field, int(np.prod([stride for kernel, stride in layers]))
