# fails: parameters-batchnorm-test
# Takes the first axis for the channels. Right for features, wrong for images.
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    channels = input_shape[0]
    return 2 * channels, 2 * channels
