# fails: inference-networks-test
# fails when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# Straight pieces, whose second derivative is zero. They are steep at the start: then training fails with each seed.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    networks = []
    for _ in range(n_layers):
        steep = [tfk.initializers.RandomNormal(stddev=0.5) for _ in range(2)]
        inner = [tfkl.Dense(hidden, "relu", kernel_initializer=one) for one in steep]
        networks.append(tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, tfkl.Dense(2)]))
    return networks
