# fails: parameters-mlp-test
# Believes that the input is a layer, with 0 parameters.
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = [0]
    for i in range(1, len(sizes)):
        per_layer.append(sizes[i - 1] * sizes[i] + sizes[i])
    return per_layer, sum(per_layer)
