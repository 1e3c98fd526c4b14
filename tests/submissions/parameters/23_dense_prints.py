# Prints the right number and returns nothing. Loses the test of parameters-dense (2).
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    print((n_in + 1) * n_out)
