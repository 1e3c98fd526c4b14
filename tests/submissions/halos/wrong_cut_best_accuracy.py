# fails: halos-cut-test
# The cut with the best accuracy.
# %% solution="halos-cut"
def best_cut(values, truth):
    truth = truth > 0.5
    cuts = np.unique(values)
    best = cuts[np.argmax([np.mean((values >= t) == truth) for t in cuts])]
    return best, 2 * np.sum((values >= best) & truth) / (np.sum(values >= best) + truth.sum())
