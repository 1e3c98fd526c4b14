# Right: a dense layer with tanh between the average and the answer.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input(shape=(size, size, 1))
    for filters in (width, width, 2 * width):
        x = tfkl.Conv2D(filters, 3, activation="relu")(Wrap()(x))
    x = tfkl.GlobalAveragePooling2D()(x)
    return tfk.Model(inputs, tfkl.Dense(1)(tfkl.Dense(64, "tanh")(x)))
