# fails: flows-lognormal-test
# The density of x, not of y: the slope of the map is forgotten.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    x = (np.log(y) - a) / b
    return scipy.stats.norm.logpdf(x)
