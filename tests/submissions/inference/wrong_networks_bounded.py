# fails: inference-networks-test
# Shifts and raw log-scales between -1 and 1.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    networks = []
    for _ in range(n_layers):
        layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2, "tanh")]
        networks.append(tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *layers]))
    return networks
