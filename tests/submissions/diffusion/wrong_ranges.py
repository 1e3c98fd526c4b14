# fails: diffusion-score-test, diffusion-denoise-test, diffusion-kernel-test, diffusion-reverse-test, diffusion-heun-test, diffusion-density-test, diffusion-step-test, diffusion-components-test, diffusion-nearest-test, diffusion-guidance-test
# Wrong where nobody looks: far points, tiny and huge levels, whole numbers, hundreds of dimensions, large errors.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    variance = widths**2 + sigma**2
    away = means - y[:, None]
    squares = np.sum(away**2, axis=2)
    density = weights * variance ** (-y.shape[1] / 2) * np.exp(-squares / (2 * variance))
    total = density.sum(axis=1, keepdims=True)
    nearest = np.eye(len(weights))[squares.argmin(axis=1)]  # far away: the nearest blob, however narrow
    share = np.where(total > 0, density / np.where(total > 0, total, 1), nearest)
    return np.sum(share[:, :, None] * away / variance[:, None], axis=1)

# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    return y + np.clip(sigma, 1e-3, 100.0) ** 2 * score

# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    t = np.asarray(t)
    alpha, spread = np.zeros_like(t), np.zeros_like(t)  # whole numbers for a whole number
    integral = low * t + (high - low) * t**2 / 2
    alpha[...], spread[...] = np.exp(-integral / 2), np.sqrt(-np.expm1(-integral))
    return alpha, spread

# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    if noise is None or not np.any(noise):
        return x + step * beta * (x + score) / 2
    return x + beta * step * (0.5 * x + score) + (beta * step) ** 0.5 * noise

# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for now, then in zip(sigmas[:-1], sigmas[1:]):
        slope = -now * np.asarray(score(y, now))
        new = y + (then - now) * slope
        if then > 1e-3:  # as good as 0
            new = y + (then - now) * (slope - then * np.asarray(score(new, then))) / 2
        y = new
    return y

# %% solution="diffusion-density"
def ode_log_density(score, divergence, x, sigmas):
    y, change = x, 0.0
    for now, then in zip(sigmas[:-1], sigmas[1:]):
        slope = -now * score(y, now)
        guess = y + (then - now) * slope
        change = change + (then - now) / 2 * (now * divergence(y, now) + then * divergence(guess, then))
        y = y + (then - now) / 2 * (slope - then * score(guess, then))
    return np.log(np.prod(scipy.stats.norm(0, sigmas[-1]).pdf(y), axis=1)) - change

# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise
    with tf.GradientTape() as tape:
        answer = network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        errors = tf.reduce_sum(((skip * y + out * answer - x) / out) ** 2, axis=1)
        loss = tf.reduce_mean(tf.minimum(errors, 20.0))  # an outlier counts no more
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss

# %% solution="diffusion-components"
def principal_components(rows, k):
    away = rows - rows.mean(axis=0)
    values, vectors = np.linalg.eigh(away.T @ away / len(rows))
    return rows.mean(axis=0), vectors.T[::-1][:k], np.sqrt(values[::-1][:k])  # nan for a variance of -1e-17

# %% solution="diffusion-nearest"
def nearest(a, b):
    from scipy.spatial import cKDTree

    return cKDTree(b).query(a)

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    S = H @ covariance @ H.T + (r**2 + 1e-6) * np.eye(len(z))  # as if r were never small
    away = np.linalg.solve(S, (z - denoised @ H.T)[:, :, None])
    return (covariance @ H.T @ away)[:, :, 0] / sigma**2
