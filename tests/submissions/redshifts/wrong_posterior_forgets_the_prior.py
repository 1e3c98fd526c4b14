# fails: redshifts-posterior-test, redshifts-posterior-test-2
# Normalises the likelihood: a flat prior.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    joint = scipy.special.logsumexp(log_like, axis=-1)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, z, axis=1)[:, None]
