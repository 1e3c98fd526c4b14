# fails: vae-bound-test
# ELBO plus KL: rewards a q that is far from the prior.
# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    scatter = np.sum((x - W @ mean) ** 2) + np.trace(W @ covariance @ W.T)
    ll = -0.5 * len(x) * np.log(2 * np.pi * sigma**2) - scatter / (2 * sigma**2)
    kl = 0.5 * (np.trace(covariance) + mean @ mean - len(mean) - np.log(np.linalg.det(covariance)))
    return ll + kl
