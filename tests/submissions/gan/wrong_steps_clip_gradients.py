# fails: gan-dstep-test, gan-gstep-test
# Long gradients are cut: to a length of 10 in all, or number by number.
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    fake = generator(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real))) + tf.reduce_mean(tf.nn.softplus(discriminator(fake)))
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, discriminator.trainable_variables), 10.0)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss


# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    gradients = [tf.clip_by_value(g, -1.0, 1.0) for g in tape.gradient(loss, generator.trainable_variables)]
    optimizer.apply(gradients, generator.trainable_variables)
    return loss
