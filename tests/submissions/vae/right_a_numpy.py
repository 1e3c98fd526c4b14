# Right, in NumPy wherever values are asked, in other arithmetic, with float64 inside; the networks by the functional API.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    i = np.asarray(images, dtype=np.float64)
    # The difference of two square roots, multiplied by their sum.
    return 2 * i / (np.sqrt(noise * noise + i / exposure) + noise)

# %% solution="vae-encoder"
def build_encoder(latent_dim):
    inputs = tfk.Input((32, 32, 1))
    h = tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu")(inputs)
    h = tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu")(h)
    h = tfkl.Dense(64, activation="elu")(tfkl.Flatten()(h))
    mean, log_var = tfkl.Dense(latent_dim)(h), tfkl.Dense(latent_dim)(h)
    return tfk.Model(inputs, tfkl.Concatenate()([mean, log_var]))

# %% solution="vae-decoder"
def build_decoder(latent_dim):
    z = tfk.Input((latent_dim,))
    h = tfkl.Dense(64, activation="elu")(z)
    h = tfkl.Dense(2048, activation="elu")(h)
    h = tfkl.Reshape((8, 8, 32))(h)
    h = tfkl.Activation("elu")(tfkl.Conv2DTranspose(16, 4, strides=2, padding="same")(h))
    return tfk.Model(z, tfkl.Conv2DTranspose(1, 4, strides=2, padding="same")(h))

# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    sigma = np.sqrt(np.exp(np.float64(log_var)))
    z = mean[None] + sigma[None] * eps
    log_q = -0.5 * ((z - mean) / sigma) ** 2 - np.log(sigma)
    return (log_q + 0.5 * z**2).sum(axis=2).mean(axis=0)

# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    precision = np.eye(W.shape[1]) + W.T @ W / sigma**2
    covariance = np.linalg.inv(precision)
    return covariance @ (W.T @ x) / sigma**2, covariance

# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    # The log-evidence minus the divergence of q from the posterior.
    D, d = W.shape
    C = W @ W.T + sigma**2 * np.eye(D)
    evidence = -0.5 * (x @ np.linalg.solve(C, x) + np.linalg.slogdet(C)[1] + D * np.log(2 * np.pi))
    precision = np.eye(d) + W.T @ W / sigma**2
    off = np.linalg.solve(precision, W.T @ x) / sigma**2 - mean
    logs = np.linalg.slogdet(precision)[1] + np.linalg.slogdet(covariance)[1]
    return evidence - 0.5 * (np.trace(precision @ covariance) + off @ precision @ off - d - logs)

# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    return beta * np.clip(step / warm_up_steps, 0, 1) if warm_up_steps > 0 else beta

# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    kl = 0.5 * (np.exp(log_var) + np.square(mean) - 1 - log_var)
    return np.count_nonzero(kl.mean(axis=0) > threshold)

# %% solution="vae-moments"
def moments(images, scale):
    n, s, _ = images.shape
    p = np.arange(s) - (s - 1) / 2
    g = np.exp(-(p**2) / (2 * scale**2))
    light = np.einsum("nij,i,j->nij", images, g, g)
    light = light / light.sum(axis=(1, 2), keepdims=True)
    columns, rows = light.sum(axis=1), light.sum(axis=2)
    x, y = columns @ p, rows @ p
    xx, yy = columns @ p**2 - x**2, rows @ p**2 - y**2
    xy = np.einsum("nij,i,j->n", light, p, p) - x * y
    det = xx * yy - xy**2
    e = (xx - yy + 2j * xy) / (xx + yy + 2 * np.sqrt(det))
    return np.column_stack([images.sum(axis=(1, 2)), det**0.25, e.real, e.imag])

# %% solution="vae-ks"
def ks_statistic(a, b):
    values = np.unique(np.concatenate([a, b]))
    fa = np.array([np.mean(a <= t) for t in values])
    fb = np.array([np.mean(b <= t) for t in values])
    return abs(fa - fb).max()

