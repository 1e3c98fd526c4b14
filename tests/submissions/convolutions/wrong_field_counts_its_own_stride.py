# fails: conv-field-test
# Multiplies the jump before adding the kernel: each layer's own stride counts.
# conv-field loses its first test (2); the jump is right.
# %% solution="conv-field"
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        field += (kernel - 1) * jump
    return field, jump
