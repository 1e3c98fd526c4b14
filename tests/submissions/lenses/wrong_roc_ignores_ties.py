# fails: lenses-roc-test-2
# One step for each object, in sorted order: equal scores do not move together.
# %% solution="lenses-roc"
def roc(labels, scores):
    order = np.argsort(-scores, kind="stable")
    y = np.asarray(labels)[order]
    tpr = np.concatenate([[0], np.cumsum(y) / np.sum(y)])
    fpr = np.concatenate([[0], np.cumsum(1 - y) / np.sum(1 - y)])
    return fpr, tpr
