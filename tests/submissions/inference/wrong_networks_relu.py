# fails: inference-networks-test
# Straight pieces: the derivative of the score is zero wherever it exists. What it loses on this toy is within the tiers.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    networks = []
    for _ in range(n_layers):
        inner = [tfkl.Dense(hidden, "relu") for _ in range(2)]
        networks.append(tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, tfkl.Dense(2)]))
    return networks
