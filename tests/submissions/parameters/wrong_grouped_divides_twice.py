# fails: parameters-grouped-test
# Divides both the channels and the filters, and counts one group only.
# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    a, b = kernel_size
    return (a * b * channels_in // groups + (1 if use_bias else 0)) * filters // groups
