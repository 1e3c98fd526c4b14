# fails: inference-networks-test
# Shifts and raw log-scales between -100 and 100.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2, "tanh"), tfkl.Rescaling(100.0)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *layers])

    return [network() for _ in range(n_layers)]
