# fails: parameters-width-test
# Rounds to the nearest width, which may be over the budget.
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return max(0, round((budget - n_out) / (n_in + n_out + 1)))
