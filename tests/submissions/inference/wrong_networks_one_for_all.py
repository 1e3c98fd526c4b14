# fails: inference-networks-test
# fails when trained: inference-loss-test-2, inference-loss-test-3
# The same network in all layers.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    inner = [tfkl.Dense(hidden, "tanh") for _ in range(2)]
    return [tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, tfkl.Dense(2)])] * n_layers
