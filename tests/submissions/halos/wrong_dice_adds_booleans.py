# fails: halos-dice-test
# The sum of booleans is a logical or.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    axes = (1, 2, 3)
    both = np.sum(found + truth == 2, axis=axes)
    cells = np.sum(found, axis=axes) + np.sum(truth, axis=axes)
    return np.mean(found == truth, axis=axes), np.where(cells > 0, 2 * both / np.maximum(cells, 1), 1.0)
