# fails: diffusion-step-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# The network gives the noise, as other diffusion models do; the sampler expects something else.
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    skip, out, into = preconditioning(sigma, data_sd)
    with tf.GradientTape() as tape:
        said = network(tf.concat([into * (x + sigma * noise), tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum((said - noise) ** 2, axis=1))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
