# fails: parameters-mlp-test
# Believes that the output layer has no bias.
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = [(a + 1) * b for a, b in zip(sizes, sizes[1:])]
    per_layer[-1] -= sizes[-1]
    return per_layer, sum(per_layer)
