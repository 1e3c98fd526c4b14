# fails: vae-likelihood-test, vae-kl-test, vae-flow-test
# Right numbers by NumPy, where the text asks for TensorFlow: no gradient passes, and nothing could be trained.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    x, mean = np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    s = np.broadcast_to(np.asarray(sigma, dtype=np.float64), x.shape)
    density = -np.square(x - mean) / (2 * s * s) - 0.5 * np.log(2 * np.pi * s * s)
    return density.reshape(len(x), -1).sum(axis=1)

# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    mean, log_var = np.asarray(mean, dtype=np.float64), np.asarray(log_var, dtype=np.float64)
    return ((np.expm1(log_var) - log_var + np.square(mean)) / 2).sum(axis=1)

# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    return (np.asarray(z) - shift) / np.exp(log_scale), np.log(np.prod(np.exp(-np.asarray(log_scale, float)), axis=1))
