# fails: diffusion-step-test
# Returns the loss after the step.
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise

    def loss_now():
        clean = skip * y + out * network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        return tf.reduce_mean(tf.reduce_sum(((clean - x) / out) ** 2, axis=1))

    with tf.GradientTape() as tape:
        loss = loss_now()
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss_now()
