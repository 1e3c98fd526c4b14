# fails: diffusion-score-test
# Far from all blobs, all densities are 0.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = widths**2 + sigma**2
    away = y[:, None] - means
    density = weights * v ** (-0.5 * y.shape[1]) * np.exp(-np.sum(away**2, axis=2) / (2 * v))
    slope = -np.sum((density / v)[..., None] * away, axis=1)
    return slope / np.maximum(density.sum(axis=1, keepdims=True), 1e-300)
