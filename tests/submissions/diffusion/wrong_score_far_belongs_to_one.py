# fails: diffusion-score-test
# Far away, where all densities are 0, a point belongs to one blob alone, though others are as near.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = widths**2 + sigma**2
    diff = y[:, None] - means
    sq = np.sum(diff**2, axis=2)
    p = weights * v ** (-y.shape[1] / 2) * np.exp(-sq / (2 * v))
    lost = p.sum(axis=1) == 0
    p[lost] = np.eye(len(weights))[np.argmin((sq / v)[lost], axis=1)]
    p = p / p.sum(axis=1, keepdims=True)
    return np.sum(p[:, :, None] * -diff / v[:, None], axis=1)
