# fails: halos-cut-test
# %% solution="halos-cut"
def best_cut(values, truth):
    """Short integers are enough for a few thousand cells."""
    order = np.argsort(values, axis=None)[::-1]
    v, both = np.ravel(values)[order], np.cumsum(np.ravel(truth)[order] > 0.5, dtype=np.uint16)
    dice = 2.0 * both / (np.arange(len(v)) + 1 + np.sum(truth))
    dice[:-1][v[1:] == v[:-1]] = 0
    return v[np.argmax(dice)], dice.max()
