# fails: gan-dstep-test
# %% solution="gan-dstep"
own = tfk.optimizers.SGD(0.1)


def discriminator_step(generator, discriminator, optimizer, real, z):
    fake = generator(z)
    with tf.GradientTape() as tape:
        on_real = tf.reduce_mean(tf.nn.softplus(-discriminator(real)))
        on_fake = tf.reduce_mean(tf.nn.softplus(discriminator(fake)))
        loss = on_real + on_fake
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    for variable, slope in zip(discriminator.trainable_variables, gradients):
        variable.assign_sub(own.learning_rate * slope)
    return loss
