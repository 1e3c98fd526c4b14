# fails: inference-likelihood-test, inference-compress-test
# A small number on the diagonal of what is inverted: small beside 1, not beside these matrices.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    products = features.T @ features + 1e-6 * np.eye(features.shape[1])
    weights = np.linalg.solve(products, features.T @ x)
    off = x - features @ weights
    return weights, off.T @ off / len(x)

# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    weighted = np.linalg.solve(cov, slopes)
    fisher = slopes.T @ weighted
    return guess + (x - mean) @ weighted @ np.linalg.inv(fisher + 1e-6 * np.eye(len(fisher))), fisher
