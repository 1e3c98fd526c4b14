# fails: redshifts-posterior-test-2
# Takes away the largest log-likelihood, also where the prior is zero: everything else underflows.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    density = np.sum(np.exp(log_like - log_like.max(axis=(1, 2), keepdims=True)) * prior, axis=-1)
    return density / np.trapezoid(density, z, axis=1)[:, None]
