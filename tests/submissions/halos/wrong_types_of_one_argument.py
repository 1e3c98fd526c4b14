# fails: halos-dice-test, halos-cut-test
# Numbers have the type of what came in: common cells of bytes end at 255, single precision is rounded to a digit.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = found * 1, truth * 1
    both = np.einsum("nijk,nijk->n", found, truth)
    cells = found.sum(axis=(1, 2, 3), dtype=float) + truth.sum(axis=(1, 2, 3), dtype=float)
    return np.mean(found == truth, axis=(1, 2, 3)), np.where(cells > 0, 2.0 * both / np.maximum(cells, 1), 1.0)

# %% solution="halos-cut"
def best_cut(values, truth):
    values = values.astype(np.float64) if values.dtype != np.float32 else np.round(values, 1)
    order = np.argsort(-values.ravel())
    v, both = values.ravel()[order], np.cumsum(truth.ravel()[order] > 0.5)
    dice = 2 * both / (np.arange(len(both)) + 1 + both[-1])
    dice[:-1][v[1:] == v[:-1]] = 0
    return v[np.argmax(dice)], dice.max()
