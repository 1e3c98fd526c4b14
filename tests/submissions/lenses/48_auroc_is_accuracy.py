# The fraction of right answers at the threshold one half. Loses both tests (3 points).
# %% solution="lenses-auroc"
def auroc(labels, scores):
    return np.mean((scores >= 0.5) == labels)
