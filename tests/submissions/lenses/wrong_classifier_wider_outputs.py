# fails: lenses-classifier-test
# The width multiplies the last layer, too: two probabilities at width 2.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    def block(filters, size, strides=1):
        return [
            tfkl.Conv2D(filters * width, size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]

    model = tfk.Sequential(
        [
            tfk.Input(shape=(48, 48, 1)),
            *block(16, 6, 4),
            *block(32, 3),
            tfkl.MaxPool2D(),
            *block(48, 3),
            *block(64, 3),
            tfkl.GlobalMaxPooling2D(),
            tfkl.Dense(1 * width, activation="sigmoid"),
        ]
    )
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
