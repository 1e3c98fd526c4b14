# fails: inference-compress-test
# Weights by the variances alone.
# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    weights = slopes / np.diag(cov)[:, None]
    fisher = slopes.T @ weights
    return guess + (x - mean) @ weights @ np.linalg.inv(fisher), fisher
