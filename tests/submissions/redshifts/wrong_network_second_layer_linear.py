# fails: redshifts-network-test
# The second hidden layer has no activation: with the output it is one linear map.
# %% solution="redshifts-network"
def build_network(n_inputs, k, hidden):
    return tfk.Sequential(
        [tfk.Input((n_inputs,)), tfkl.Dense(hidden, "relu"), tfkl.Dense(hidden), tfkl.Dense(3 * k)]
    )
