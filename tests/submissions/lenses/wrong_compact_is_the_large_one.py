# fails: lenses-compact-test
# fails when trained: lenses-compact-test-2, lenses-compact-test-3
# The large network again: no test is passed beyond the limit.
# %% solution="lenses-compact"
def build_compact():
    layers = [tfk.Input(shape=(48, 48, 1))]
    for filters, size, strides in ((24, 6, 4), (32, 3, 1), (48, 3, 1), (64, 3, 2)):
        layers += [
            tfkl.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]
    model = tfk.Sequential([*layers, tfkl.GlobalMaxPooling2D(), tfkl.Dense(1, activation="sigmoid")])
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
