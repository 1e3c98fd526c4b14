# fails: parameters-dense-test
# Believes that the neurons of a layer share one bias.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    weights = n_in * n_out
    bias = 1
    return weights + bias
