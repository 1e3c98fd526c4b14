# fails: diffusion-preconditioning-test
# Variances in the place of standard deviations; the step has factors of its own.
# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    total = sigma**2 + data_sd**2
    return data_sd**2 / total, sigma**2 * data_sd**2 / total, 1 / total
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    total = tf.sqrt(sigma**2 + data_sd**2)
    y = x + sigma * noise
    wanted = sigma / (data_sd * total) * x - data_sd / total * noise
    with tf.GradientTape() as tape:
        answer = network(tf.concat([y / total, tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum((answer - wanted) ** 2, axis=1))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
