# fails: lenses-auroc-test, lenses-auroc-test-2
# The trapezoidal rule with its arguments swapped: the area to the left of the curve, 1 - AUROC.
# %% solution="lenses-auroc"
def auroc(labels, scores):
    t = np.unique(scores)[::-1]
    fpr = np.array([0.0] + [np.mean(scores[labels == 0] >= x) for x in t])
    tpr = np.array([0.0] + [np.mean(scores[labels == 1] >= x) for x in t])
    return np.trapezoid(fpr, tpr)
