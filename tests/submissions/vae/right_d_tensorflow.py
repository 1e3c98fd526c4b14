# Right, in TensorFlow's float32 from end to end.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    images = tf.cast(images, tf.float64)
    return 2.0 * exposure * (tf.sqrt(noise**2 + images / exposure) - noise)

# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    x, mean = tf.convert_to_tensor(x), tf.convert_to_tensor(mean)
    sigma = tf.cast(sigma, x.dtype) * tf.ones_like(x)
    terms = tf.square((x - mean) / sigma) + 2 * tf.math.log(sigma) + tf.math.log(2 * np.pi)
    return -0.5 * tf.reduce_sum(tf.reshape(terms, (tf.shape(terms)[0], -1)), axis=-1)

# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return tf.add(mean, tf.multiply(tf.sqrt(tf.exp(log_var)), eps))

# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    z = mean + tf.exp(log_var / 2) * eps
    return tf.reduce_mean(tf.reduce_sum(tf.square(z) - tf.square(eps) - log_var, axis=-1) / 2, axis=0)

# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    x, W = tf.cast(x, tf.float32), tf.cast(W, tf.float32)
    M = tf.transpose(W) @ W + sigma**2 * tf.eye(W.shape[1])
    return tf.linalg.matvec(tf.linalg.inv(M), tf.linalg.matvec(W, x, transpose_a=True)), sigma**2 * tf.linalg.inv(M)

# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    x, W, m, S = (tf.cast(part, tf.float32) for part in (x, W, mean, covariance))
    scatter = tf.reduce_sum((x - tf.linalg.matvec(W, m)) ** 2) + tf.linalg.trace(W @ S @ tf.transpose(W))
    kl = 0.5 * (tf.linalg.trace(S) + tf.reduce_sum(m**2) - len(mean) - tf.linalg.logdet(S))
    return -0.5 * len(x) * np.log(2 * np.pi * sigma**2) - scatter / (2 * sigma**2) - kl

# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return beta * tf.reduce_mean(kl) - tf.reduce_mean(log_likelihood)

# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    return tf.cond(step >= warm_up_steps, lambda: beta * 1.0, lambda: beta * step / max(1, warm_up_steps))

# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    kl = tf.reduce_mean(tf.exp(log_var) + mean**2 - 1 - log_var, axis=0) / 2
    return tf.math.count_nonzero(kl > threshold)

# %% solution="vae-moments"
def moments(images, scale):
    images = tf.cast(images, tf.float32)
    p = tf.range(images.shape[1], dtype=tf.float32) - (images.shape[1] - 1) / 2
    x, y = tf.meshgrid(p, p)
    w = images * tf.exp(-(x**2 + y**2) / (2 * scale**2))
    w /= tf.reduce_sum(w, axis=[1, 2], keepdims=True)
    x = x - tf.reduce_sum(w * x, axis=[1, 2], keepdims=True)
    y = y - tf.reduce_sum(w * y, axis=[1, 2], keepdims=True)
    xx, yy, xy = (tf.reduce_sum(w * q, axis=[1, 2]) for q in (x * x, y * y, x * y))
    root = tf.sqrt(xx * yy - xy**2)
    down = xx + yy + 2 * root
    return tf.stack([tf.reduce_sum(images, axis=[1, 2]), tf.sqrt(root), (xx - yy) / down, 2 * xy / down], axis=1)

# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    return tf.divide(tf.subtract(z, shift), tf.exp(log_scale)), tf.negative(tf.math.reduce_sum(log_scale, axis=1))
