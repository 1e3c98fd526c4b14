# Right: noise on everything that the discriminator sees, which fades away.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    width = 0.3 * tf.maximum(0.0, 1.0 - 2.0 * progress)
    see = lambda x: discriminator(x + width * tf.random.normal(tf.shape(x)))
    fake, real = generator(draw_z()), draw_ring()
    with tf.GradientTape() as tape:
        loss_d = tf.reduce_mean(tf.nn.softplus(-see(real))) + tf.reduce_mean(tf.nn.softplus(see(fake)))
    weights = discriminator.trainable_variables
    discriminator_optimizer.apply_gradients(zip(tape.gradient(loss_d, weights), weights))
    with tf.GradientTape() as tape:
        loss_g = tf.reduce_mean(tf.nn.softplus(-see(generator(draw_z()))))
    weights = generator.trainable_variables
    generator_optimizer.apply_gradients(zip(tape.gradient(loss_g, weights), weights))
    return loss_d, loss_g
