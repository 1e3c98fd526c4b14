# fails: redshifts-posterior-test-2
# Takes exponentials at once: 0 / 0 far from 0.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    density = np.sum(np.exp(log_like) * prior, axis=-1)
    return density / np.trapezoid(density, z, axis=1)[:, None]
