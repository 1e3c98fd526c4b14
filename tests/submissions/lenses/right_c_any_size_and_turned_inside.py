# Networks that take images of any size, and turn them themselves in training; filters rounded down; a layer on a skip.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    inputs = tfk.Input((None, None, 1))
    x = small = tfkl.AveragePooling2D(4)(tfkl.RandomFlip()(inputs))
    for filters in (30, 45):
        x = tfkl.Concatenate()([x, small])
        x = tfkl.SeparableConv2D(filters * width // 2, 3, padding="same", activation="silu")(x)
    x = tfkl.Conv2D(24 * width, 3, padding="same", activation="silu")(x)
    model = tfk.Model(inputs, tfkl.Dense(1, "sigmoid")(tfkl.GlobalMaxPooling2D()(x)))
    model.compile(tfk.optimizers.Adam(1e-3), "binary_crossentropy")
    return model


# %% solution="lenses-compact"
def build_compact():
    inputs = tfk.Input((None, None, 1))
    x = tfkl.RandomFlip("horizontal")(inputs)
    for filters in (8, 12, 16):
        x = tfkl.Conv2D(filters, 5, 2, activation="relu", padding="same")(x)
    p = tfkl.GlobalAveragePooling2D()(tfkl.Conv2D(1, 3, activation="sigmoid")(x))
    model = tfk.Model(inputs, p)
    model.compile(tfk.optimizers.Adam(1e-3), "binary_crossentropy")
    return model
