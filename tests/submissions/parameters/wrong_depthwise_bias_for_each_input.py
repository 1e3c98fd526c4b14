# fails: parameters-depthwise-test
# Counts a bias for each input channel, not for each output channel. Right for depth_multiplier=1.
# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    weights = kernel_size[0] * kernel_size[1] * channels_in * depth_multiplier
    return weights + (channels_in if use_bias else 0)
