# Puts the biases on the inputs. Loses the test of parameters-dense (2).
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return n_in * (n_out + 1)
