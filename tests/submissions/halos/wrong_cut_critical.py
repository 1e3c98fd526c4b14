# fails: halos-cut-test
# Always the critical value of the theory.
# %% solution="halos-cut"
def best_cut(values, truth):
    truth, cut = truth > 0.5, 1.686
    found = values >= cut
    return cut, 2 * np.sum(found & truth) / (found.sum() + truth.sum())
