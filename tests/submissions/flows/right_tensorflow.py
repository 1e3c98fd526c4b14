# Right, with TensorFlow, in float32.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    y = tf.cast(y, tf.float32)
    base = tfd.Normal(0.0, 1.0)
    return base.log_prob((tf.math.log(y) - a) / b) - tf.math.log(tf.abs(b * y))

# %% solution="flows-entropy"
def gaussian_entropy(cov):
    cov = tf.cast(cov, tf.float32)
    return tfd.MultivariateNormalTriL(tf.zeros(len(cov)), tf.linalg.cholesky(cov)).entropy()

# %% solution="flows-nll"
def held_out_nll(log_probs):
    log_probs = tf.cast(log_probs, tf.float32)
    n = tf.cast(len(log_probs), tf.float32)
    return tf.stack([-tf.reduce_mean(log_probs), tf.math.reduce_std(log_probs) / tf.sqrt(n - 1)])

# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    first, second = tf.split(tf.cast(x, tf.float32), 2, axis=1)
    shift, log_scale = (tf.cast(part, tf.float32) for part in conditioner(first))
    return tf.concat([first, second * tf.exp(log_scale) + shift], 1), tf.reduce_sum(log_scale, 1)

# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    first, second = tf.split(tf.cast(y, tf.float32), 2, axis=1)
    shift, log_scale = (tf.cast(part, tf.float32) for part in conditioner(first))
    return tf.concat([first, (second - shift) / tf.exp(log_scale)], 1)

# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    x = tf.cast(x, tf.float32)
    log_det = tf.zeros(x.shape[0])
    for conditioner in conditioners[::-1]:
        second, first = tf.split(x, 2, axis=1)
        shift, log_scale = (tf.cast(part, tf.float32) for part in conditioner(first))
        x = tf.concat([first, (second - shift) * tf.exp(-log_scale)], 1)
        log_det += tf.reduce_sum(log_scale, 1)
    return tf.reduce_sum(tfd.Normal(0.0, 1.0).log_prob(x), 1) - log_det

# %% solution="flows-latent"
def radius_distance(z):
    z = tf.cast(z, tf.float32)
    n = z.shape[0]
    F = tfd.Chi2(float(z.shape[1])).cdf(tf.sort(tf.reduce_sum(z**2, 1)))
    i = tf.range(n + 1, dtype=tf.float32) / n
    return tf.reduce_max(tf.maximum(i[1:] - F, F - i[:-1]))

# %% solution="flows-posterior"
def linear_gaussian_posterior(x, A, prior_cov, noise_cov):
    x, A, prior_cov, noise_cov = (tf.cast(part, tf.float64) for part in (x, A, prior_cov, noise_cov))
    weights = tf.linalg.solve(noise_cov, A)
    cov = tf.linalg.inv(tf.linalg.inv(prior_cov) + tf.transpose(A) @ weights)
    return x @ weights @ cov, tf.cast(cov, tf.float32)

# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    above = tf.reduce_mean(tf.cast(log_prob_samples > tf.constant(log_prob_true)[None], tf.float64), 0)
    inside = above[None, :] <= tf.cast(levels, tf.float64)[:, None] + 1e-9
    return tf.reduce_mean(tf.cast(inside, tf.float32), 1)

# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    m = 0.01

    def bins(u):
        e = tf.exp(u - tf.reduce_max(u, axis=-1, keepdims=True))
        return m + (2 * bound - n_bins * m) * e / tf.reduce_sum(e, axis=-1, keepdims=True)

    return [bins(raw[..., :n_bins]), bins(raw[..., n_bins:-n_bins + 1]), m + tf.math.log1p(tf.exp(raw[..., 1 - n_bins:]))]
