# fails: inference-bands-test
# A Gaussian with the variance of the model.
# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    sd = power * np.sqrt(2 / modes)
    return scipy.stats.norm.logpdf(estimate[:, None], power, sd).sum(axis=2)
