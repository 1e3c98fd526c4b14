# fails: gan-gstep-test-2
# The discriminator is not frozen: it learns to be fooled.
# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    variables = generator.trainable_variables + discriminator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss
