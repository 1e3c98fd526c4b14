# Gaussian bumps whose centres and widths are learned, as in the papers on density ratios; nothing far from all centres.
# %% solution="gan-discriminator"
class Bumps(tfkl.Layer):
    def build(self, shape):
        start = tfk.initializers.RandomUniform(-3, 3)
        self.centres = self.add_weight(shape=(shape[-1], 48), initializer=start, name="centres")
        self.log_width = self.add_weight(shape=(48,), initializer="zeros", name="log_width")

    def call(self, x):
        squares = tf.reduce_sum((x[..., None] - self.centres) ** 2, axis=1)
        return tf.exp(-squares * tf.exp(-2 * self.log_width))


def build_discriminator(dim):
    return tfk.Sequential([tfk.Input((dim,)), Bumps(), tfkl.Dense(1)])
