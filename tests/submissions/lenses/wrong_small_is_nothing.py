# fails: lenses-stretch-test, lenses-completeness-test, lenses-occlusion-test, lenses-reliability-test
# Tolerances and roundings that are right for numbers of order one only.
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    u = images / noise
    return np.where(np.abs(u) < 1e-6, 0.0, np.arcsinh(u))


# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    fractions = np.full(len(edges) - 1, np.nan)
    for k in range(len(fractions)):
        inside = (theta_E >= edges[k]) & (theta_E < edges[k + 1])
        if inside.any():
            fractions[k] = np.mean((scores[inside] > threshold) | np.isclose(scores[inside], threshold))
    return fractions


# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    bins = np.minimum((probabilities * n_bins).astype(int), n_bins - 1)
    inside = [bins == k for k in range(n_bins)]
    mean = [round(float(probabilities[some].mean()), 6) if some.any() else np.nan for some in inside]
    fraction = [labels[some].mean() if some.any() else np.nan for some in inside]
    return mean, fraction, [some.sum() for some in inside]


# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    squares = len(image) // size
    drops = np.zeros((squares, squares))
    for k in range(squares):
        for m in range(squares):
            covered = image.copy()
            covered[k * size : (k + 1) * size, m * size : (m + 1) * size] = fill
            drops[k, m] = round(float(classify(image[None])[0] - classify(covered[None])[0]), 5)
    return drops
