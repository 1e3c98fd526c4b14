# fails: gan-dstep-test-2
# One list for the variables of both networks: the generator helps the discriminator.
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    with tf.GradientTape() as tape:
        fake = generator(z)
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real))) + tf.reduce_mean(tf.nn.softplus(discriminator(fake)))
    variables = discriminator.trainable_variables + generator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss
