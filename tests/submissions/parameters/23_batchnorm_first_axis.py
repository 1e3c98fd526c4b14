# Takes the first axis for the channels. Passes the public test, loses the hidden one of parameters-batchnorm
# (2).
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    channels = input_shape[0]
    return 2 * channels, 2 * channels
