# fails: conv-upsize-test-2
# Writes 'if output_padding': takes 0 for None.
# conv-upsize loses its second test (1).
# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    if not output_padding:
        return size * stride if padding == "same" else (size - 1) * stride + max(kernel, stride)
    p = kernel // 2 if padding == "same" else 0
    return stride * (size - 1) + kernel - 2 * p + output_padding
