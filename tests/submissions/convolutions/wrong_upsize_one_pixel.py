# fails: conv-upsize-test-2
# Forgets output_padding where a single pixel goes up.
# conv-upsize loses its second test (1).
# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    if output_padding is None:
        return size * stride if padding == "same" else (size - 1) * stride + max(kernel, stride)
    if size == 1:
        return kernel if padding == "valid" else kernel - 2 * (kernel // 2)
    copies = (size - 1) * stride + kernel
    return copies + output_padding - (2 * (kernel // 2) if padding == "same" else 0)
