# Networks as subclasses of Model, which do not know their shapes; and draws and terms that come by tf.gather.
# %% solution="vae-encoder"
class Encoder(tfk.Model):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = [tfkl.Conv2D(n, 4, strides=2, padding="same", activation="elu") for n in (16, 32)]
        self.flatten, self.dense = tfkl.Flatten(), tfkl.Dense(64, activation="elu")
        self.last = tfkl.Dense(2 * latent_dim)

    def call(self, image):
        for layer in self.convolutions:
            image = layer(image)
        return self.last(self.dense(self.flatten(image)))


def build_encoder(latent_dim):
    model = Encoder(latent_dim)
    model(tf.zeros((1, 32, 32, 1)))
    return model


# %% solution="vae-decoder"
class Decoder(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = [tfkl.Dense(n, activation="elu") for n in (64, 8 * 8 * 32)]
        self.reshape = tfkl.Reshape((8, 8, 32))
        self.double = tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="elu")
        self.last = tfkl.Conv2DTranspose(1, 4, strides=2, padding="same")

    def call(self, z):
        for layer in self.dense:
            z = layer(z)
        return self.last(self.double(self.reshape(z)))


def build_decoder(latent_dim):
    model = Decoder()
    model(tf.zeros((1, latent_dim)))
    return model


# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    backwards = tf.range(tf.shape(mean)[0])[::-1]
    z = tf.gather(mean, backwards) + tf.exp(tf.gather(log_var, backwards) / 2) * tf.gather(eps, backwards)
    return tf.gather(z, backwards)


# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    dearest_first = tf.argsort(kl, direction="DESCENDING")
    return tf.reduce_mean(beta * tf.gather(kl, dearest_first) - tf.gather(log_likelihood, dearest_first))
