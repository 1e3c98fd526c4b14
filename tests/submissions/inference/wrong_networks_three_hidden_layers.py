# fails: inference-networks-test
# One hidden layer too many.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "silu") for _ in range(3)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
