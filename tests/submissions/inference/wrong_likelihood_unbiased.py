# fails: inference-likelihood-test
# Divides by n - 1: not the likelihood's maximum.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x, rcond=None)[0]
    residual = x - features @ weights
    return weights, residual.T @ residual / (len(x) - 1)
