# fails: lenses-classifier-test
# %% solution="lenses-classifier"
def build_classifier(width=1):
    model = tfk.Sequential([tfk.Input(shape=(48, 48, 1))])
    for filters, size, strides in ((24 * width, 6, 4), (32 * width, 3, 1), (64, 3, 2)):
        model.add(tfkl.Conv2D(filters, size, strides, padding="same", use_bias=False))
        model.add(tfkl.BatchNormalization(momentum=0.9))
        model.add(tfkl.ReLU())
    model.add(tfkl.GlobalMaxPooling2D())
    model.add(tfkl.Dense(1, activation="sigmoid"))
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
