# Right: subclassed networks that were called once, and one of them compiled already.
# %% solution="gan-discriminator"
class Critic(tfk.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [tfkl.Dense(48, activation="relu") for _ in range(2)]
        self.out = tfkl.Dense(1)

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)


def build_discriminator(dim):
    model = Critic()
    model(np.zeros((1, dim), "float32"))
    model.compile("adam", tfk.losses.BinaryCrossentropy(from_logits=True))
    return model

# %% solution="gan-fields"
class Maps(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = tfkl.Dense(256)
        self.convs = [tfkl.Conv2D(24, 5, padding="same", activation="leaky_relu"), tfkl.Conv2D(1, 5, padding="same")]

    def call(self, z):
        h = tf.reshape(self.dense(z), (-1, 16, 16, 1))
        for conv in self.convs:
            h = conv(h)
        return tf.nn.tanh(h)


def build_field_generator(latent_dim):
    model = Maps()
    model(tf.ones((2, latent_dim)))
    return model
