# fails: parameters-batchnorm-test
# Believes that all four numbers of a channel are trained.
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    return 4 * input_shape[-1], 0
