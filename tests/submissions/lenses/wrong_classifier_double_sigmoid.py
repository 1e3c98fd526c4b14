# fails: lenses-classifier-test-2
# The output is a probability, and the loss is told that it is a logit: the sigmoid is applied twice.
# The second test, of the loss, is lost.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    f = lambda n: n * width
    layers = [tfk.Input(shape=(48, 48, 1))]
    for filters, size, strides in ((24, 6, 4), (32, 3, 1), (48, 3, 1)):
        layers += [
            tfkl.Conv2D(f(filters), size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]
    layers += [tfkl.MaxPool2D(), tfkl.Conv2D(f(64), 3, padding="same", use_bias=False)]
    layers += [tfkl.BatchNormalization(momentum=0.9), tfkl.ReLU(), tfkl.GlobalMaxPooling2D()]
    layers += [tfkl.Dense(1, activation="sigmoid")]
    model = tfk.Sequential(layers)
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), tfk.losses.BinaryCrossentropy(from_logits=True))
    return model
