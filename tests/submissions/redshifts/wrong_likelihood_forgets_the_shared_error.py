# fails: redshifts-likelihood-test
# Takes the diagonal of the covariance alone: the brightness counts as five errors.
# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    difference = x[:, None, None, :] - predicted
    return -0.5 * np.sum(difference**2 / np.diag(cov), axis=-1)
