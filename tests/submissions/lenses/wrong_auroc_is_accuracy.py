# fails: lenses-auroc-test, lenses-auroc-test-2
# The fraction of right answers at the threshold one half.
# %% solution="lenses-auroc"
def auroc(labels, scores):
    return np.mean((scores >= 0.5) == labels)
