# fails: vae-likelihood-test, vae-reparametrise-test, vae-reparametrise-test-2, vae-kl-test, vae-montecarlo-test, vae-active-test, vae-flow-test
# Guards "for stability" that change the answer: far residuals, narrow and wide Gaussians, large scales.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    pull = tf.clip_by_value((x - mean) / sigma, -50.0, 50.0)
    return -tf.reduce_sum(0.5 * pull**2 + tf.math.log(sigma * tf.ones_like(pull)) + 0.5 * np.log(2 * np.pi), [1, 2, 3])


# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return mean + tf.exp(0.5 * tf.clip_by_value(log_var, -10.0, 10.0)) * eps


# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    log_var = tf.maximum(log_var, -15.0)
    return 0.5 * tf.reduce_sum(tf.exp(log_var) + tf.square(mean) - 1.0 - log_var, axis=-1)


# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    z = mean + np.exp(log_var / 2) * eps
    estimate = np.mean(np.sum(0.5 * z**2 - 0.5 * eps**2 - log_var / 2, axis=-1), axis=0)
    return np.maximum(estimate, 0.0)  # "a divergence is never negative": an estimate of it may be


# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    log_var = np.clip(log_var, -10, 10)
    return int(np.sum(np.mean(np.exp(log_var) + mean**2 - 1 - log_var, axis=0) / 2 > threshold))


# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    log_scale = tf.clip_by_value(log_scale, -10.0, 10.0)
    return (z - shift) * tf.exp(-log_scale), -tf.reduce_sum(log_scale, axis=-1)
