# Batch normalisation before each activation, and no bias that it would take away.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        layers = []
        for _ in range(2):
            layers += [tfkl.Dense(hidden, use_bias=False), tfkl.BatchNormalization(), tfkl.Activation("tanh")]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *layers, tfkl.Dense(2)])
    return [network() for _ in range(n_layers)]
