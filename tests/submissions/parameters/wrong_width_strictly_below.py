# fails: parameters-width-test
# Reads the budget as a limit that may not be reached.
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    h = 0
    while (n_in + 1) * (h + 1) + (h + 2) * n_out < budget:
        h += 1
    return h
