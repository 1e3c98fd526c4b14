# fails: flows-lognormal-test
# No absolute value: right for b > 0, nan for b < 0.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    x = (np.log(y) - a) / b
    return -0.5 * x**2 - 0.5 * np.log(2 * np.pi) - np.log(b * y)
