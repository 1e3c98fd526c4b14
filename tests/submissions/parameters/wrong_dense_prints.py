# fails: parameters-dense-test
# Prints the right number and returns nothing.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    print((n_in + 1) * n_out)
