# A network that looks at the middle half of a stamp alone; a subclass of Model whose weights are made by its first call.
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


# %% solution="lenses-compact"
class Compact(tfk.Model):
    def __init__(self):
        super().__init__()
        self.parts = []
        for size, strides in ((6, 4), (3, 1), (3, 1), (3, 1)):
            self.parts += [
                tfkl.Conv2D(16, size, strides=strides, padding="same", use_bias=False),
                tfkl.BatchNormalization(momentum=0.9),
                tfkl.ReLU(),
            ]
        self.parts.insert(6, tfkl.MaxPool2D())
        self.parts += [tfkl.GlobalMaxPooling2D(), tfkl.Dense(1, activation="sigmoid")]

    def call(self, x, training=None):
        for part in self.parts:
            x = part(x, training=training) if isinstance(part, tfkl.BatchNormalization) else part(x)
        return x


def build_compact():
    model = Compact()
    model.build((None, 48, 48, 1))
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
