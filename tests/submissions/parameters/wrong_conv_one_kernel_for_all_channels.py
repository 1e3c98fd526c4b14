# fails: parameters-conv-test
# Forgets that each input channel has its own kernel.
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    n = kernel_size[0] * kernel_size[1] * filters
    return n + filters if use_bias else n
