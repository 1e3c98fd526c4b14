# fails: redshifts-maps-test
# Takes the largest value of each feature, where the average over the map was asked for.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    layers = [tfk.Input(shape=(size, size, 1))]
    for filters in (width, width, 2 * width):
        layers += [Wrap(), tfkl.Conv2D(filters, 3, activation="relu")]
    return tfk.Sequential([*layers, tfkl.GlobalMaxPooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1)])
