# Gives each kernel a bias, not each filter. Loses the test of parameters-conv (2).
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    k1, k2 = kernel_size
    return (k1 * k2 + int(use_bias)) * channels_in * filters
