# Right: TensorFlow where NumPy would do, and other forms of the losses.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = (tf.cast(tf.reshape(part, (len(part), -1)), tf.float64) for part in (found, truth))
    both, cells = tf.reduce_sum(found * truth, axis=1), tf.reduce_sum(found + truth, axis=1)
    dice = tf.where(cells > 0, tf.math.divide_no_nan(2 * both, cells), 1.0)
    return tf.reduce_mean(1 - tf.abs(found - truth), axis=1), dice

# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    flat_t, flat_p = (tf.reshape(part, (tf.shape(part)[0], -1)) for part in (truth, probabilities))
    cells = tf.reduce_sum(flat_t, axis=1) + tf.reduce_sum(flat_p, axis=1)
    off = tf.reduce_sum(flat_t * (1 - flat_p) + flat_p * (1 - flat_t), axis=1)
    return tf.reduce_mean(off / (cells + 1))

# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    sd = tf.exp(log_var / 2)
    return tf.reduce_mean(tf.square((target - mean) / sd) / 2 + tf.math.log(sd) + 0.5 * np.log(2 * np.pi))

# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    variables = network.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        outputs = network(inputs, training=True)
        value = loss(targets, outputs)
    optimizer.apply_gradients(zip(tape.gradient(value, variables), variables))
    return tf.identity(value)

# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    scatter = tf.constant(scatter_power, dtype=tf.float64)
    return tf.constant(mean_power, dtype=tf.float64) + scatter / number, scatter * ((number + 1) / number)

# %% solution="halos-spectrum"
def spectrum(residuals):
    modes = tf.signal.fft2d(tf.cast(residuals, tf.complex128))
    return tf.reduce_mean(tf.abs(modes) ** 2, axis=0) / (residuals.shape[1] * residuals.shape[2])


def correlated(white, power):
    modes = tf.signal.fft2d(tf.cast(white, tf.complex128)) * tf.cast(tf.sqrt(power), tf.complex128)
    return tf.math.real(tf.signal.ifft2d(modes))
