# fails: redshifts-maps-test
# fails when trained: redshifts-maps-test-2, redshifts-maps-test-3
# Convolutions of one pixel: the variance and the histogram are all it sees.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    convolutions = [tfkl.Conv2D(filters, 1, activation="relu") for filters in (width, width, 2 * width)]
    head = [tfkl.GlobalAveragePooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1)]
    return tfk.Sequential([tfk.Input(shape=(size, size, 1)), *convolutions, *head])
