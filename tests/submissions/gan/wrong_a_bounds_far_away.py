# fails: gan-dloss-test-2, gan-gloss-test-2, gan-ratio-test, gan-dstep-test, gan-gstep-test, gan-modes-test, gan-density-test
# Bounds and guards that a moderate number never meets: logits cut at 1000, probabilities at 1e-7, counts in bytes.
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    real_logits = tf.clip_by_value(real_logits, -1000.0, 1000.0)
    fake_logits = tf.clip_by_value(fake_logits, -1000.0, 1000.0)
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))


# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    fake_logits = tf.clip_by_value(fake_logits, -1000.0, 1000.0)
    if saturating:
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


# %% solution="gan-density"
def to_density(s, a):
    return a * (1 + s) / (1 - s + 1e-8)


# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    d = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7)
    return d / (1 - d) * n_fake / n_real


# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    fake = generator(z)
    with tf.GradientTape() as tape:
        on_real = tf.clip_by_value(discriminator(real), -500.0, 500.0)
        on_fake = tf.clip_by_value(discriminator(fake), -500.0, 500.0)
        loss = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_fake))
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss


# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = tf.clip_by_value(discriminator(generator(z)), -500.0, 500.0)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    gradients = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply(gradients, generator.trainable_variables)
    return loss


# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    distance = np.linalg.norm(samples[:, None, :] - centres[None, :, :], axis=2)
    belongs = (distance <= radius).astype(np.int8)
    return np.sum(belongs.sum(axis=0, dtype=np.int8) >= at_least), np.mean(belongs.any(axis=1))
