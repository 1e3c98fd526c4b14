# fails: parameters-conv-test
# Believes that kernels are square.
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    k = kernel_size[0]
    return (k**2 * channels_in + (1 if use_bias else 0)) * filters
