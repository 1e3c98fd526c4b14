# %% solution="gan-discriminator"
class Residual(tfkl.Layer):
    """Adds to its input what two layers make of it."""

    def __init__(self, width):
        super().__init__()
        self.one, self.two = tfkl.Dense(width, activation="gelu"), tfkl.Dense(width, kernel_initializer="zeros")

    def build(self, shape):
        self.one.build(shape)
        self.two.build(shape)

    def call(self, x):
        return x + self.two(self.one(x))


class Critic(tfk.Model):
    def __init__(self):
        super().__init__()
        self.first, self.middle = tfkl.Dense(48, activation="gelu"), Residual(48)
        self.last = tfkl.Dense(1, kernel_initializer="zeros")

    def call(self, x):
        return self.last(self.middle(self.first(x)))


def build_discriminator(dim):
    model = Critic()
    model(tf.zeros((1, dim)))
    return model


# %% solution="gan-fields"
def build_field_generator(latent_dim):
    small = tfk.initializers.RandomNormal(0.0, 0.02)  # as DCGAN starts

    def double(filters):
        return tfkl.Conv2DTranspose(filters, 4, strides=2, padding="same", kernel_initializer=small)

    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Dense(4 * 4 * 64, kernel_initializer=small),
            tfkl.Reshape((4, 4, 64)),
            tfkl.BatchNormalization(),
            tfkl.ReLU(),
            double(32),
            tfkl.BatchNormalization(),
            tfkl.ReLU(),
            double(16),
            tfkl.BatchNormalization(),
            tfkl.ReLU(),
            tfkl.Conv2D(1, 3, padding="same", activation="tanh", kernel_initializer="zeros"),
        ]
    )
