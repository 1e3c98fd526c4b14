# fails: parameters-mlp-test
# Returns the total without the list.
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
