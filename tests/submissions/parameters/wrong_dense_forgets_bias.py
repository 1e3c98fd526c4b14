# fails: parameters-dense-test
# Believes that a layer is a matrix alone.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return n_in * n_out
