# fails: diffusion-score-test
# Each blob pulls with its weight, wherever the point is.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    pulls = -(y[:, None] - means) / (widths**2 + sigma**2)[:, None]
    return np.sum(weights[:, None] * pulls, axis=1)
