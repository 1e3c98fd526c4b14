# fails: parameters-depthwise-test
# Takes one channel for an ordinary convolution of one filter, whatever the multiplier.

# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    one = kernel_size[0] * kernel_size[1] + int(use_bias)
    return one if channels_in == 1 else one * channels_in * depth_multiplier
