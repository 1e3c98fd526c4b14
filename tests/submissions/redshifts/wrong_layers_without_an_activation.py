# fails: redshifts-network-test, redshifts-maps-test
# may fail when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4, redshifts-maps-test-2, redshifts-maps-test-3
# A hidden layer without biases has no activation; batch normalisation is taken for one.
# %% solution="redshifts-network"
def build_network(n_inputs, k, hidden):
    layers = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, use_bias=False), tfkl.Dense(3 * k)]
    return tfk.Sequential([tfk.Input((n_inputs,)), *layers])

# %% solution="redshifts-maps"
def build_map_network(size, width):
    layers = [tfk.Input(shape=(size, size, 1)), Wrap(), tfkl.Conv2D(width, 3, activation="relu")]
    for _ in range(2):
        layers += [Wrap(), tfkl.Conv2D(width, 3), tfkl.BatchNormalization()]
    return tfk.Sequential([*layers, tfkl.GlobalAveragePooling2D(), tfkl.Dense(width, "relu"), tfkl.Dense(1)])
