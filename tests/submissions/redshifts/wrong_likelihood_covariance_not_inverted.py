# fails: redshifts-likelihood-test
# Multiplies by the covariance.
# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    difference = x[:, None, None, :] - predicted
    return -0.5 * np.sum(difference @ cov * difference, axis=-1)
