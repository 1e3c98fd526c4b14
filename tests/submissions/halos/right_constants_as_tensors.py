# Right: constants are float32 tensors, single precision, powers from differences.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    one = tf.constant(1.0)
    both = tf.reduce_sum(tf.multiply(truth, probabilities), axis=(1, 2, 3, 4))
    sizes = tf.reduce_sum(tf.add(truth, probabilities), axis=(1, 2, 3, 4))
    return tf.reduce_mean(one - (tf.constant(2.0) * both + one) / (sizes + one))


# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    """The logarithm of a Python float is a float32 tensor."""
    return 0.5 * (tf.math.log(2 * np.pi) + tf.reduce_mean(log_var + tf.square(target - mean) / tf.exp(log_var)))


# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    """In single precision."""
    x = np.asarray(overdensity, np.float32)
    mu = np.float32(np.log(amplitude)) + np.float32(slope) * np.log(x)
    square = np.square(np.asarray(scatter, np.float32))
    mean = np.exp(mu + square / 2)
    return mu, mean, mean * np.expm1(square) * mean


# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    truth = mean_power + scatter_power
    average = mean_power + scatter_power * number**-1.0
    return (average, average + truth - 2 * mean_power)
