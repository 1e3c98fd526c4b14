# fails: parameters-width-test
# Gives a negative width for a small budget.
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return (budget - n_out) // (n_in + n_out + 1)
