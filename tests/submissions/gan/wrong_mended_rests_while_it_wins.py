# fails: gan-mended-test
# may fail when trained: gan-mended-test-2, gan-mended-test-3, gan-mended-test-4
# Whoever is winning sits the round out, so that the other one can catch up: in every round both learn.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    real, fake = draw_ring(), generator(draw_z())
    with tf.GradientTape() as tape:
        loss_d = tf.reduce_mean(tf.nn.softplus(-discriminator(real))) + tf.reduce_mean(
            tf.nn.softplus(discriminator(fake))
        )
    variables = discriminator.trainable_variables
    gradients = tape.gradient(loss_d, variables)
    learns = tf.cast(loss_d > 0.7, tf.float32)
    discriminator_optimizer.apply([learns * gradient for gradient in gradients], variables)

    z = draw_z()
    with tf.GradientTape() as tape:
        loss_g = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    variables = generator.trainable_variables
    gradients = tape.gradient(loss_g, variables)
    learns = tf.cast(loss_g > 0.4, tf.float32)
    generator_optimizer.apply([learns * gradient for gradient in gradients], variables)
    return loss_d, loss_g
