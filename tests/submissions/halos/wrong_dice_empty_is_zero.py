# fails: halos-dice-test
# Two empty masks count as a failure.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = found > 0.5, truth > 0.5
    both, cells = np.sum(found & truth, axis=(1, 2, 3)), np.sum(found, axis=(1, 2, 3)) + np.sum(truth, axis=(1, 2, 3))
    return np.mean(found == truth, axis=(1, 2, 3)), 2 * both / np.maximum(cells, 1)
