# Right: a model of the student's own class, and a gradient that is taken with a watched list.
# %% solution="diffusion-network"
def build_network(d, hidden):
    class Tower(tfk.Model):
        def __init__(self):
            super().__init__()
            self.inner = [tfkl.Dense(hidden, activation) for activation in ("silu", "gelu", "relu", "silu")]
            self.outer = tfkl.Dense(d)

        def call(self, x):
            for layer in self.inner:
                x = layer(x)
            return self.outer(x)

    model = Tower()
    model(np.zeros((1, d + 1), "float32"))
    return model

# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    variables = network.trainable_variables
    skip, out, into = preconditioning(sigma, data_sd)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in variables])
        noisy = tf.add(x, tf.multiply(sigma, noise))
        given = tf.concat([tf.multiply(into, noisy), tf.math.log(sigma ** 0.25)], axis=-1)
        off = skip * noisy + out * network(given) - x
        loss = tf.reduce_mean(tf.reduce_sum(off * off, axis=-1) / out[:, 0] ** 2)
    optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)
    return loss
