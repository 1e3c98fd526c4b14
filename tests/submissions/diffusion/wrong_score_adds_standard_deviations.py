# fails: diffusion-score-test
# Widths and noise add as standard deviations.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = (widths + sigma) ** 2
    away = y[:, None] - means
    logs = np.log(weights) - 0.5 * y.shape[1] * np.log(v) - np.sum(away**2, axis=2) / (2 * v)
    share = np.exp(logs - logs.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    return -np.sum((share / v)[..., None] * away, axis=1)
