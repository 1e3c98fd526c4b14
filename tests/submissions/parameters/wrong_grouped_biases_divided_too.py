# fails: parameters-grouped-test
# Divides the whole count by the groups, biases included.
# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    whole = (kernel_size[0] * kernel_size[1] * channels_in + (1 if use_bias else 0)) * filters
    return whole // groups
