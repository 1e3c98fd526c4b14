# fails: parameters-batchnorm-test
# Leaves axes of one element out, and so takes the width of a grey image for its channels.

# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    channels = np.squeeze(np.zeros(input_shape)).shape[-1] if np.prod(input_shape) > 1 else 1
    return 2 * channels, 2 * channels
