# fails: parameters-dense-test
# Puts the biases on the inputs.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return n_in * (n_out + 1)
