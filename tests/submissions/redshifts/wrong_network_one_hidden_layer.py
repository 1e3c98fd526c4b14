# fails: redshifts-network-test
# One hidden layer, where two or three are asked for.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    return tfk.Sequential(
        [tfk.Input(shape=(n_inputs,)), tfkl.Dense(hidden, "silu"), tfkl.Dense(3 * n_components)]
    )
