# fails when trained: lenses-classifier-test-5
# may fail when trained: lenses-classifier-test-3, lenses-classifier-test-4
# A stamp is cut down to 30 pixels: a network may, and then misses arcs far out. Trained once, it reached 0.900.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    inputs = tfk.Input(shape=(48, 48, 1))
    x = tfkl.Cropping2D(9)(inputs)
    for filters, size, strides in ((16, 5, 2), (24, 3, 1), (48, 3, 1), (48, 3, 1)):
        x = tfkl.Conv2D(filters * width, size, strides=strides, padding="same", use_bias=False)(x)
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
        if filters == 24:
            x = tfkl.MaxPool2D()(x)
    model = tfk.Model(inputs, tfkl.Dense(1, activation="sigmoid")(tfkl.GlobalMaxPooling2D()(x)))
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
