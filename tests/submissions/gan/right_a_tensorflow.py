# Right, with TensorFlow in float32.
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    return tf.nn.softmax(tf.cast(tf.stack([log_p, log_q]), tf.float32), axis=0)[0]

# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    p, q = tf.cast(p, tf.float32), tf.cast(q, tf.float32)
    m = (p + q) / 2
    terms = tf.math.multiply_no_nan(tf.math.log(p) - tf.math.log(m), p)
    terms += tf.math.multiply_no_nan(tf.math.log(q) - tf.math.log(m), q)
    return 0.5 * tf.reduce_sum(terms) * dx

# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    bce = tfk.losses.BinaryCrossentropy(from_logits=True)
    real_logits, fake_logits = tf.cast(real_logits, tf.float32), tf.cast(fake_logits, tf.float32)
    return bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)

# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    logits = tf.cast(fake_logits, tf.float32)
    label = tf.zeros_like(logits) if saturating else tf.ones_like(logits)
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(label, logits))
    return -loss if saturating else loss

# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    logits = tf.Variable(tf.cast(fake_logits, tf.float32))
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.nn.softplus(logits)) if saturating else tf.reduce_mean(tf.nn.softplus(-logits))
    return tape.gradient(loss, logits)

# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    p = tf.sigmoid(tf.cast(logits, tf.float32))
    return p / (1 - p) * (n_fake / n_real)

# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    samples, centres = tf.cast(samples, tf.float32), tf.cast(centres, tf.float32)
    inside = tf.norm(samples[:, None] - centres, axis=-1) <= radius
    count = tf.reduce_sum(tf.cast(inside, tf.int32), axis=0)
    covered = tf.reduce_sum(tf.cast(count >= at_least, tf.int32))
    return covered, tf.reduce_mean(tf.cast(tf.reduce_any(inside, axis=1), tf.float32))

# %% solution="gan-energy"
def energy_distance(a, b):
    a, b = tf.cast(a, tf.float32), tf.cast(b, tf.float32)
    mean = lambda x, y: tf.reduce_mean(tf.norm(x[:, None] - y, axis=-1))
    return 2 * mean(a, b) - mean(a, a) - mean(b, b)

# %% solution="gan-density"
def to_density(s, a):
    return a * tf.exp(2 * tf.atanh(tf.cast(s, tf.float32)))

# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = field.shape[0]
    modes = tf.signal.fft2d(tf.cast(field, tf.complex64))
    power = tf.abs(modes) ** 2 * box_size**2 / m**4
    f = tf.constant(np.fft.fftfreq(m, 1 / m), tf.float32)
    length = tf.sqrt(f[:, None] ** 2 + f[None] ** 2)
    k, p = [], []
    for b in range(1, n_bins + 1):
        ring = tf.cast(tf.round(length), tf.int32) == b
        k.append(2 * np.pi / box_size * tf.reduce_mean(tf.boolean_mask(length, ring)))
        p.append(tf.reduce_mean(tf.boolean_mask(power, ring)))
    return tf.stack(k), tf.stack(p)
