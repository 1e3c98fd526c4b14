# fails: flows-lognormal-test
# Adds the slope of the map where that of its inverse belongs: the wrong sign.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    x = (np.log(y) - a) / b
    return scipy.stats.norm.logpdf(x) + np.log(np.abs(b) * y)
