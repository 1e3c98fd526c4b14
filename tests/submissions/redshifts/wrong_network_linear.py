# fails: redshifts-network-test
# fails when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4
# Hidden layers without an activation, the first of one neuron: all that is known is one number, linear in the inputs.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inner = [tfkl.Dense(1), tfkl.Dense(hidden)]
    return tfk.Sequential([tfk.Input((n_inputs,)), *inner, tfkl.Dense(3 * n_components)])
