# fails: flows-latent-test
# Compares the radius itself with chi^2.
# %% solution="flows-latent"
def radius_distance(z):
    return scipy.stats.kstest(np.sqrt(np.sum(z**2, axis=1)), scipy.stats.chi2(z.shape[1]).cdf).statistic
