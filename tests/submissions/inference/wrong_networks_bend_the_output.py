# fails: inference-networks-test
# An activation on the output that has no bounds.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        inner = [tfkl.Dense(hidden, "tanh") for _ in range(2)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *inner, tfkl.Dense(2, "tanh_shrink")])

    return [network() for _ in range(n_layers)]
