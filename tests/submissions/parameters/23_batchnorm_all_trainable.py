# Believes that all four numbers of a channel are trained. Loses the test of parameters-batchnorm (2).
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    return 4 * input_shape[-1], 0
