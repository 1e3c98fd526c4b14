# A subclass of Model whose weights are made by its first call.
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
