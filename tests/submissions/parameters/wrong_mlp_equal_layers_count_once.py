# fails: parameters-mlp-test
# The total is that of different counts: layers that are alike count once.

# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = [(n_in + 1) * n_out for n_in, n_out in zip(sizes, sizes[1:])]
    return per_layer, sum(dict.fromkeys(per_layer))
