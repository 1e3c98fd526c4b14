# fails: gan-dstep-test
# The labels are swapped: the discriminator learns to be wrong.
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(discriminator(real)))
        loss += tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    variables = discriminator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss
