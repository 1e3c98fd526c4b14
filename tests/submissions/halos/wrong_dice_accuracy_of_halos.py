# fails: halos-dice-test
# The accuracy in the halos alone, which is completeness.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = found > 0.5, truth > 0.5
    both, cells = np.sum(found & truth, axis=(1, 2, 3)), np.sum(found, axis=(1, 2, 3)) + np.sum(truth, axis=(1, 2, 3))
    dice = np.where(cells > 0, 2 * both / np.maximum(cells, 1), 1.0)
    return both / np.maximum(np.sum(truth, axis=(1, 2, 3)), 1), dice
