# Right: TensorFlow and TensorFlow Probability, in float64, and tensors as results.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = tf.constant(widths**2 + sigma**2)
    away = tf.constant(y)[:, None] - means
    logs = tf.math.log(tf.constant(weights)) - tf.reduce_sum(away**2, 2) / (2 * v) - 0.5 * y.shape[1] * tf.math.log(v)
    return -tf.reduce_sum((tf.nn.softmax(logs, axis=1) / v)[..., None] * away, axis=1)

# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    return tf.add(y, tf.square(tf.constant(sigma, tf.float64)) * score)

# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    return tf.reduce_mean(tf.reduce_sum(tf.square(tf.constant(sigma) * score + noise), axis=-1))

# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    t = tf.constant(t, tf.float64)
    area = low * t + (high - low) * t * t / 2
    return tf.exp(-area / 2), tf.sqrt(-tf.math.expm1(-area))

# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    x, score = tf.constant(x), tf.constant(score)
    factor = 0.5 if noise is None else 1.0
    moved = x + step * beta * (0.5 * x + factor * score)
    return moved if noise is None else moved + tf.sqrt(tf.constant(beta * step, tf.float64)) * noise

# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    into = 1 / (sigma * sigma + data_sd * data_sd) ** 0.5
    return data_sd * data_sd * into * into, sigma * data_sd * into, into

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    H, V = tf.constant(H), tf.constant(covariance)
    VH = tf.linalg.matmul(V, tf.broadcast_to(H, (len(covariance), *H.shape)), transpose_b=True)
    S = tf.linalg.matmul(tf.broadcast_to(H, (len(covariance), *H.shape)), VH) + r**2 * tf.eye(len(z), dtype=tf.float64)
    pull = tf.linalg.solve(S, (z - tf.constant(denoised) @ tf.transpose(H))[..., None])
    return tf.linalg.matmul(VH, pull)[..., 0] / sigma**2
