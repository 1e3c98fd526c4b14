# Believes that a layer is a matrix alone. Loses the test of parameters-dense (2).
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return n_in * n_out
