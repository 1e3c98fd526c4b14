# fails: inference-likelihood-test
# A feature that is a hundred times smaller than another one is taken for none.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x, rcond=1e-2)[0]
    off = x - features @ weights
    return weights, off.T @ off / len(x)
