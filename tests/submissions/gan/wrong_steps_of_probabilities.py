# fails: gan-dstep-test, gan-gstep-test
# Logarithms of probabilities: infinite, with slopes that are nan, as soon as the discriminator is sure and wrong.
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    fake = generator(z)
    with tf.GradientTape() as tape:
        d_real, d_fake = tf.sigmoid(discriminator(real)), tf.sigmoid(discriminator(fake))
        loss = -tf.reduce_mean(tf.math.log(d_real)) - tf.reduce_mean(tf.math.log(1 - d_fake))
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss


# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(tf.sigmoid(discriminator(generator(z)))))
    gradients = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply(gradients, generator.trainable_variables)
    return loss
