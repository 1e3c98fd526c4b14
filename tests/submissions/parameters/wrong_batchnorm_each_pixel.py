# fails: parameters-batchnorm-test
# Believes that each pixel has its own mean and variance. Right for features, wrong for
# images.
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    n = int(np.prod(input_shape))
    return 2 * n, 2 * n
