# fails: conv-upsize-test-2
# Believes that output_padding comes on top of the default size.
# conv-upsize loses its second test (1).
# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    default = size * stride if padding == "same" else (size - 1) * stride + max(kernel, stride)
    return default + (output_padding or 0)
