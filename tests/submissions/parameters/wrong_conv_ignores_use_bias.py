# fails: parameters-conv-test
# Never looks at use_bias.
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    return (kernel_size[0] * kernel_size[1] * channels_in + 1) * filters
