# fails: conv-field-test-2
# Adds the strides of a stack instead of multiplying them for the jump that it returns.
# conv-field loses its second test (1); the field is right.
# %% solution="conv-field"
def receptive_field(layers):
    field, product, jump = 1, 1, 0
    for kernel, stride in layers:
        field += (kernel - 1) * product
        product *= stride
        jump += stride
    return field, jump
