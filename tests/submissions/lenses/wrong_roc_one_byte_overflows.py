# fails: lenses-roc-test
# %% solution="lenses-roc"
def roc(labels, scores):
    fpr, tpr = [0.0], [0.0]
    for threshold in np.unique(scores)[::-1]:
        candidate = (scores >= threshold).astype(labels.dtype)
        tpr.append(float(candidate @ labels) / np.sum(labels == 1))
        fpr.append(float(candidate @ (1 - labels)) / np.sum(labels == 0))
    return np.array(fpr), np.array(tpr)
