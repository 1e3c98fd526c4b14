# Right: each convolution normalised over its channels or groups of four, and a gate by a fourth of them.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input((size, size, 1))
    x = tfkl.ReLU()(tfkl.LayerNormalization()(tfkl.Conv2D(width, 3)(Wrap()(x))))
    x = tfkl.ReLU()(tfkl.GroupNormalization(width // 4)(tfkl.Conv2D(width, 3)(Wrap()(x))))
    x = tfkl.Conv2D(width, 3, activation="relu")(Wrap()(x))
    gate = tfkl.Dense(width // 4, "relu")(tfkl.GlobalAveragePooling2D()(x))
    x = x * tfkl.Reshape((1, 1, width))(tfkl.Dense(width, "sigmoid")(gate))
    return tfk.Model(inputs, tfkl.Dense(1)(tfkl.Dense(64, "relu")(tfkl.GlobalAveragePooling2D()(x))))
