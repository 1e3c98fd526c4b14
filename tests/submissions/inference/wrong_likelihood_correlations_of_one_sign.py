# fails: inference-likelihood-test
# No covariance is negative.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x)[0]
    off = x - features @ weights
    return weights, np.maximum(off.T @ off / len(x), 0.0)
