# Right, with the distributions and bijectors of TensorFlow Probability, and with SciPy.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    return tfd.Independent(tfd.Normal(mean, sigma), reinterpreted_batch_ndims=3).log_prob(x)

# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return tfb.Shift(mean)(tfb.Scale(log_scale=log_var / 2)).forward(eps)

# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    q = tfd.Normal(mean, tf.exp(log_var / 2))
    return tf.reduce_sum(tfd.kl_divergence(q, tfd.Normal(tf.zeros_like(mean), 1.0)), axis=-1)

# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    q = tfd.MultivariateNormalDiag(mean, tf.exp(log_var / 2))
    z = mean + tf.exp(log_var / 2) * eps
    p = tfd.MultivariateNormalDiag(tf.zeros(mean.shape[1]))
    return tf.reduce_mean(q.log_prob(z) - p.log_prob(z), axis=0)

# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    q = tfd.MultivariateNormalTriL(mean, np.linalg.cholesky(covariance))
    p = tfd.MultivariateNormalDiag(np.zeros(len(mean)), np.ones(len(mean)))
    at_mean = tfd.MultivariateNormalDiag(W @ mean, sigma * np.ones(len(x))).log_prob(x)
    return at_mean - np.trace(W @ covariance @ W.T) / (2 * sigma**2) - q.kl_divergence(p)

# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    q = tfd.Normal(np.asarray(mean, np.float64), np.exp(np.asarray(log_var, np.float64) / 2))
    kl = q.kl_divergence(tfd.Normal(np.float64(0), np.float64(1)))
    return tf.reduce_sum(tf.cast(tf.reduce_mean(kl, axis=0) > threshold, tf.int32))

# %% solution="vae-ks"
import scipy.stats


def ks_statistic(a, b):
    return scipy.stats.ks_2samp(a, b, method="asymp").statistic

# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    step = tfb.Invert(tfb.Shift(shift)(tfb.Scale(log_scale=log_scale)))
    return step.forward(z), step.forward_log_det_jacobian(z, event_ndims=1)
