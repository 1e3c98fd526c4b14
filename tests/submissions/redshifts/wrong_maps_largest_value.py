# fails: redshifts-maps-test
# %% solution="redshifts-maps"
def build_map_network(size, width):
    layers = [tfk.Input(shape=(size, size, 1))]
    for filters in (width, width, 2 * width):
        layers += [Wrap(), tfkl.Conv2D(filters, 3, activation="relu")]
    return tfk.Sequential([*layers, tfkl.GlobalMaxPooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1)])
