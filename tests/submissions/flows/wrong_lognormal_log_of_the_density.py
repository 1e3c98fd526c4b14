# fails: flows-lognormal-test
# The density itself, and then its logarithm: far away from the centre the density is 0 in any float.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    x = (np.log(y) - a) / b
    return np.log(np.exp(-x**2 / 2) / np.sqrt(2 * np.pi) / np.abs(b * y))
