# fails: parameters-width-test
# The search ends at 1,000 neurons.

# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return max([h for h in range(1, 1001) if (n_in + 1) * h + (h + 1) * n_out <= budget], default=0)
