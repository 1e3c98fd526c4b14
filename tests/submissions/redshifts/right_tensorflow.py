# Right: TensorFlow throughout, tensors as results, other ways to write the mixture and the step.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    z_phot, z_true = tf.constant(z_phot, tf.float64), tf.constant(z_true, tf.float64)
    residual = (z_phot - z_true) / (1 + z_true)
    width = 1.4826 * np.median(np.abs(residual - np.median(residual)))
    return tf.reduce_mean(residual), width, tf.reduce_mean(tf.cast(tf.abs(residual) > cut, tf.float64))

# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    off = tf.constant(x, tf.float64)[:, None, None, :] - tf.constant(predicted, tf.float64)
    return -tf.einsum("ijka,ab,ijkb->ijk", off, tf.linalg.inv(tf.constant(cov, tf.float64)), off) / 2

# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    log_weights = logits - tf.reduce_logsumexp(logits, axis=-1, keepdims=True)
    off = (tf.expand_dims(z, -1) - means) / scales
    terms = log_weights - off**2 / 2 - tf.math.log(scales)
    largest = tf.stop_gradient(tf.reduce_max(terms, axis=1, keepdims=True))
    return tf.math.log(tf.reduce_sum(tf.exp(terms - largest), axis=1)) + largest[:, 0] - np.log(2 * np.pi) / 2

# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    k = raw.shape[1] // 3
    return [raw[:, :k], raw[:, k : 2 * k] + centres[None, :], tf.math.softplus(raw[:, -k:]) + 0.005]

# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    variables = model.trainable_weights
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in variables:
            tape.watch(variable.value)
        loss = loss_function(target, model(x))
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    optimizer.apply_gradients(zip(gradients, variables))
    return tf.identity(loss)

# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    def at(shift):
        return tf.reshape(tf.constant(log_power(theta + shift), tf.float64), (-1,))[1:]

    ways = np.eye(len(theta)) * step
    slopes = tf.stack([(at(way) - at(-way)) / (2 * step) for way in ways])
    return tf.matmul(slopes, slopes, transpose_b=True) / 2

# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    n, size = len(maps), maps.shape[1] ** 2
    power = tf.reshape(tf.abs(tf.signal.fft2d(tf.cast(maps, tf.complex128))) ** 2 / size, (n, size))[:, 1:]
    log_p = tf.reshape(tf.constant(log_powers, tf.float64), (len(slopes), size))[:, 1:]
    log_like = -(tf.matmul(power, tf.exp(-log_p), transpose_b=True) + tf.reduce_sum(log_p, axis=1)) / 2
    density = tf.exp(log_like - tf.reduce_max(log_like, axis=1, keepdims=True)).numpy()
    return tf.constant(density / np.trapezoid(density, slopes, axis=1)[:, None])
