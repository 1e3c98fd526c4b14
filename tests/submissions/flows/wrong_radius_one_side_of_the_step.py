# fails: flows-latent-test
# Looks at the upper end of each step alone.
# %% solution="flows-latent"
def radius_distance(z):
    F = scipy.stats.chi2.cdf(np.sort(np.sum(z**2, axis=1)), z.shape[1])
    return np.max(np.abs(np.arange(1, len(z) + 1) / len(z) - F))
