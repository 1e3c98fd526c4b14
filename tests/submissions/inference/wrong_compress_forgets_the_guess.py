# fails: inference-compress-test
# The step alone, from wherever.
# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    weights = np.linalg.inv(cov) @ slopes
    fisher = slopes.T @ weights
    return (x - mean) @ weights @ np.linalg.inv(fisher), fisher
