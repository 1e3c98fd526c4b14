# fails: halos-dice-test
# The intersection over union.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = found > 0.5, truth > 0.5
    both, either = np.sum(found & truth, axis=(1, 2, 3)), np.sum(found | truth, axis=(1, 2, 3))
    return np.mean(found == truth, axis=(1, 2, 3)), np.where(either > 0, both / np.maximum(either, 1), 1.0)
