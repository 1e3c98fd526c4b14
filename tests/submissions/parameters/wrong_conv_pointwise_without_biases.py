# fails: parameters-conv-test
# Believes that a kernel of one pixel is a mere factor, without a bias.

# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    if tuple(kernel_size) == (1, 1):
        return channels_in * filters
    return (kernel_size[0] * kernel_size[1] * channels_in + int(use_bias)) * filters
