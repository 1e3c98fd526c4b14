# fails: inference-networks-test
# fails when trained: inference-networks-test-2
# The first hidden layer is smooth, the second one is not.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "silu"), tfkl.Dense(hidden, "leaky_relu")]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
