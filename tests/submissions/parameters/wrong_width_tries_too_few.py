# fails: parameters-width-test
# A loop that ends before the budget does.
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    widest = 0
    for hidden in range(1, 100_001):
        if hidden * (n_in + 1 + n_out) + n_out > budget:
            break
        widest = hidden
    return widest
