# Right: ReLU and then layer normalisation, with a small epsilon: where all channels are nearly 0, it bends sharply.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input((size, size, 1))
    for _ in range(3):
        x = tfkl.LayerNormalization(epsilon=1e-6)(tfkl.Conv2D(width, 3, activation="relu")(Wrap()(x)))
    return tfk.Model(inputs, tfkl.Dense(1)(tfkl.Dense(64, "relu")(tfkl.GlobalAveragePooling2D()(x))))
