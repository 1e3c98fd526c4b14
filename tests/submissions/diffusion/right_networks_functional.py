# Right: the functional API with skips, and a step that compares with what the network must give.
# %% solution="diffusion-network"
def build_network(d, hidden):
    inputs = tfk.Input((d + 1,))
    x = tfkl.Dense(hidden, "swish")(inputs)
    for _ in range(3):
        x = tfkl.Add()([x, tfkl.Dense(hidden, "swish")(x)])
    return tfk.Model(inputs, tfkl.Dense(d, kernel_initializer="zeros")(x))

# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    total = tf.sqrt(sigma**2 + data_sd**2)
    y = x + sigma * noise
    wanted = sigma / (data_sd * total) * x - data_sd / total * noise
    inputs = tf.concat([y / total, 0.25 * tf.math.log(sigma)], 1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.math.squared_difference(network(inputs, training=True), wanted)) / len(x)
    weights = network.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
