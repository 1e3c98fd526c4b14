# fails: parameters-grouped-test
# Takes a single group for an ordinary convolution, and forgets that it may have no biases.

# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    height, width = kernel_size
    if groups == 1:
        return (height * width * channels_in + 1) * filters
    return (height * width * (channels_in // groups) + int(use_bias)) * filters
