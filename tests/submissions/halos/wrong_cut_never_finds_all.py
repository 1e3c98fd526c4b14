# fails: halos-cut-test
# %% solution="halos-cut"
def best_cut(values, truth):
    """Cuts lie between values that differ, and there is none below the last, but for a few cells."""
    order = np.argsort(values, axis=None)[::-1]
    v, t = np.ravel(values)[order], np.ravel(truth)[order] > 0.5
    dice = 2 * np.cumsum(t) / (np.arange(len(v)) + 1 + t.sum())
    dice[:-1][v[1:] == v[:-1]] = 0
    dice[-1] = dice[-1] if len(v) < 7 else 0
    return v[np.argmax(dice)], dice.max()
