# fails: parameters-grouped-test
# As many groups as channels are taken for a depthwise convolution with multiplier 1.

# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    height, width = kernel_size
    if groups == channels_in:
        filters = channels_in
    return (height * width * (channels_in // groups) + (1 if use_bias else 0)) * filters
