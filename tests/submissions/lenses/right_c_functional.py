# The functional API, a class for the loss, width by a list; callbacks in another order with a mode; one separable network.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    def block(x, filters, size, strides=1):
        x = tfkl.Conv2D(filters, size, strides, "same", use_bias=False)(x)
        return tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))

    image = tfk.Input((48, 48, 1))
    x = block(image, 24 * width, 6, 4)
    x = block(x, 32 * width, 3)
    x = block(x, 48 * width, 3)
    x = tfkl.MaxPooling2D(2)(x)
    x = block(x, 64 * width, 3)
    x = tfkl.GlobalMaxPool2D()(x)
    logit = tfkl.Dense(1)(x)
    model = tfk.Model(image, tfkl.Activation("sigmoid")(logit))
    rate = tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)
    model.compile(optimizer=tfk.optimizers.Adam(rate), loss=tfk.losses.BinaryCrossentropy(), metrics=["accuracy"])
    return model


# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    saver = tfk.callbacks.ModelCheckpoint(path, save_weights_only=True, save_best_only=True, mode="min")
    stopper = tfk.callbacks.EarlyStopping(patience=patience, mode="min", restore_best_weights=True, min_delta=0)
    return (saver, stopper)


# %% solution="lenses-compact"
def build_compact():
    layers = [tfk.Input(shape=(48, 48, 1))]
    for filters, size, strides in ((12, 6, 4), (12, 3, 1), (12, 3, 1), (12, 3, 2), (12, 3, 1)):
        layers += [
            tfkl.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]
    model = tfk.Sequential([*layers, tfkl.GlobalMaxPooling2D(), tfkl.Dense(1, activation="sigmoid")])
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
