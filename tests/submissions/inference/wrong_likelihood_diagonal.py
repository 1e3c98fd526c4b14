# fails: inference-likelihood-test
# Variances alone: the gas that bands share is forgotten.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x, rcond=None)[0]
    residual = x - features @ weights
    return weights, np.diag(np.mean(residual**2, axis=0))
