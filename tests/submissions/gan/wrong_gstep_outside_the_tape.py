# fails: gan-gstep-test, gan-gstep-test-2
# Makes the samples before the tape: no gradient reaches the generator.
# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    fake = generator(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(fake)))
    variables = generator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss
