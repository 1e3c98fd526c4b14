# fails: diffusion-preconditioning-test
# The root of 1 - c_skip, of which single precision leaves no digits where there is little noise; the step has its own.
# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    c_skip = data_sd**2 / (sigma**2 + data_sd**2)
    c_out = data_sd * (1 - c_skip) ** 0.5
    c_in = 1 / (sigma**2 + data_sd**2) ** 0.5
    return c_skip, c_out, c_in

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
