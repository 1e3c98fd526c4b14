# fails: gan-gstep-test
# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    variables = generator.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    for variable, slope in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(optimizer.learning_rate * slope)
    return loss
