# fails: flows-latent-test
# Degrees of freedom of the plane, whatever the dimension.
# %% solution="flows-latent"
def radius_distance(z):
    return scipy.stats.kstest(np.sum(z**2, axis=1), lambda r2: 1 - np.exp(-r2 / 2)).statistic
