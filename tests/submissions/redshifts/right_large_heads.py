# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input((size, size, 1))
    for _ in range(3):
        x = tfkl.ReLU()(tfkl.Conv2D(width, 3)(Wrap()(x)))
    x = tfkl.GlobalAveragePooling2D()(x)
    for neurons in (1024, 8):
        x = tfkl.Dense(neurons, "relu")(x)
    return tfk.Model(inputs, tfkl.Dense(1)(x))
