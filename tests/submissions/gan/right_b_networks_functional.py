# Right: functional networks, other activations and upsampling, both steps with `trainable` set and reset, Keras losses,
# and two turns for the discriminator.
# %% solution="gan-discriminator"
def build_discriminator(dim):
    x = inputs = tfk.Input((dim,))
    for _ in range(3):
        x = tfkl.Dense(32)(x)
        x = tfkl.Activation("tanh")(x)
    return tfk.Model(inputs, tfkl.Dense(1)(x))

# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    bce = tfk.losses.BinaryCrossentropy(from_logits=True)
    generator.trainable = False
    with tf.GradientTape() as tape:
        real_logits, fake_logits = discriminator(real), discriminator(generator(z))
        loss = bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)
    weights = discriminator.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    generator.trainable = True
    return loss

# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in generator.trainable_variables:
            tape.watch(variable.value)
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(logits), logits))
    gradients = tape.gradient(loss, [variable.value for variable in generator.trainable_variables])
    optimizer.apply(gradients, generator.trainable_variables)
    return loss

# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    for _ in range(2):
        loss_d = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    return loss_d, generator_step(generator, discriminator, generator_optimizer, draw_z())

# %% solution="gan-fields"
def build_field_generator(latent_dim):
    inputs = tfk.Input((latent_dim,))
    x = tfkl.Reshape((4, 4, 64))(tfkl.Dense(1024)(inputs))
    x = tfkl.LeakyReLU(negative_slope=0.2)(x)
    x = tfkl.Conv2DTranspose(32, (4, 4), strides=(2, 2), padding="same")(x)
    x = tfkl.LeakyReLU(negative_slope=0.2)(x)
    x = tfkl.Conv2DTranspose(24, 4, 2, "same")(x)
    x = tfkl.LeakyReLU(negative_slope=0.2)(x)
    x = tfkl.Conv2D(1, 3, padding="same")(x)
    return tfk.Model(inputs, tfkl.Activation("tanh")(x))
