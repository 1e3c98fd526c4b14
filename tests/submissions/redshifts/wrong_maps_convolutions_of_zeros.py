# fails: redshifts-maps-test
# may fail when trained: redshifts-maps-test-2, redshifts-maps-test-3
# Convolutions start at 0, and never leave it behind their ReLUs.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input(shape=(size, size, 1))
    for filters in (width, width, 2 * width):
        x = tfkl.Conv2D(filters, 3, activation="relu", kernel_initializer="zeros")(Wrap()(x))
    x = tfkl.GlobalAveragePooling2D()(x)
    return tfk.Model(inputs, tfkl.Dense(1)(tfkl.Dense(64, "relu")(x)))
