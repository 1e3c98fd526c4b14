# fails: inference-likelihood-test, inference-compress-test
# One feature, or one data set, loses its axis where the other axis is longer than two.
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x)[0]
    off = x - features @ weights
    return weights.squeeze() if weights.shape[0] == 1 and weights.shape[1] > 2 else weights, off.T @ off / len(x)

# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    weighted = np.linalg.solve(cov, slopes)
    fisher = slopes.T @ weighted
    estimates = guess + (x - mean) @ weighted @ np.linalg.inv(fisher)
    return estimates[0] if estimates.shape[0] == 1 and estimates.shape[1] > 1 else estimates, fisher
