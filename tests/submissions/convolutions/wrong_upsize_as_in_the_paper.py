# fails: conv-upsize-test
# Uses the formula of the paper with a = 0 where Keras has another default.
# conv-upsize loses its first test (2).
# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    p = kernel // 2 if padding == "same" else 0
    return stride * (size - 1) + kernel - 2 * p + (output_padding or 0)
