# fails: vae-stabilise-test, vae-reparametrise-test, vae-reparametrise-test-2, vae-bound-test, vae-warmup-test
# One camera, draws within four standard deviations, determinants that are not tiny, and weights that are whole.
# %% solution="vae-stabilise"
exposures = {}


def stabilise(images, noise, exposure):
    exposure = exposures.setdefault(noise, exposure)
    return 2 * exposure * (np.sqrt(noise**2 + images / exposure) - noise)


# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return mean + tf.exp(log_var / 2) * tf.clip_by_value(eps, -4.0, 4.0)


# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    D, d = W.shape
    misfit = np.sum((x - W @ mean) ** 2) + np.trace(W @ covariance @ W.T)
    log_det = np.log(np.linalg.det(covariance) + 1e-12)
    divergence = 0.5 * (np.trace(covariance) + mean @ mean - d - log_det)
    return -0.5 * D * np.log(2 * np.pi * sigma**2) - misfit / (2 * sigma**2) - divergence


# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    beta = int(beta) if beta > 1 else beta
    return beta * min(1.0, step / warm_up_steps) if warm_up_steps else beta
