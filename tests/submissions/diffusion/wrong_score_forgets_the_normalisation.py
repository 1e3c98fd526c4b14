# fails: diffusion-score-test
# The density of a blob without the factor in front of the exponential.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = widths**2 + sigma**2
    away = y[:, None] - means
    logs = np.log(weights) - np.sum(away**2, axis=2) / (2 * v)
    share = np.exp(logs - logs.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    return -np.sum((share / v)[..., None] * away, axis=1)
