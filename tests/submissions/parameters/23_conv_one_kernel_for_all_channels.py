# Forgets that each input channel has its own kernel. Loses the test of parameters-conv (2).
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    n = kernel_size[0] * kernel_size[1] * filters
    return n + filters if use_bias else n
