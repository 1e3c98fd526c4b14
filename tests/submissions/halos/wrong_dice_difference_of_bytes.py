# fails: halos-dice-test
# Differences of bytes, of which 0 - 1 is 255.
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    found, truth = found * 1, truth * 1
    axes = (1, 2, 3)
    accuracy = 1 - np.abs(found - truth).mean(axes)
    sizes = found.sum(axes) + truth.sum(axes)
    return accuracy, np.where(sizes == 0, 1.0, 2 * (found * truth).sum(axes) / np.maximum(sizes, 1))
