# fails: inference-compress-test
# The score of each parameter over its own information, as if the parameters had nothing to do with each other.
# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    weights = np.linalg.solve(cov, slopes)
    fisher = slopes.T @ weights
    return guess + (x - mean) @ weights / np.diag(fisher), fisher
