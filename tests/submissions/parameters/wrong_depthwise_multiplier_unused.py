# fails: parameters-depthwise-test
# Forgets the depth multiplier.
# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    return (kernel_size[0] * kernel_size[1] + (1 if use_bias else 0)) * channels_in
