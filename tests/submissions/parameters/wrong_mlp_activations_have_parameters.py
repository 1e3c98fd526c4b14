# fails: parameters-mlp-test
# Believes that each activation has a parameter, and adds them to the total.
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = [(a + 1) * b for a, b in zip(sizes, sizes[1:])]
    activations = len(per_layer)
    return per_layer, sum(per_layer) + activations
