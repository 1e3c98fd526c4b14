# fails: redshifts-network-test
# fails when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4
# A softmax at the end: raw numbers between 0 and 1.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inner = [tfkl.Dense(hidden, "silu") for _ in range(3)]
    return tfk.Sequential([tfk.Input((n_inputs,)), *inner, tfkl.Dense(3 * n_components, "softmax")])
