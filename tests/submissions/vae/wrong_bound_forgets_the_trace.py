# fails: vae-bound-test
# The likelihood at the mean of q, without the scatter of W z about W m.
# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    ll = -0.5 * len(x) * np.log(2 * np.pi * sigma**2) - np.sum((x - W @ mean) ** 2) / (2 * sigma**2)
    kl = 0.5 * (np.trace(covariance) + mean @ mean - len(mean) - np.log(np.linalg.det(covariance)))
    return ll - kl
