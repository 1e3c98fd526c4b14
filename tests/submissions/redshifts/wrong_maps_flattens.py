# fails: redshifts-maps-test
# fails when trained: redshifts-maps-test-2, redshifts-maps-test-3
# Flattens the map instead of averaging over it: a place counts.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    convolutions = [tfkl.Conv2D(4, 3, strides=2, padding="same", activation="relu") for _ in range(2)]
    return tfk.Sequential([tfk.Input(shape=(size, size, 1)), *convolutions, tfkl.Flatten(), tfkl.Dense(1)])
