# fails: inference-bands-test
# The density of n P^ / P rather than that of P^: a factor that depends on the model is forgotten.
# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    return scipy.stats.chi2.logpdf(modes * estimate[:, None] / power, modes).sum(axis=2)
