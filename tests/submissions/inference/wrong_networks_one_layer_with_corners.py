# fails: inference-networks-test
# fails when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# The first hidden layer is smooth, the second one is not, and steep at the start: then training fails with each seed.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def network():
        steep = tfk.initializers.RandomNormal(stddev=2.0)
        inner = [tfkl.Dense(hidden, "silu"), tfkl.Dense(hidden, "leaky_relu", kernel_initializer=steep)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *inner, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
