# fails: inference-networks-test
# fails when trained: inference-networks-test-2, inference-loss-test-2
# Straight pieces: the derivative of the score is zero wherever it exists, and few simulations leave the flow wild.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    networks = []
    for _ in range(n_layers):
        inner = [tfkl.Dense(hidden, "relu") for _ in range(2)]
        networks.append(tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, tfkl.Dense(2)]))
    return networks
