# Right: separable and dilated convolutions in a subclass of Model, wrapped so that it knows its input.
# %% solution="conv-design"
class Encoder(tfkl.Layer):
    def __init__(self):
        super().__init__()
        self.parts = [
            tfkl.SeparableConv2D(8, 7, strides=2, padding="same", activation="relu"),
            tfkl.Conv2D(8, 3, dilation_rate=2, padding="same", activation="elu"),
            tfkl.MaxPool2D(2),
            tfkl.SeparableConv2D(16, 5, strides=2, padding="same", activation="sigmoid"),
        ]

    def build(self, shape):
        for part in self.parts:
            part.build(shape)
            shape = part.compute_output_shape(shape)

    def call(self, images):
        for part in self.parts:
            images = part(images)
        return images

    def compute_output_shape(self, shape):
        for part in self.parts:
            shape = part.compute_output_shape(shape)
        return shape


def build_encoder():
    return tfk.Sequential([tfk.Input((64, 64, 3)), Encoder()])
