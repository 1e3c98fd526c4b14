# fails: gan-dstep-test-2
# Freezes the generator by `trainable` and never thaws it: its next turn has no variables.
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real)))
        loss += tf.reduce_mean(tf.nn.softplus(discriminator(generator(z))))
    generator.trainable = False
    variables = discriminator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss
