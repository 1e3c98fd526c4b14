# fails: redshifts-network-test
# Always 32 neurons, whatever is asked for.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inner = [tfkl.Dense(32, "silu") for _ in range(2)]
    return tfk.Sequential([tfk.Input(shape=(n_inputs,)), *inner, tfkl.Dense(3 * n_components)])
