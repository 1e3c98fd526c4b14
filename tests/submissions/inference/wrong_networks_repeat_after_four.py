# fails: inference-networks-test
# The fifth network is the first again.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    networks = []
    for place in range(n_layers):
        layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2)]
        new = tfk.Sequential([tfk.Input((1 + n_data,)), *layers])
        networks.append(new if place < 4 else networks[place - 4])
    return networks
