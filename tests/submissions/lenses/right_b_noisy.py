# Right, but prints, warns of something deprecated and divides by zero on the way.
# %% solution="lenses-roc"
import warnings


def roc(labels, scores):
    print(len(labels), "objects")
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    order = np.argsort(-scores)
    y, s = labels[order], scores[order]
    last = np.r_[s[1:] != s[:-1], True]
    tp, fp = np.cumsum(y)[last], np.cumsum(1 - y)[last]
    np.log(np.zeros(1))
    return np.r_[0, 0, fp / fp[-1]], np.r_[0, 0, tp / tp[-1]]

# %% solution="lenses-auroc"
def auroc(labels, scores):
    fpr, tpr = roc(labels, scores)
    print("area below", len(fpr), "points")
    return np.trapezoid(tpr, fpr)

# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    fpr, tpr = roc(labels, scores)
    n = (labels == 0).sum()
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    return np.array([tpr[fpr <= (false_positives + 0.5) / n].max()])

# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    print(edges)
    return np.array([
        (scores >= threshold)[(theta_E >= a) & (theta_E < b)].mean() for a, b in zip(edges, edges[1:])
    ])

# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    k = (probabilities * n_bins).astype(int).clip(max=n_bins - 1)
    count = np.bincount(k, minlength=n_bins)
    print(count)
    return (
        np.bincount(k, probabilities, n_bins) / count,
        np.bincount(k, labels, n_bins) / count,
        count,
    )

# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    print(trained, prevalence)
    odds = probabilities / (1 - probabilities) * prevalence / (1 - prevalence) * (1 - trained) / trained
    return 1 / (1 + 1 / odds)

# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    m = len(image) // size
    batch = np.repeat(image[None], m * m, axis=0)
    blocks = batch.reshape(m, m, m, size, m, size)
    for k in range(m):
        for l in range(m):
            blocks[k, l, k, :, l, :] = fill
    np.array([1.0]) / np.array([0.0])
    print(batch.shape)
    return (classify(image[None])[0] - classify(batch)).reshape(m, m)
