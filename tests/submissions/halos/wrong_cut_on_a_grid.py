# fails: halos-cut-test
# A grid of hundred cuts misses the best one.
# %% solution="halos-cut"
def best_cut(values, truth):
    truth = truth > 0.5
    grid = np.linspace(values.min(), values.max(), 100)
    dice = [2 * np.sum((values >= t) & truth) / (np.sum(values >= t) + truth.sum()) for t in grid]
    return grid[np.argmax(dice)], max(dice)
