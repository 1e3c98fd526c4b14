# Right: in double precision, whatever comes in.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    images = tf.cast(images, tf.float64)
    return 2 * exposure * (tf.sqrt(noise**2 + images / exposure) - noise)

# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    x, mean, sigma = (tf.cast(v, tf.float64) for v in (x, mean, sigma))
    pull = (x - mean) / sigma
    return -tf.reduce_sum(0.5 * pull**2 + tf.math.log(sigma) + 0.5 * np.log(2 * np.pi), axis=[1, 2, 3])

# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    mean, log_var, eps = (tf.cast(v, tf.float64) for v in (mean, log_var, eps))
    return mean + tf.exp(0.5 * log_var) * eps

# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    mean, log_var = tf.cast(mean, tf.float64), tf.cast(log_var, tf.float64)
    return 0.5 * tf.reduce_sum(tf.exp(log_var) + mean**2 - 1.0 - log_var, axis=1)

# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    log_likelihood, kl, beta = (tf.cast(v, tf.float64) for v in (log_likelihood, kl, beta))
    return tf.reduce_mean(beta * kl - log_likelihood)

# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    z, shift, log_scale = (tf.cast(v, tf.float64) for v in (z, shift, log_scale))
    return (z - shift) * tf.exp(-log_scale), -tf.reduce_sum(log_scale, axis=1)
