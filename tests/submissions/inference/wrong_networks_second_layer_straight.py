# fails: inference-networks-test
# The second hidden layer has no activation.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
