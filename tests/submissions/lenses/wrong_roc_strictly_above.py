# fails: lenses-roc-test, lenses-roc-test-2
# A candidate has score > threshold: the curve never gets to (1, 1).
# %% solution="lenses-roc"
def roc(labels, scores):
    fpr, tpr = [0.0], [0.0]
    for t in np.unique(scores)[::-1]:
        fpr.append(np.mean(scores[labels == 0] > t))
        tpr.append(np.mean(scores[labels == 1] > t))
    return np.array(fpr), np.array(tpr)
