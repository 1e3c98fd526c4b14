# fails: diffusion-step-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Goes uphill.
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise
    with tf.GradientTape() as tape:
        clean = skip * y + out * network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum(((clean - x) / out) ** 2, axis=1))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply([-gradient for gradient in gradients], network.trainable_variables)
    return loss
