# fails: parameters-width-test
# Forgets the biases of the output layer.
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return max(0, budget // (n_in + n_out + 1))
