# fails: parameters-conv-test
# Gives each kernel a bias, not each filter.
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    k1, k2 = kernel_size
    return (k1 * k2 + int(use_bias)) * channels_in * filters
