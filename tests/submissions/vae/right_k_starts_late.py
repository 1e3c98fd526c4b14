# Subclasses of Model whose weights are made by their first call: Keras' `build` makes none.
# %% solution="vae-encoder"
class Encoder(tfk.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.parts = [
            tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def build_encoder(latent_dim):
    model = Encoder(latent_dim)
    model.build((None, 32, 32, 1))
    return model


# %% solution="vae-decoder"
class Decoder(tfk.Model):
    def __init__(self):
        super().__init__()
        self.parts = [
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(8 * 8 * 32, activation="elu"),
            tfkl.Reshape((8, 8, 32)),
            tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="elu"),
            tfkl.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]

    def call(self, z):
        for part in self.parts:
            z = part(z)
        return z


def build_decoder(latent_dim):
    return Decoder()
