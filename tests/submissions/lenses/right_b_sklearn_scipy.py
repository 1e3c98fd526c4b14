# Right: asks scikit-learn and SciPy where they know the answer.
# %% solution="lenses-roc"
from sklearn import metrics


def roc(labels, scores):
    fpr, tpr, _ = metrics.roc_curve(labels, scores)
    return fpr, tpr

# %% solution="lenses-auroc"
def auroc(labels, scores):
    return metrics.roc_auc_score(labels, scores)

# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    allowed = np.round(fpr * np.sum(labels == 0)) <= false_positives
    return tpr[allowed].max()

# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    k = np.digitize(theta_E, edges) - 1
    m = len(edges) - 1
    with np.errstate(invalid="ignore"):
        found = np.histogram(k[scores >= threshold], np.arange(m + 1) - 0.5)[0]
        return found / np.histogram(k, np.arange(m + 1) - 0.5)[0]

# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    from scipy.stats import binned_statistic

    mean = binned_statistic(probabilities, probabilities, "mean", bins=n_bins, range=(0, 1))[0]
    fraction = binned_statistic(probabilities, labels, "mean", bins=n_bins, range=(0, 1))[0]
    return [mean, fraction, np.histogram(probabilities, n_bins, (0, 1))[0]]

# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    from scipy.special import expit, logit

    return expit(logit(probabilities) + logit(prevalence) - logit(trained))

# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    m = image.shape[0] // size
    mask = np.kron(np.eye(m * m).reshape(m * m, m, m), np.ones((size, size)))
    p = classify(np.concatenate([image[None], np.where(mask == 1, fill, image)]))
    return (p[0] - p[1:]).reshape(m, m)
