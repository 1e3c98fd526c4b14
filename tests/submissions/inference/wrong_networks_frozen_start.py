# fails: inference-networks-test
# The first layer stays as it starts.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "silu", trainable=k > 0) for k in range(2)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
