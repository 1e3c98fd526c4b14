# fails: inference-networks-test
# Few neurons become eight.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    hidden = max(hidden, 8)
    networks = []
    for _ in range(n_layers):
        layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2)]
        networks.append(tfk.Sequential([tfk.Input((1 + n_data,)), *layers]))
    return networks
